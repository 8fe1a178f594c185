#include "model/convert.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "model/checkpoint.h"
#include "model/model_files.h"
#include "tensor/quantized.h"

#ifdef __SANITIZE_ADDRESS__
extern "C" void __sanitizer_purge_allocator();  // GCC has no header for it
#endif

namespace moru::model {
namespace {

using ::testing::HasSubstr;

/// The address sanitizer keeps 256 MB of what was freed; where memory is measured it is told to let go.
class FrugalProgress final : public SilentProgress {
#ifdef __SANITIZE_ADDRESS__
 public:
  void show(const State&) override {
    __sanitizer_purge_allocator();
  }
#endif
};
#ifdef __SANITIZE_ADDRESS__
constexpr uint64_t kAllowance = 100'000'000;  // between two reports of progress
#else
constexpr uint64_t kAllowance = 0;
#endif

fs::path family_folder(const std::string& name) {
  return fs::path(MORU_SOURCE_DIR) / "tests/model/families" / name;
}

std::vector<float> values_of(const TensorEntry& entry) {
  std::vector<float> values(static_cast<size_t>(entry.count()));
  read_rows(entry, 0, values, "test");
  return values;
}

class ConvertTest : public ::testing::Test {
 protected:
  ConvertReport convert(const fs::path& input, const fs::path& output, const std::string& type = "",
                        uint64_t shard_size = 5'000'000'000) {
    FrugalProgress sink;
    return convert_model({input, output, type, shard_size}, sink);
  }
  std::string error_of(const fs::path& input, const fs::path& output, const std::string& type = "") {
    try {
      convert(input, output, type);
    } catch (const Error& error) {
      EXPECT_FALSE(error.mend().empty());
      return error.place() + ": " + error.problem();
    }
    return "no error";
  }
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  /// A copy of a family's small model, to be spoiled.
  fs::path copy_of(const std::string& family) {
    const fs::path copy = path("copy-" + family);
    make_directories(copy);
    for (const char* name : {"config.json", "model.safetensors"})
      fs::copy_file(family_folder(family) / name, copy / name, fs::copy_options::overwrite_existing);
    return copy;
  }
  TemporaryDirectory folder_;
};

class ConvertFamilyTest : public ConvertTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(ConvertFamilyTest, GgufAndBackLosesNothing) {
  const fs::path original = family_folder(GetParam());
  const ConvertReport there = convert(original, path("a.gguf"));
  EXPECT_EQ(there.source_hash.size(), 64U);
  const ConvertReport back = convert(path("a.gguf"), path("back"), "", 20'000);
  EXPECT_EQ(back.parameters, there.parameters);
  EXPECT_EQ(back.model_type, there.model_type);
  Json before = to_json(load_config(original)), after = to_json(load_config(path("back")));
  // GGUF has no keys for these.
  for (const char* key :
       {"initializer_range", "dtype", "torch_dtype", "mtp_num_speculative_steps", "mtp_share_layers"}) {
    before.erase(key);
    after.erase(key);
  }
  EXPECT_EQ(before, after) << Json::diff(before, after).dump(1);
  const ModelFiles first = open_model_files(original), second = open_model_files(path("back"));
  for (const NamedSpec& named : named_tensors(first.config)) {
    const std::vector<float> a = values_of(first.weights.at(named.name)), b = values_of(second.weights.at(named.name));
    EXPECT_EQ(a, b) << named.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ConvertFamilyTest,
                         ::testing::Values("exaone", "exaone4-full", "exaone4-sliding", "exaone_moe", "exaone_moe-2",
                                           "gemma3", "llama-scaled", "llama-tied", "qwen3", "qwen3_moe"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == '_'; }, 'X');
                           return name;
                         });

TEST_F(ConvertTest, EveryTypeIsAsNearAsItsBitsAllow) {
  const fs::path original = family_folder("llama-tied");
  const ModelFiles exact = open_model_files(original);
  const std::pair<const char*, double> bounds[] = {{"f32", 0},     {"f16", 1e-3},  {"bf16", 4e-3},
                                                   {"q8_0", 0.01}, {"q4_0", 0.13}, {"q4_k", 0.13}};
  for (const auto& [type, bound] : bounds) {
    const fs::path file = path(std::string(type) + ".gguf");
    const ConvertReport report = convert(original, file, type);
    EXPECT_LE(report.loss.relative(), bound) << type;
    const ModelFiles files = open_model_files(file);
    for (const NamedSpec& named : named_tensors(exact.config)) {
      const std::vector<float> a = values_of(exact.weights.at(named.name)), b = values_of(files.weights.at(named.name));
      double error = 0, squares = 0;
      for (size_t i = 0; i < a.size(); ++i) {
        error += std::pow(static_cast<double>(a[i]) - b[i], 2);
        squares += std::pow(a[i], 2);
      }
      EXPECT_LE(std::sqrt(error), bound * std::sqrt(squares)) << type << " " << named.name;
    }
  }
}

TEST_F(ConvertTest, FolderToFolderKeepsWhatItDoesNotKnow) {
  const fs::path original = copy_of("qwen3");
  Json config = read_json_file(original / "config.json");
  config["some_key"] = "kept";
  write_file_atomic(original / "config.json", dump_json(config));
  write_file_atomic(original / "README.md", "# A model\n");
  const ConvertReport report = convert(original, path("half"), "f16", 10'000);
  EXPECT_GT(report.files, 1U);
  EXPECT_EQ(read_json_file(path("half") / "config.json")["some_key"], "kept");
  EXPECT_EQ(read_json_file(path("half") / "config.json")["dtype"], "float16");
  EXPECT_EQ(read_file(path("half") / "README.md"), "# A model\n");
  const WeightSource weights = WeightSource::open(path("half"));
  EXPECT_EQ(weights.at("model.embed_tokens.weight").dtype, "F16");
  EXPECT_EQ(weights.metadata().at("moru.source.sha256"), report.source_hash);
  EXPECT_FALSE(fs::exists(path("half.partial")));
}

TEST_F(ConvertTest, TheBillOfMaterialsGoesAlong) {
  const fs::path original = copy_of("qwen3");
  write_file_atomic(original / "bom.json",
                    R"({"schema": "moru-bom/1", "model": {"name": "말", "id": "x"}, "files": {}})");
  convert(original, path("a.gguf"), "q8_0");
  const ConvertReport back = convert(path("a.gguf"), path("back"), "bf16");
  const Json bom = read_json_file(path("back") / "bom.json");
  EXPECT_EQ(bom["model"]["name"], "말");
  ASSERT_EQ(bom["conversions"].size(), 2U);
  EXPECT_EQ(bom["conversions"][0]["type"], "Q8_0");
  EXPECT_EQ(bom["conversions"][1]["sha256"], back.source_hash);
  EXPECT_TRUE(bom["files"].contains("model.safetensors"));
}

TEST_F(ConvertTest, UnhappyPaths) {
  const fs::path original = family_folder("qwen3");
  EXPECT_THAT(error_of(path("none"), path("a.gguf")), HasSubstr("there is no such"));
  EXPECT_THAT(error_of(original, path("a"), "q8_0"), HasSubstr("Q8_0 is a type of GGUF"));
  EXPECT_THAT(error_of(original, path("a"), "q9"), HasSubstr("not a type"));
  convert(original, path("there"));
  EXPECT_THAT(error_of(original, path("there")), HasSubstr("already there"));

  const fs::path spoilt = copy_of("qwen3");
  Json config = read_json_file(spoilt / "config.json");
  config["intermediate_size"] = config["intermediate_size"].get<int>() + 1;
  write_file_atomic(spoilt / "config.json", dump_json(config));
  EXPECT_THAT(error_of(spoilt, path("a.gguf")), HasSubstr("where the model has"));
  config["quantization_config"] = {{"quant_method", "other"}};
  write_file_atomic(spoilt / "config.json", dump_json(config));
  EXPECT_THAT(error_of(spoilt, path("a")), HasSubstr("quantized in a way that is not read"));
  EXPECT_FALSE(fs::exists(path("a")));
  EXPECT_FALSE(fs::exists(path("a.gguf")));
}

TEST_F(ConvertTest, AValueThatIsNoNumberLeavesNothingBehind) {
  const fs::path original = copy_of("llama-tied");
  std::string bytes = read_file(original / "model.safetensors");
  std::fill(bytes.end() - 64, bytes.end(), '\xff');
  write_file_atomic(original / "model.safetensors", bytes);
  EXPECT_THAT(error_of(original, path("a.gguf"), "q8_0"), HasSubstr("a value that is no number"));
  EXPECT_THAT(error_of(original, path("a"), "f16"), HasSubstr("a value that is no number"));
  EXPECT_FALSE(fs::exists(path("a.gguf")));
  EXPECT_FALSE(fs::exists(path("a")));
  EXPECT_FALSE(fs::exists(path("a.partial")));
}

/// A family's model with its matrices in few bits.
class ConvertQuantizedTest : public ConvertTest {
 protected:
  fs::path quantized(const std::string& family, int bits, int group) {
    const auto model = load_model(family_folder(family), tensor::DType::bf16);
    for (const Part& part : model->parts()) {
      tensor::Parameter& p = *part.parameter;
      if ((part.kind != Part::Kind::matrix && part.kind != Part::Kind::embedding) || part.role == TensorRole::router ||
          p.quantized())
        continue;
      if (p.cols() % group != 0) continue;
      p.packed = tensor::quantize(p.value, bits, group);
      p.value = tensor::Tensor();
    }
    const fs::path folder = path(fmt::format("{}-{}-{}", family, bits, group));
    save_model(*model, folder);
    return folder;
  }
  /// The weights, under their names, of a folder or file.
  static std::map<std::string, std::vector<float>> values_in(const fs::path& model) {
    const ModelFiles files = open_model_files(model);
    std::map<std::string, std::vector<float>> values;
    for (const NamedSpec& named : named_tensors(files.config))
      values[named.name] = values_of(files.weights.at(named.name));
    return values;
  }
};

TEST_F(ConvertQuantizedTest, CodesGoOverAsTheyAre) {
  for (const char* family : {"llama-tied", "gemma3", "exaone_moe"}) {
    for (const int bits : {4, 8}) {
      const fs::path original = quantized(family, bits, 32);
      const ConvertReport report = convert(original, original.string() + ".gguf");
      EXPECT_GT(report.few_bits, 0U);
      EXPECT_EQ(report.loss.kept, report.few_bits) << family << bits;
      EXPECT_EQ(report.loss.squared_error, 0);
      EXPECT_EQ(report.type, bits == 4 ? "Q4_0" : "Q8_0");
      // In float32 nothing is rounded: both ways must give the same numbers.
      convert(original, original.string() + "-f32", "f32");
      EXPECT_EQ(values_in(original.string() + ".gguf"), values_in(original.string() + "-f32")) << family << bits;
    }
  }
}

TEST_F(ConvertQuantizedTest, FloatsAreThoseThatTheModelComputesWith) {
  const fs::path original = quantized("qwen3", 8, 16);
  const ConvertReport report = convert(original, path("f32"), "f32");
  EXPECT_EQ(report.loss.kept, 0U);
  EXPECT_FALSE(read_json_file(path("f32") / "config.json").contains("quantization_config"));
  const auto held = load_model(original), floats = load_model(path("f32"), tensor::DType::f32);
  const std::vector<Part> a = held->parts(), b = floats->parts();
  ASSERT_EQ(a.size(), b.size());
  size_t compared = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const tensor::Parameter& p = *a[i].parameter;
    if (!p.quantized()) continue;
    const tensor::Tensor values(tensor::DType::f32, {a[i].end - a[i].begin, p.cols()});
    tensor::dequantize(p.packed, a[i].begin, a[i].end, values);
    const tensor::Tensor expected = b[i].parameter->value.slice(b[i].begin, b[i].end);
    EXPECT_EQ(std::memcmp(values.raw(), expected.raw(), values.bytes()), 0) << a[i].name;
    ++compared;
  }
  EXPECT_GT(compared, 5U);
}

TEST_F(ConvertQuantizedTest, GroupsThatNoBlockHoldsAreRoundedAnew) {
  const fs::path original = quantized("llama-tied", 4, 8);
  const ConvertReport report = convert(original, path("a.gguf"));
  EXPECT_EQ(report.type, "Q8_0");
  EXPECT_EQ(report.loss.kept, 0U);
  EXPECT_GT(report.loss.relative(), 0);
  EXPECT_LT(report.loss.relative(), 0.01);
}

TEST_F(ConvertQuantizedTest, CodesThatCannotBeReadAreErrors) {
  const fs::path original = quantized("qwen3", 4, 16);
  const std::string bytes = read_file(original / "model.safetensors");
  /// The first `from` after `name` in the file becomes `to`.
  const auto spoilt = [&](const std::string& name, const std::string& from, const std::string& to) {
    std::string other = bytes;
    other.replace(other.find(from, other.find(name)), from.size(), to);
    write_file_atomic(original / "model.safetensors", other);
    const std::string error = error_of(original, path("a.gguf"));
    EXPECT_FALSE(fs::exists(path("a.gguf")));
    return error;
  };
  EXPECT_THAT(spoilt("q_proj.weight_scale", "scale", "scalX"), HasSubstr("weight_scale"));
  EXPECT_THAT(spoilt("q_proj.weight_shape", "shape", "shapX"), HasSubstr("weight_shape"));
  EXPECT_THAT(spoilt("q_proj.weight_packed", "I32", "F32"), HasSubstr("belongs"));
}

/// Most memory that this process has had, in bytes.
uint64_t peak_memory() {
  const std::string status = read_file("/proc/self/status");
  return std::stoull(status.substr(status.find("VmHWM:") + 6)) * 1024;
}

TEST_F(ConvertTest, AModelOfHalfAGigabyteConvertsInATenthOfThat) {
  std::error_code none;
  const TemporaryDirectory folder(fs::is_directory("/dev/shm", none) ? "/dev/shm" : "");
  Json config = read_json_file(family_folder("llama-tied") / "config.json");
  config.update({{"hidden_size", 2048},
                 {"intermediate_size", 5632},
                 {"num_hidden_layers", 4},
                 {"vocab_size", 32000},
                 {"num_attention_heads", 32},
                 {"num_key_value_heads", 32},
                 {"head_dim", 64}});
  write_file_atomic(folder.path() / "config.json", dump_json(config));
  std::vector<PlannedTensor> plans;
  for (const NamedSpec& named : named_tensors(load_config(folder.path()))) {
    const TensorSpec& spec = named.spec;
    plans.push_back({named.name, "BF16",
                     spec.rows == 0 ? std::vector<int64_t>{spec.cols} : std::vector<int64_t>{spec.rows, spec.cols}});
  }
  uint64_t size = 0;
  ShardedWriter writer(folder.path(), plans, 200'000'000);
  const std::vector<uint16_t> pattern(1 << 20, 0x3C0F);
  for (const PlannedTensor& plan : plans) {
    uint64_t left = plan.bytes();
    size += left;
    while (left > 0) {
      const auto piece = std::as_bytes(std::span(pattern)).first(std::min<uint64_t>(left, pattern.size() * 2));
      writer.write(piece);
      left -= piece.size();
    }
  }
  writer.commit();
  ASSERT_GT(size, 500'000'000U);
  for (const char* output : {"b.gguf", "b"}) {
    const pid_t child = ::fork();
    if (child == 0) {
      // What the process had before it does not count.
      const uint64_t before = peak_memory();
      const bool gguf = std::string_view(output).ends_with(".gguf");
      convert(folder.path(), folder.path() / output, gguf ? "q8_0" : "f16", 100'000'000);
      ::_exit(peak_memory() - before < size / 10 + kAllowance ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << output;
  }
}

}  // namespace
}  // namespace moru::model
