#include "model/convert.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/language.h"
#include "core/version.h"
#include "ledger/bom.h"
#include "model/compressed_tensors.h"
#include "model/family.h"
#include "model/ggml_blocks.h"
#include "model/gguf_config.h"
#include "model/gguf_tokenizer.h"
#include "model/lora.h"
#include "model/model_files.h"

namespace moru::model {
namespace {

[[noreturn]] void refuse(const fs::path& place, std::string_view problem, std::string_view mend) {
  throw Error(place.string(), std::string(problem), std::string(mend));
}

/// What is written beside the final path, removed unless it is put in its place.
class Beside {
 public:
  explicit Beside(const fs::path& path) : final_(path), path_(path.string() + ".partial") {
    std::error_code ignored;
    fs::remove_all(path_, ignored);  // of a run that was killed
    make_directories(path_);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    std::error_code ignored;
    if (!placed_) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void place() {
    sync_tree(path_);
    std::error_code failed;
    fs::rename(path_, final_, failed);
    if (failed) throw system_error(final_.string(), std::string(tr("cannot write", "쓸 수 없습니다")), failed.value());
    placed_ = true;
  }

 private:
  fs::path final_, path_;
  bool placed_ = false;
};

bool is_gguf(const fs::path& path) {
  return path.extension() == ".gguf";
}

bool is_float(const std::string& dtype) {
  return dtype == "F32" || dtype == "F16" || dtype == "BF16";
}

/// The type that most elements have, if it is one of float; else BF16.
std::string type_of(const WeightSource& weights) {
  std::map<std::string, uint64_t> counts;
  for (const auto& [name, entry] : weights.tensors()) counts[entry.dtype] += static_cast<uint64_t>(entry.count());
  std::string most = "BF16";
  uint64_t count = 0;
  for (const auto& [dtype, n] : counts)
    if (n > count) most = dtype, count = n;
  return is_float(most) ? most : "BF16";
}

/// SHA-256 of the weights files: of one its own, of several over "name, LF, hash, LF".
std::string hash_of(const WeightSource& weights) {
  if (weights.files().size() == 1) return sha256_file(weights.files()[0]);
  Sha256 all;
  for (const fs::path& file : weights.files())
    all.update(file.filename().string()).update("\n").update(sha256_file(file)).update("\n");
  return all.hex();
}

/// bom.json with a note of what was done; the list of files is made anew if there is a folder of them.
Json noted_bom(Json bom, const ConvertOptions& options, const ConvertReport& report, const fs::path& folder) {
  if (!bom.is_object()) bom = Json::object();
  bom["conversions"].push_back({{"from", options.input.filename().string()},
                                {"sha256", report.source_hash},
                                {"type", report.type},
                                {"code", fmt::format("moru {}", version())}});
  if (folder.empty() || !bom.contains("files")) return bom;
  bom["files"] = ledger::files_json(folder);
  if (bom.contains("model") && bom["model"].is_object()) bom["model"]["id"] = ledger::model_id(bom["files"]);
  return bom;
}

class Converter {
 public:
  Converter(const ConvertOptions& options, ProgressSink& sink) : options_(options), sink_(sink) {}

  ConvertReport run() {
    std::error_code failed;
    if (!fs::exists(options_.input, failed))
      refuse(options_.input, tr("there is no such file or folder", "그런 파일이나 폴더가 없습니다"),
             tr("name a model folder or a .gguf file", "모델 폴더나 .gguf 파일을 지정하세요"));
    if (fs::exists(options_.output, failed))
      refuse(options_.output, tr("it is already there", "이미 있습니다"),
             tr("name another output, or remove it first", "다른 출력을 지정하거나 먼저 지우세요"));
    if (is_adapter_folder(options_.input))
      refuse(options_.input, tr("this is an adapter, not a whole model", "모델 전체가 아니라 어댑터입니다"),
             tr("merge it first: build the recipe with train.lora.merge: true, or quantize it with \"moru quantize\"",
                "먼저 병합하세요. 레시피에 train.lora.merge: true를 두고 빌드하거나 \"moru quantize\"로 양자화하세요"));
    if (is_gguf(options_.output)) {
      to_gguf();
    } else if (is_gguf(options_.input)) {
      gguf_to_folder();
    } else {
      folder_to_folder();
    }
    return std::move(report_);
  }

