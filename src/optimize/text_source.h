// Text as token sequences, with where it is from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "data/sample.h"
#include "optimize/sequences.h"
#include "text/model_chat.h"
#include "text/tokenizer.h"

namespace moru::optimize {

/// How a model takes text.
struct ModelText {
  text::Tokenizer tokenizer;
  text::ModelChat chat;  ///< For samples that are conversations.
};

struct TextSource {
  Sequences sequences;
  std::string from;              ///< File or dataset.
  std::string sha256;            ///< Of a file's bytes, or of the samples' or documents' ids, one a line.
  std::vector<std::string> ids;  ///< Of samples or documents; empty for a file.
  uint64_t tokens() const;
};

/// from, sha256, sequences, tokens, and the ids if `with_ids`.
Json to_json(const TextSource& text, bool with_ids);

enum class Which { all, held_out, trained_on };

/// True for the folder of a sample/1 dataset.
bool is_sample_dataset(const std::filesystem::path& path);

/// About `tokens` tokens of a sample/1 dataset, spread over it evenly; samples cut at `longest` tokens.
TextSource read_samples(const std::filesystem::path& dataset, const ModelText& model, uint64_t tokens, size_t longest,
                        Which which);

/// A UTF-8 text file, or a dataset of samples or documents, cut into sequences of `length` tokens; about `tokens`
/// tokens from all over it. Throws Error if there is nothing in it.
TextSource read_text(const std::filesystem::path& path, const ModelText& model, uint64_t tokens, size_t length);

/// Takes the samples or documents of `other` out of `text`.
void leave_out(TextSource& text, const TextSource& other);

/// Cuts off the last `share` of the sequences (at least one, if there are two).
TextSource split_off(TextSource& text, double share);

}  // namespace moru::optimize
