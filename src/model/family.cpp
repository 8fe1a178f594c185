#include "model/family.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/language.h"
#include "model/families/families.h"

namespace moru::model {

std::span<const Family> families() {
  static const std::array all = {
      exaone_family(), exaone4_family(), exaone_moe_family(), gemma3_family(),
      llama_family(),  qwen3_family(),   qwen3_moe_family(),
  };
  return all;
}

const Family* find_family(std::string_view model_type) {
  for (const Family& family : families())
    if (family.model_type == model_type || std::ranges::find(family.also, model_type) != family.also.end())
      return &family;
  return nullptr;
}

const Family* find_gguf_family(std::string_view architecture) {
  for (const Family& family : families())
    if (family.gguf_architecture == architecture) return &family;
  return nullptr;
}

const Family& family_of(const ModelConfig& config) {
  if (const Family* family = find_family(config.model_type)) return *family;
  throw Error(
      "",
      fmt::format(fmt::runtime(tr("the model type \"{}\" is not known", "모델 종류 \"{}\"을(를) 알지 못합니다")),
                  config.model_type),
      known_families());
}

std::string known_families() {
  std::string names;
  for (const Family& family : families()) {
    if (!names.empty()) names += ", ";
    names += family.model_type;
  }
  return fmt::format(fmt::runtime(tr("use a model of one of these types: {}", "다음 종류의 모델을 쓰세요: {}")), names);
}

}  // namespace moru::model