 private:
  void begin(const WeightSource& weights) {
    report_.type = options_.type.empty() ? type_of(weights) : writable_type(options_.type);
    report_.input_bytes = weights.bytes();
    report_.parameters = weights.elements();
    for (const auto& [name, entry] : weights.tensors())
      if (entry.grouped) report_.few_bits += static_cast<uint64_t>(entry.count());
    if (!is_gguf(options_.output) && !is_float(report_.type))
      refuse(options_.output,
             fmt::format(fmt::runtime(tr("{} is a type of GGUF, not of safetensors",
                                         "{}은(는) safetensors가 아니라 GGUF의 형식입니다")),
                         report_.type),
             tr("let the output end in .gguf, or make a quantized folder with \"moru quantize\"",
                "출력 이름을 .gguf로 끝내거나 \"moru quantize\"로 양자화된 폴더를 만드세요"));
    sink_.say(fmt::format(fmt::runtime(tr("hashing {}", "{} 해시 계산")), options_.input.string()));
    report_.source_hash = hash_of(weights);
  }

  /// The input folder's tensors, those in few bits by their values. Refuses other tools' ways of quantizing.
  WeightSource open_folder() const {
    const fs::path path = options_.input / "config.json";
    if (!fs::exists(path)) return WeightSource::open(options_.input);
    const Json config = read_json_file(path);
    if (!config.is_object() || !config.contains("quantization_config")) return WeightSource::open(options_.input);
    const Json& quantization = config["quantization_config"];
    if (!quantization.is_object() || quantization.value("quant_method", Json()) != "compressed-tensors")
      refuse(path, tr("quantized in a way that is not read here", "여기서 읽지 않는 방식으로 양자화되어 있습니다"),
             tr("convert the model that it was quantized from", "양자화하기 전의 모델을 변환하세요"));
    return with_values(WeightSource::open(options_.input));
  }

  ModelFiles open_files() const {
    if (is_gguf(options_.input)) return open_model_files(options_.input);
    const ModelConfig config = load_config(options_.input);
    return {config, hugging_face_weights(open_folder(), config)};
  }

  void note_plan(const PlannedTensor& plan) {
    ++report_.tensors;
    ++report_.by_type[plan.dtype];
    report_.output_bytes += plan.bytes();
  }

  template <class Writer>
  void copy(const WeightSource& weights, const std::string& name, const RecodeTarget& target, Writer& writer,
            Progress& progress) {
    const TensorEntry& entry = weights.at(name);
    report_.loss += recode(
        entry, target, weights.place_of(name), [&](std::span<const std::byte> bytes) { writer.write(bytes); },
        [&](uint64_t bytes) {
          weights.release(entry);
          progress.advance(bytes);
        });
  }

  std::map<std::string, std::string> origin() const {
    return {{"format", "pt"},
            {"moru.source", options_.input.filename().string()},
            {"moru.source.sha256", report_.source_hash}};
  }

  /// Tensors into safetensors, in the order of `names`; those of whole numbers, and router biases, keep their type.
  void write_safetensors_folder(const WeightSource& weights, const std::vector<std::string>& names,
                                const fs::path& folder) {
    std::vector<PlannedTensor> plans;
    for (const std::string& name : names) {
      const TensorEntry& entry = weights.at(name);
      const bool readable = entry.grouped || block_format(entry.dtype)->readable;
      const bool keep = !readable || name.ends_with("e_score_correction_bias");
      plans.push_back({name, !keep ? report_.type : readable ? "F32" : entry.dtype, entry.shape});
      note_plan(plans.back());
    }
    ShardedWriter writer(folder, plans, options_.shard_size, origin());
    report_.files = writer.shards();
    Progress progress(sink_, std::string(tr("convert", "변환")), "B", report_.input_bytes);
    for (const PlannedTensor& plan : plans) copy(weights, plan.name, {plan.dtype, 0, 0}, writer, progress);
    writer.commit();
    progress.finish();
  }

  void folder_to_folder() {
    const WeightSource weights = open_folder();
    begin(weights);
    const fs::path config_path = options_.input / "config.json";
    Json config = read_json_file(config_path);
    if (config.is_object() && config.contains("model_type") && config["model_type"].is_string())
      report_.model_type = config["model_type"];
    for (const char* key : {"torch_dtype", "dtype"})
      if (config.is_object() && config.contains(key)) config[key] = dtype_name();
    if (config.is_object()) config.erase("quantization_config");
    Beside folder(options_.output);
    std::vector<std::string> names;
    for (const auto& [name, entry] : weights.tensors()) names.push_back(name);
    write_safetensors_folder(weights, names, folder.path());
    write_file_atomic(folder.path() / "config.json", dump_json(config, 2) + "\n");
    carry(folder.path());
    folder.place();
  }

