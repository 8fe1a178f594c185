// The steps' makers, one a file in this folder.
#pragma once

#include "pipeline/step.h"

namespace moru::pipeline {

/// The list of held-out documents (data/held_out.h) in the artefact of `generate`; it is there if any are held out.
inline std::filesystem::path held_out_documents(const std::filesystem::path& generated) {
  return generated / "held_out.json";
}

std::unique_ptr<Step> make_collect_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_curate_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_generate_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_tokenizer_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_train_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_optimize_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_evaluate_step(const Config& recipe, const RecipeFile& file);
std::unique_ptr<Step> make_package_step(const Config& recipe, const RecipeFile& file);

}  // namespace moru::pipeline
