// The logits that Moru computes, for scripts beside this file to compare with another tool's.
//   model_reference make CONFIG FOLDER     writes a random model of the config.json in the folder CONFIG
//   model_reference logits MODEL f32|bf16  reads sequences of token ids from standard input (JSON, [[id]]) and writes
//                                          the logits after each token as floats, [tokens, vocabulary]; MODEL: a folder
//                                          or a .gguf file
//   model_reference tokens FILE.gguf       reads texts from standard input (JSON, [text]) and writes the ids of each
//                                          (JSON, [[id]]) by the file's tokenizer
//   model_reference prompts MODEL          reads questions in the same way and writes the ids of the conversation that
//                                          each begins, as `moru chat` gives them to the model
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"
#include "core/json.h"
#include "core/random.h"
#include "infer/model_folder.h"
#include "model/checkpoint.h"
#include "model/gguf_tokenizer.h"

namespace {

using moru::tensor::DType;

/// Far enough from what training starts with that every part shows in the logits.
void make(const std::string& configuration, const std::string& folder) {
  moru::model::ModelConfig config = moru::model::load_config(configuration);
  config.initializer_range = 0.15;
  moru::model::DecoderModel model(config, DType::f32);
  model.initialise(4);
  moru::Random random(9);
  for (const moru::model::Part& part : model.parts())
    if (part.kind == moru::model::Part::Kind::norm || part.kind == moru::model::Part::Kind::bias)
      for (float& x : part.parameter->value.span<float>()) x += static_cast<float>(random.normal() * 0.1);
  moru::model::save_model(model, folder);
}

void logits(const std::string& folder, DType type) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const auto loaded = moru::model::load_model(folder, type);
  const moru::model::DecoderModel& model = *loaded;
  const moru::model::ModelConfig& config = model.config();
  for (const moru::Json& sequence : moru::parse_json(input, "standard input")) {
    const auto tokens = sequence.get<std::vector<int32_t>>();
    std::vector<int32_t> positions(tokens.size());
    std::iota(positions.begin(), positions.end(), 0);
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(tokens.size())};
    std::vector<float> out(tokens.size() * static_cast<size_t>(config.vocabulary));
    model.logits({tokens, positions, starts, nullptr, {}}, positions, out);
    std::cout.write(reinterpret_cast<const char*>(out.data()),
                    static_cast<std::streamsize>(out.size() * sizeof(float)));
  }
}

void tokens(const std::string& file) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const auto parts = moru::model::tokenizer_parts_of(moru::model::GgufFile(file));
  const auto tokenizer = moru::text::Tokenizer::from_parts(parts.value());
  moru::Json answer = moru::Json::array();
  for (const moru::Json& text : moru::parse_json(input, "standard input"))
    answer.push_back(tokenizer.encode(text.get_ref<const std::string&>()));
  std::cout << moru::dump_json(answer) << '\n';
}

void prompts(const std::string& folder) {
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const moru::infer::ModelFolder model = moru::infer::open_model_folder(folder);
  moru::Json answer = moru::Json::array();
  for (const moru::Json& question : moru::parse_json(input, "standard input"))
    answer.push_back(model.chat.prompt(model.tokenizer, {{"user", question.get<std::string>()}}));
  std::cout << moru::dump_json(answer) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() == 3 && words[0] == "make") {
      make(words[1], words[2]);
    } else if (words.size() == 3 && words[0] == "logits" && (words[2] == "f32" || words[2] == "bf16")) {
      logits(words[1], words[2] == "f32" ? DType::f32 : DType::bf16);
    } else if (words.size() == 2 && words[0] == "tokens") {
      tokens(words[1]);
    } else if (words.size() == 2 && words[0] == "prompts") {
      prompts(words[1]);
    } else {
      std::cerr << "model_reference make CONFIG FOLDER, logits MODEL f32|bf16, tokens FILE.gguf, or prompts MODEL\n";
      return 2;
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
