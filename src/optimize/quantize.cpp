#include "optimize/quantize.h"

#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "model/checkpoint.h"
#include "model/lora.h"
#include "model/model_files.h"

namespace moru::optimize {
namespace {

/// Of an adapter, its base's and its own.
uint64_t weight_file_bytes(const fs::path& folder) {
  if (model::is_gguf_file(folder)) return fs::file_size(folder);
  if (model::is_adapter_folder(folder))
    return fs::file_size(folder / "adapter_model.safetensors") + weight_file_bytes(model::adapter_base(folder));
  uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".safetensors") bytes += entry.file_size();
  return bytes;
}

Json estimate_json(const Estimate& e) {
  return {{"value", e.value}, {"low", e.low}, {"high", e.high}};
}

}  // namespace

Options read_options(const Config& section) {
  Options o;
  WeightSettings& w = o.weights;
  w.bits = std::stoi(section.choice("bits", "8", {"4", "8"}));
  w.group = static_cast<int>(section.integer("group", w.group, 8, 1024));
  w.method =
      section.choice("method", "nearest", {"nearest", "feedback"}) == "feedback" ? Method::feedback : Method::nearest;
  w.activation_order = section.choice("order", "columns", {"columns", "activation"}) == "activation";
  w.embedding_bits = std::stoi(section.choice("embeddings", "8", {"8", "16"}));
  const auto tokens = [&](const char* key, uint64_t fallback) {
    return static_cast<uint64_t>(section.integer(key, static_cast<int64_t>(fallback), 100, 100'000'000));
  };
  o.calibration_tokens = tokens("calibration_tokens", o.calibration_tokens);
  o.comparison_tokens = tokens("comparison_tokens", o.comparison_tokens);
  o.margin = section.number("margin", o.margin, 0, 1);
  return o;
}

Json to_json(const Options& o) {
  Json json = {{"bits", o.weights.bits},
               {"group", o.weights.group},
               {"method", o.weights.method == Method::feedback ? "feedback" : "nearest"},
               {"embeddings", o.weights.embedding_bits},
               {"comparison_tokens", o.comparison_tokens},
               {"margin", o.margin}};
  if (o.weights.method == Method::feedback) {
    json["order"] = o.weights.activation_order ? "activation" : "columns";
    json["calibration_tokens"] = o.calibration_tokens;
    json["damping"] = o.weights.damping;
  }
  return json;
}

ReadTexts texts_of_samples(const fs::path& samples, const Options& options) {
  return [=](const ModelText& model, size_t longest) {
    Texts texts;
    if (options.weights.method == Method::feedback)
      texts.calibration = read_samples(samples, model, options.calibration_tokens, longest, Which::trained_on);
    texts.comparison = read_samples(samples, model, options.comparison_tokens, longest, Which::held_out);
    if (texts.comparison.sequences.empty()) {
      texts.comparison = read_samples(samples, model, options.comparison_tokens, longest, Which::all);
      leave_out(texts.comparison, texts.calibration);
    }
    return texts;
  };
}

Report quantize(const fs::path& model_folder, const ReadTexts& read, const Options& options, const fs::path& out,
                ProgressSink& sink) {
  const std::unique_ptr<model::DecoderModel> original = model::load_model(model_folder),
                                             quantized = model::load_model(model_folder);
  merge_adapters(quantized->parts());
  // A base in few bits that was trained further has some that are not; where nothing is left to do, that is said.
  const std::vector<model::Part> parts = quantized->parts();
  const auto is_matrix = [](const model::Part& part) { return part.kind == model::Part::Kind::matrix; };
  const auto packed = std::ranges::count_if(parts, [](const model::Part& p) { return p.parameter->quantized(); });
  if (packed > 0 && std::ranges::none_of(parts, [&](const model::Part& p) {
        return is_matrix(p) && p.role != model::TensorRole::router && !p.parameter->quantized();
      }))
    throw Error((model_folder / "config.json").string(),
                std::string(tr("its weights are in few bits already", "가중치가 이미 적은 비트로 되어 있습니다")),
                std::string(tr("quantize the model that it was made from", "이것을 만든 원래 모델을 양자화하세요")));
  Report report;
  report.texts = read({text::Tokenizer::load(model_folder), text::ModelChat::load(model_folder)},
                      static_cast<size_t>(original->config().max_positions));
  report.weights = quantize_model(*quantized, report.texts.calibration.sequences, options.weights, sink);
  save_model(*quantized, out);
  text::copy_text_files(model_folder, out);
  const fs::path sampling = model_folder / "generation_config.json";
  if (fs::exists(sampling)) write_file_atomic(out / sampling.filename(), read_file(sampling));
  report.bytes_before = weight_file_bytes(model_folder);
  report.bytes_after = weight_file_bytes(out);
  report.comparison = compare(*original, *quantized, report.texts.comparison.sequences, sink);
  report.verdict = judge(report.comparison, options.margin);
  return report;
}

Json report_json(const Report& r, const Options& options, bool whole) {
  const Comparison& c = r.comparison;
  Json json = {{"schema", "quantization/1"},
               {"options", to_json(options)},
               {"bytes_before", r.bytes_before},
               {"bytes_after", r.bytes_after},
               {"comparison",
                {{"text", to_json(r.texts.comparison, false)},
                 {"mean_kl", estimate_json(c.mean_kl)},
                 {"p99_kl", estimate_json(c.p99_kl)},
                 {"same_top", estimate_json(c.same_top)},
                 {"original_perplexity", estimate_json(c.original_perplexity)},
                 {"perplexity", estimate_json(c.perplexity)},
                 {"perplexity_ratio", estimate_json(c.perplexity_ratio)},
                 {"predicted", c.predicted},
                 {"p_value", c.p_value}}},
               {"verdict", name_of(r.verdict)},
               {"weights",
                {{"nearest_for_want_of_inputs", r.weights.nearest_for_want_of_inputs},
                 {"nearest_as_better", r.weights.nearest_as_better}}}};
  if (options.weights.method == Method::feedback)
    json["calibration"] = {{"text", to_json(r.texts.calibration, whole)},
                           {"sequences", r.weights.sequences},
                           {"tokens", r.weights.tokens}};
  if (!whole) return json;
  for (const QuantizedTensor& t : r.weights.tensors) {
    Json tensor = {{"name", t.name}, {"bits", t.bits}, {"group", t.group}, {"feedback", t.feedback}};
    if (t.inputs > 0) tensor.update({{"inputs", t.inputs}, {"error", t.error}, {"error_nearest", t.error_nearest}});
    json["weights"]["tensors"].push_back(tensor);
  }
  return json;
}

}  // namespace moru::optimize
