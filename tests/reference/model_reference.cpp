// What Moru computes of a model, for scripts beside this file to compare with other tools.
//   model_reference make CONFIG_FOLDER FOLDER     writes a random model of a folder's config.json, in bf16
//   model_reference logits FOLDER f32|bf16        reads sequences of token ids from standard input (JSON, [[id]]) and
//                                                 writes the logits after each token as floats, [tokens, vocabulary]
//   model_reference greedy FOLDER f32|bf16 COUNT  reads sequences likewise, and writes as JSON the COUNT likeliest
//   tokens
//                                                 after each, one by one through a cache
#include <algorithm>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"
#include "core/json.h"
#include "core/random.h"
#include "model/checkpoint.h"

namespace {

using moru::model::DecoderModel;
using moru::tensor::DType;

/// Far enough from what training starts with that every part shows in the logits.
void make(const std::string& configuration, const std::string& folder) {
  moru::model::ModelConfig config = moru::model::load_config(configuration);
  config.initializer_range = 0.15;
  DecoderModel model(config, DType::f32);
  model.initialise(4);
  moru::Random random(9);
  for (const moru::model::Part& part : model.parts())
    if (part.kind == moru::model::Part::Kind::norm || part.kind == moru::model::Part::Kind::bias)
      for (float& x : part.parameter->value.span<float>()) x += static_cast<float>(random.normal() * 0.1);
  moru::model::save_model(model, folder);
}

std::vector<std::vector<int32_t>> sequences() {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  return moru::parse_json(input, "standard input").get<std::vector<std::vector<int32_t>>>();
}

std::vector<float> forward(const DecoderModel& model, const std::vector<int32_t>& tokens, int32_t held,
                           moru::model::KvCache* cache) {
  std::vector<int32_t> positions(tokens.size()), rows(tokens.size());
  std::iota(positions.begin(), positions.end(), held);
  std::iota(rows.begin(), rows.end(), 0);
  const std::vector<int32_t> starts = {0, static_cast<int32_t>(tokens.size())}, slots = {0};
  std::vector<float> out(tokens.size() * static_cast<size_t>(model.config().vocabulary));
  model.logits({tokens, positions, starts, cache, slots}, rows, out);
  return out;
}

void logits(const DecoderModel& model) {
  for (const std::vector<int32_t>& tokens : sequences()) {
    const std::vector<float> out = forward(model, tokens, 0, nullptr);
    std::cout.write(reinterpret_cast<const char*>(out.data()),
                    static_cast<std::streamsize>(out.size() * sizeof(float)));
  }
}

void greedy(const DecoderModel& model, size_t count) {
  moru::Json answers = moru::Json::array();
  for (std::vector<int32_t> next : sequences()) {
    const auto cache = model.make_cache(1, next.size() + count);
    std::vector<int32_t> made;
    for (int32_t held = 0; made.size() < count;) {
      const std::vector<float> out = forward(model, next, held, cache.get());
      held += static_cast<int32_t>(next.size());
      const auto last = out.end() - model.config().vocabulary;
      made.push_back(static_cast<int32_t>(std::max_element(last, out.end()) - last));
      next = {made.back()};
    }
    answers.push_back(made);
  }
  std::cout << moru::dump_json(answers) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const bool typed = words.size() >= 3 && (words[2] == "f32" || words[2] == "bf16");
    if (words.size() == 3 && words[0] == "make") {
      make(words[1], words[2]);
    } else if (typed && (words[0] == "logits" ? words.size() == 3 : words[0] == "greedy" && words.size() == 4)) {
      DecoderModel model(moru::model::load_config(words[1]), words[2] == "f32" ? DType::f32 : DType::bf16);
      model.load_weights(words[1]);
      if (words[0] == "logits")
        logits(model);
      else
        greedy(model, std::stoul(words[3]));
    } else {
      std::cerr
          << "model_reference make CONFIG_FOLDER FOLDER, logits FOLDER f32|bf16, or greedy FOLDER f32|bf16 COUNT\n";
      return 2;
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