  std::string dtype_name() const {
    return report_.type == "F32" ? "float32" : report_.type == "F16" ? "float16" : "bfloat16";
  }

  /// All other files of a model folder but its weights, whatever their layout.
  void carry(const fs::path& to) {
    for (const fs::path& file : list_files(options_.input)) {
      const std::string name = file.generic_string(), extension = file.extension().string();
      if (file.has_parent_path() || name == "config.json" || name == "bom.json" || name.ends_with(".index.json") ||
          extension == ".safetensors" || extension == ".bin" || extension == ".pt" || extension == ".pth" ||
          extension == ".gguf")
        continue;
      write_file_atomic(to / file, read_file(options_.input / file));
      report_.carried.push_back(name);
    }
    if (fs::exists(options_.input / "bom.json")) write_bom(read_json_file(options_.input / "bom.json"), to);
  }

  void write_bom(Json bom, const fs::path& folder) {
    write_file_atomic(folder / "bom.json", dump_json(noted_bom(std::move(bom), options_, report_, folder), 1) + "\n");
    report_.carried.emplace_back("bom.json");
  }

  void gguf_to_folder() {
    const ModelFiles files = open_model_files(options_.input);
    begin(files.weights);
    ModelConfig config = files.config;
    config.dtype = dtype_name();
    report_.model_type = config.model_type;
    Beside folder(options_.output);
    std::vector<std::string> names;
    for (const NamedSpec& named : named_tensors(config)) names.push_back(named.name);
    write_safetensors_folder(files.weights, names, folder.path());
    const Json json = to_json(config);
    write_file_atomic(folder.path() / "config.json", dump_json(json, 2) + "\n");
    Json generation = {{"do_sample", false}};
    for (const char* key : {"bos_token_id", "eos_token_id", "pad_token_id"})
      if (json.contains(key) && !json[key].is_null()) generation[key] = json[key];
    write_file_atomic(folder.path() / "generation_config.json", dump_json(generation, 2) + "\n");
    for (const auto& [name, text] : tokenizer_files_of(*files.weights.gguf(), config)) {
      write_file_atomic(folder.path() / name, text);
      report_.carried.push_back(name);
    }
    if (files.weights.gguf()->has("moru.bom"))
      write_bom(parse_json(files.weights.gguf()->text("moru.bom"), options_.input.string() + ": moru.bom"),
                folder.path());
    folder.place();
  }

  void to_gguf() {
    const ModelFiles files = open_files();
    begin(files.weights);
    report_.model_type = files.config.model_type;
    report_.files = 1;
    std::vector<GgufTensor> tensors = gguf_tensors(files.config, report_.type);
    if (options_.type.empty() && report_.few_bits > 0) keep_codes(files.weights, tensors);
    std::vector<PlannedTensor> plans;
    const std::vector<float> factors = rope_factors(files.config.rope, files.config.head_dim);
    if (!factors.empty()) plans.push_back({"rope_freqs.weight", "F32", {static_cast<int64_t>(factors.size())}});
    for (const GgufTensor& tensor : tensors) plans.push_back(tensor.plan);
    for (const PlannedTensor& plan : plans) note_plan(plan);
    check_tensors(files, tensors);
    if (options_.output.has_parent_path()) make_directories(options_.output.parent_path());
    GgufWriter writer(options_.output, metadata(files), plans);
    Progress progress(sink_, std::string(tr("convert", "변환")), "B", report_.input_bytes);
    if (!factors.empty()) writer.write(std::as_bytes(std::span(factors)));
    for (const GgufTensor& tensor : tensors)
      for (const std::string& name : tensor.sources)
        copy(files.weights, name, {tensor.plan.dtype, tensor.interleaved_heads, tensor.shift}, writer, progress);
    writer.commit();
    progress.finish();
  }

