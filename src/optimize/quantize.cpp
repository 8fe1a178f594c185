#include "optimize/quantize.h"

#include <cmath>

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "data/dataset.h"
#include "data/sample.h"
#include "model/checkpoint.h"
#include "model/decoder.h"
#include "optimize/compare.h"
#include "text/model_chat.h"
#include "text/tokenizer.h"

namespace moru::optimize {
namespace {

using model::Part;

/// The router decides which weights are used at all, and is small: it stays as it is.
bool is_quantized(const Part& part) {
  return (part.kind == Part::Kind::matrix || part.kind == Part::Kind::embedding) &&
         part.role != model::TensorRole::router;
}

void quantize_weights(model::DecoderModel& model, int bits, int group) {
  for (const Part& part : model.parts()) {
    tensor::Parameter& p = *part.parameter;
    if (!is_quantized(part) || p.quantized()) continue;
    if (p.value.cols() % group != 0)
      throw Error("optimize.group",
                  fmt::format(fmt::runtime(tr("the group of {} does not divide the rows of {} weights in {}",
                                              "그룹 크기 {}이(가) {}개짜리 행을 나누지 못합니다({})")),
                              group, p.value.cols(), part.name),
                  std::string(tr("take a group that divides the model's hidden and expert sizes, such as 32 or 64",
                                 "모델의 hidden과 전문가 크기를 나누는 그룹(예: 32, 64)을 쓰세요")));
    p.packed = tensor::quantize(p.value, bits, group);
    p.value = tensor::Tensor();
  }
}

/// Chats of the samples, held-out ones included: what the model is asked in service.
std::vector<std::vector<int32_t>> comparison_sequences(const fs::path& samples, const text::Tokenizer& tokenizer,
                                                       const text::ModelChat& chat, uint64_t tokens, size_t longest) {
  const data::DatasetReader reader(samples, data::kSampleSchema);
  const uint64_t stride =
      std::max<uint64_t>(1, reader.count() * 50 / std::max<uint64_t>(1, tokens));  // a sample has about 50 tokens
  std::vector<std::vector<int32_t>> sequences;
  uint64_t number = 0, held = 0;
  reader.for_each([&](const Json& json, std::string_view place) {
    if (number++ % stride != 0 || held >= tokens) return;
    const data::Sample sample = data::sample_from_json(json, place);
    std::vector<text::ChatMessage> messages;
    for (const data::Message& m : sample.messages) messages.push_back({m.role, m.content});
    std::vector<int32_t> ids =
        sample.kind == data::SampleKind::text ? tokenizer.encode(sample.text) : chat.encode(tokenizer, messages).tokens;
    if (ids.size() > longest) ids.resize(longest);
    held += ids.size();
    sequences.push_back(std::move(ids));
  });
  return sequences;
}

uint64_t file_bytes(const fs::path& folder) {
  return fs::file_size(folder / "model.safetensors");
}

}  // namespace

Options read_options(const Config& section) {
  Options o;
  o.bits = static_cast<int>(section.integer("bits", o.bits, 8, 8));
  o.group = static_cast<int>(section.integer("group", o.group, 8, 1024));
  o.comparison_tokens = static_cast<uint64_t>(
      section.integer("comparison_tokens", static_cast<int64_t>(o.comparison_tokens), 100, 100'000'000));
  return o;
}

Json to_json(const Options& o) {
  return {{"bits", o.bits}, {"group", o.group}, {"comparison_tokens", o.comparison_tokens}};
}

Report quantize(const fs::path& model_folder, const fs::path& samples, const Options& options, const fs::path& out,
                ProgressSink& sink) {
  const std::unique_ptr<model::DecoderModel> original = model::load_model(model_folder),
                                             quantized = model::load_model(model_folder);
  quantize_weights(*quantized, options.bits, options.group);
  save_model(*quantized, out);
  const text::Tokenizer tokenizer = text::Tokenizer::load(model_folder);
  text::copy_text_files(model_folder, out);
  const Comparison c =
      compare(*original, *quantized,
              comparison_sequences(samples, tokenizer, text::ModelChat::load(model_folder), options.comparison_tokens,
                                   static_cast<size_t>(original->config().max_positions)),
              sink);
  Report report{file_bytes(model_folder), file_bytes(out), c.tokens, c.mean_kl, c.p99_kl, c.same_top, {}};
  report.facts = {{"bytes_before", report.bytes_before},
                  {"bytes_after", report.bytes_after},
                  {"tokens", c.tokens},
                  {"mean_kl", c.mean_kl},
                  {"p99_kl", c.p99_kl},
                  {"same_top", c.same_top},
                  {"bits", options.bits},
                  {"group", options.group}};
  return report;
}

std::string report_text(const Report& r) {
  return fmt::format(
      fmt::runtime(tr("int8: {:.1f} MB -> {:.1f} MB ({:.0f} %); over {} tokens KL divergence mean {:.5f}, 99th "
                      "percentile {:.5f} nats; same most likely token {:.2f} %\n",
                      "int8: {:.1f} MB -> {:.1f} MB ({:.0f} %). 토큰 {}개에서 KL 발산 평균 {:.5f}, 99백분위 {:.5f} "
                      "nat, 최상위 토큰 일치 {:.2f} %\n")),
      static_cast<double>(r.bytes_before) / 1e6, static_cast<double>(r.bytes_after) / 1e6,
      100.0 * static_cast<double>(r.bytes_after) / static_cast<double>(std::max<uint64_t>(1, r.bytes_before)), r.tokens,
      r.mean_kl, r.p99_kl, 100.0 * r.same_top);
}

}  // namespace moru::optimize
