// moru quantize MODEL OUT
#include "optimize/quantize.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/version.h"
#include "ledger/bom.h"
#include "model/convert.h"

namespace moru::cli {
namespace {

struct Arguments {
  std::string model, out, text, calibration, method = "nearest", order = "columns";
  size_t length = 512;
  optimize::Options options;
};

void must_exist(const std::string& path, std::string_view problem, std::string_view mend) {
  std::error_code failed;
  if (!fs::exists(path, failed)) throw Error(path, std::string(problem), std::string(mend));
}

/// Before a model is read, which takes long: what was named is there and goes together.
void check(const Arguments& a) {
  if (fs::exists(a.out))
    throw Error(a.out, std::string(tr("it exists already", "이미 있습니다")),
                std::string(tr("name a folder that does not, or move this one away",
                               "없는 폴더를 지정하거나 이 폴더를 옮기세요")));
  must_exist(a.model, tr("there is no such model", "그런 모델이 없습니다"),
             tr("name a model folder or a .gguf file", "모델 폴더나 .gguf 파일을 지정하세요"));
  for (const std::string& text : {a.text, a.calibration})
    if (!text.empty())
      must_exist(text, tr("there is no such text", "그런 글이 없습니다"),
                 tr("name a UTF-8 text file, or a dataset of samples or documents",
                    "UTF-8 글 파일이나 샘플 또는 문서 데이터셋을 지정하세요"));
  if (a.calibration.empty()) return;
  if (a.options.weights.method != optimize::Method::feedback)
    throw Error("--calibration",
                std::string(tr("rounding to nearest calibrates nothing", "반올림은 보정하지 않습니다")),
                std::string(tr("add --method feedback, or leave out --calibration",
                               "--method feedback을 더하거나 --calibration을 빼세요")));
  if (fs::equivalent(a.calibration, a.text))
    throw Error(a.text,
                std::string(tr("a model cannot be compared on the text that it was calibrated on",
                               "보정에 쓴 글로는 모델을 비교할 수 없습니다")),
                std::string(tr("leave out --calibration: then one part of the text calibrates and the rest compares",
                               "--calibration을 빼세요. 그러면 글의 한 부분으로 보정하고 나머지로 비교합니다")));
}

optimize::Texts read_texts(const Arguments& a, const optimize::ModelText& model, size_t longest) {
  // Samples say themselves which of them were trained on and which are held out.
  if (a.calibration.empty() && optimize::is_sample_dataset(a.text))
    return optimize::texts_of_samples(a.text, a.options)(model, longest);
  const size_t length = std::min(a.length, longest);
  const bool feedback = a.options.weights.method == optimize::Method::feedback;
  optimize::Texts texts;
  if (feedback && a.calibration.empty()) {
    // One text for both: its beginning calibrates, the rest is held out.
    const uint64_t both = a.options.calibration_tokens + a.options.comparison_tokens;
    texts.calibration = optimize::read_text(a.text, model, both, length);
    texts.comparison = optimize::split_off(
        texts.calibration, static_cast<double>(a.options.comparison_tokens) / static_cast<double>(both));
    return texts;
  }
  if (feedback) texts.calibration = optimize::read_text(a.calibration, model, a.options.calibration_tokens, length);
  texts.comparison = optimize::read_text(a.text, model, a.options.comparison_tokens, length);
  return texts;
}

/// The original's bill of materials, with what was done to the model.
void write_bom(Json bom, const Json& report, const fs::path& folder) {
  if (!bom.is_object()) return;
  bom["conversions"].push_back({{"from", report.at("original").at("from")},
                                {"type", report.at("options")},
                                {"code", fmt::format("moru {}", version())}});
  bom["files"] = ledger::files_json(folder);
  if (bom.contains("model") && bom["model"].is_object()) bom["model"]["id"] = ledger::model_id(bom["files"]);
  write_file_atomic(folder / "bom.json", dump_json(bom, 1) + "\n");
}

int quantize(Arguments a) {
  optimize::WeightSettings& w = a.options.weights;
  w.method = a.method == "feedback" ? optimize::Method::feedback : optimize::Method::nearest;
  w.activation_order = a.order == "activation";
  check(a);
  const fs::path out = fs::absolute(a.out).lexically_normal(), parent = out.parent_path();
  make_directories(parent);
  const TemporaryDirectory unfinished(parent);  // beside it, so that the folder comes into being in one rename
  const fs::path folder = unfinished.path() / "model";
  TerminalProgress progress;
  Json origin = {{"from", fs::path(a.model).filename().string()}};
  fs::path model = a.model;
  model::ConvertReport made;
  if (model.extension() == ".gguf" && fs::is_regular_file(model)) {
    model = unfinished.path() / "original";
    made = model::convert_model({a.model, model, "bf16"}, progress);
  }
  optimize::Report report = optimize::quantize(
      model, [&](const optimize::ModelText& text, size_t longest) { return read_texts(a, text, longest); }, a.options,
      folder, progress);
  if (made.parameters > 0) {
    report.bytes_before = made.input_bytes;
    origin["sha256"] = made.source_hash;
  } else {
    origin["config_sha256"] = sha256_file(model / "config.json");
  }
  Json json = optimize::report_json(report, a.options, true);
  json["original"] = origin;
  write_file_atomic(folder / "quantization.json", dump_json(json, 2) + "\n");
  if (fs::exists(model / "bom.json")) write_bom(read_json_file(model / "bom.json"), json, folder);
  fs::rename(folder, out);
  fmt::print("{}", optimize::report_text(report, a.options));
  const double bits =
      8.0 * static_cast<double>(made.input_bytes) / static_cast<double>(std::max<uint64_t>(1, made.parameters));
  if (made.parameters > 0 && bits < 15)
    fmt::print(
        fmt::runtime(tr("The file held {:.1f} bits a weight already: what they had cost is not in these figures.\n",
                        "파일의 가중치가 이미 {:.1f}비트였습니다. 그때 잃은 것은 이 수치에 들어 있지 않습니다.\n")),
        bits);
  return 0;
}

}  // namespace

void register_quantize(CLI::App& app, std::function<int()>& run) {
  CLI::App* command = app.add_subcommand(
      "quantize", std::string(tr("Hold a model's weights in 8 or 4 bits, and measure what that costs",
                                 "모델의 가중치를 8비트나 4비트로 줄이고, 무엇을 잃는지 잽니다")));
  const auto a = std::make_shared<Arguments>();
  optimize::WeightSettings& w = a->options.weights;
  const auto text = [](std::string_view english, std::string_view korean) { return std::string(tr(english, korean)); };
  command->add_option("model", a->model, text("model folder, or .gguf file", "모델 폴더 또는 .gguf 파일"))->required();
  command->add_option("out", a->out, text("folder to write; must not exist", "쓸 폴더. 아직 없어야 합니다"))
      ->required();
  command->add_option("--bits", w.bits, text("bits of a weight", "가중치의 비트 수"))
      ->check(CLI::IsMember({4, 8}))
      ->capture_default_str();
  command->add_option("--group", w.group, text("weights of a row that share a scale", "스케일을 함께 쓰는 가중치 수"))
      ->check(CLI::Range(8, 1024))
      ->capture_default_str();
  command
      ->add_option("--method", a->method,
                   text("nearest: round; feedback: calibrated, with error feedback (GPTQ)",
                        "nearest: 반올림, feedback: 오차를 되먹여 보정(GPTQ)"))
      ->check(CLI::IsMember({"nearest", "feedback"}))
      ->capture_default_str();
  command
      ->add_option("--order", a->order,
                   text("feedback's order: columns, or columns of large inputs first (activation)",
                        "되먹임 순서: columns(차례대로) 또는 activation(입력이 큰 열 먼저)"))
      ->check(CLI::IsMember({"columns", "activation"}))
      ->capture_default_str();
  command
      ->add_option("--embeddings", w.embedding_bits,
                   text("bits of token embeddings and head; other tools want 16",
                        "토큰 임베딩과 헤드의 비트 수. 다른 도구는 16을 기대합니다"))
      ->check(CLI::IsMember({8, 16}))
      ->capture_default_str();
  command
      ->add_option("--text", a->text,
                   text("text to compare on: a file, or a dataset", "비교에 쓸 글: 파일이나 데이터셋"))
      ->required();
  command->add_option("--calibration", a->calibration,
                      text("text to calibrate on; without it the beginning of --text",
                           "보정에 쓸 글. 없으면 --text의 앞부분을 씁니다"));
  command
      ->add_option("--calibration-tokens", a->options.calibration_tokens,
                   text("tokens to calibrate on", "보정에 쓸 토큰 수"))
      ->capture_default_str();
  command
      ->add_option("--comparison-tokens", a->options.comparison_tokens,
                   text("tokens to compare on", "비교에 쓸 토큰 수"))
      ->capture_default_str();
  command->add_option("--length", a->length, text("tokens of a sequence", "시퀀스 하나의 토큰 수"))
      ->check(CLI::Range(16, 4096))
      ->capture_default_str();
  command
      ->add_option("--margin", a->options.margin,
                   text("share by which perplexity may rise for \"as good\" (0.01: 1 %)",
                        "\"원본만큼 좋다\"고 할 때 혼란도가 늘어도 되는 비율(0.01: 1 %)"))
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->callback([&run, a] { run = [a] { return quantize(*a); }; });
}

}  // namespace moru::cli