  /// Plans each tensor of few bits in the blocks that hold its codes as they are; where none do, in Q8_0.
  void keep_codes(const WeightSource& weights, std::vector<GgufTensor>& tensors) {
    std::map<std::string, uint64_t> counts;
    for (GgufTensor& tensor : tensors) {
      const auto all = [&](const auto& holds) {
        return std::ranges::all_of(tensor.sources, [&](const std::string& name) {
          const TensorEntry* entry = weights.find(name);
          return entry != nullptr && entry->grouped && holds(*entry);
        });
      };
      const BlockFormat &four = *block_format("Q4_0"), &eight = *block_format("Q8_0");
      if (!all([&](const TensorEntry& e) { return e.cols() % eight.elements == 0; })) continue;
      tensor.plan.dtype = all([&](const TensorEntry& e) { return fits_blocks(e.grouped, four); }) ? "Q4_0" : "Q8_0";
      ++counts[tensor.plan.dtype];
    }
    if (!counts.empty()) report_.type = counts["Q4_0"] > counts["Q8_0"] ? "Q4_0" : "Q8_0";
  }

  /// Before anything is written: every tensor is there, of the shape that the configuration says.
  static void check_tensors(const ModelFiles& files, const std::vector<GgufTensor>& tensors) {
    for (const GgufTensor& tensor : tensors) {
      const std::vector<int64_t>& planned = tensor.plan.shape;
      const std::vector<int64_t> shape(planned.begin() + (planned.size() == 3 ? 1 : 0), planned.end());
      for (const std::string& name : tensor.sources) {
        const TensorEntry& entry = files.weights.at(name);
        if (entry.shape == shape) continue;
        throw Error(
            files.weights.place_of(name),
            fmt::format(fmt::runtime(tr("a tensor of shape [{}] where the model has [{}]",
                                        "텐서 모양이 [{}]인데 모델은 [{}]입니다")),
                        fmt::join(entry.shape, ", "), fmt::join(shape, ", ")),
            std::string(tr("get both config.json and the weights again", "config.json과 가중치를 다시 받으세요")));
      }
    }
  }

  /// ggml's number of the kind of file: the type that most of its tensors have.
  uint32_t file_type() const {
    const std::string& t = report_.type;
    return t == "F32" ? 0 : t == "F16" ? 1 : t == "Q4_0" ? 2 : t == "Q8_0" ? 7 : t == "Q4_K" ? 14 : 32;
  }

  std::vector<std::pair<std::string, GgufValue>> metadata(const ModelFiles& files) const {
    std::vector<std::pair<std::string, GgufValue>> pairs;
    const GgufFile* gguf = files.weights.gguf();
    std::string name = fs::path(options_.input).lexically_normal().stem().string();
    if (name.empty()) name = options_.output.stem().string();
    Json bom;
    if (gguf != nullptr) {
      name = gguf->text_or("general.name", name);
      if (gguf->has("moru.bom")) bom = parse_json(gguf->text("moru.bom"), options_.input.string() + ": moru.bom");
    } else if (fs::exists(options_.input / "bom.json")) {
      bom = read_json_file(options_.input / "bom.json");
      if (bom.is_object() && bom.contains("model") && bom["model"].is_object()) name = bom["model"].value("name", name);
    }
    pairs.emplace_back("general.architecture", GgufValue::text(std::string(family_of(files.config).gguf_architecture)));
    pairs.emplace_back("general.type", GgufValue::text("model"));
    pairs.emplace_back("general.name", GgufValue::text(name));
    for (const char* key : {"general.license", "general.organization", "general.basename", "general.size_label"})
      if (gguf != nullptr && gguf->has(key)) pairs.emplace_back(key, GgufValue::text(gguf->text(key)));
    pairs.emplace_back("general.quantization_version", GgufValue::u32(2));
    pairs.emplace_back("general.file_type", GgufValue::u32(file_type()));
    for (auto& pair : gguf_config_metadata(files.config, options_.input.string())) pairs.push_back(std::move(pair));
    auto tokenizer =
        gguf != nullptr ? tokenizer_metadata_of(*gguf) : tokenizer_metadata_of(options_.input, files.config);
    for (auto& pair : tokenizer) pairs.push_back(std::move(pair));
    pairs.emplace_back("moru.source", GgufValue::text(options_.input.filename().string()));
    pairs.emplace_back("moru.source.sha256", GgufValue::text(report_.source_hash));
    if (!bom.is_null())
      pairs.emplace_back("moru.bom", GgufValue::text(dump_json(noted_bom(std::move(bom), options_, report_, {}))));
    return pairs;
  }

  const ConvertOptions& options_;
  ProgressSink& sink_;
  ConvertReport report_;
};

}  // namespace

ConvertReport convert_model(const ConvertOptions& options, ProgressSink& sink) {
  return Converter(options, sink).run();
}

}  // namespace moru::model
