#include "model/compressed_tensors.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"

namespace moru::model {
namespace {

using tensor::Bf16;
using tensor::DType;
using tensor::QuantizedRows;
using tensor::Tensor;

std::string module_of(std::string_view weight_name) {
  return std::string(weight_name.substr(0, weight_name.rfind('.')));
}

/// Bytes of codes + 2^(bits-1): a row's codes in order, at 4 bits the earlier one in the low half. As I32 words with
/// the first column in the lowest bits they are the same bytes.
Tensor packed_words(const Tensor& codes, int bits) {
  const int64_t n = codes.rows(), k = codes.cols();
  const Tensor words = Tensor::zeros(DType::i32, {n, (k * bits + 31) / 32});
  auto* bytes = static_cast<uint8_t*>(words.raw());
  for (int64_t r = 0; r < n; ++r, bytes += words.cols() * 4)
    for (int64_t i = 0; i < k; ++i) {
      const int code = codes.data<int8_t>()[r * k + i] - tensor::least_code(bits);
      bytes[i * bits / 8] = static_cast<uint8_t>(bytes[i * bits / 8] | (bits == 4 && i % 2 == 1 ? code << 4 : code));
    }
  return words;
}

Json group_json(int bits, int group, const Json& targets) {
  const Json weights = {{"num_bits", bits},    {"type", "int"},    {"symmetric", true},   {"strategy", "group"},
                        {"group_size", group}, {"dynamic", false}, {"observer", "minmax"}};
  return {{"targets", targets}, {"weights", weights}, {"input_activations", nullptr}, {"output_activations", nullptr}};
}

[[noreturn]] void wrong(const std::string& place, std::string_view problem) {
  throw Error(place, std::string(problem), std::string(tr("quantize the model again", "모델을 다시 양자화하세요")));
}

void expect(const TensorEntry& entry, std::string_view dtype, int64_t rows, int64_t cols, const std::string& place) {
  if (entry.dtype != dtype || entry.shape != std::vector<int64_t>{rows, cols})
    wrong(place, fmt::format(fmt::runtime(tr("a tensor {} [{}] where {} [{}, {}] belongs",
                                             "{} [{}] 텐서가 있는데 {} [{}, {}]이어야 합니다")),
                             entry.dtype, fmt::join(entry.shape, ", "), dtype, rows, cols));
}

void refuse_other_layouts(const WeightSource& source, const std::string& module, const std::string& place) {
  if (source.contains(module + ".weight_zero_point") || source.contains(module + ".weight_g_idx"))
    wrong(place, tr("zero points and reordered groups are not read; symmetric codes in plain groups are",
                    "영점이 있거나 순서를 바꾼 그룹은 읽지 않습니다. 대칭 코드와 순서대로 나눈 그룹만 읽습니다"));
}

/// [n, groups], in groups of a multiple of 8 weights.
void check_scales(const TensorEntry& scales, int64_t n, int64_t k, const std::string& place) {
  const int64_t groups = scales.shape.size() == 2 ? scales.shape[1] : 0;
  if (groups < 1 || k % groups != 0 || k / groups % 8 != 0 || scales.shape[0] != n)
    wrong(place + "_scale", tr("the scales do not fit the weights", "스케일이 가중치와 맞지 않습니다"));
}

/// What X.weight_shape says: two whole numbers.
std::vector<int64_t> shape_in(const TensorEntry& entry, const std::string& place) {
  const size_t width = entry.dtype == "I64" ? 8 : entry.dtype == "I32" ? 4 : 0;
  if (width == 0 || entry.shape != std::vector<int64_t>{2})
    wrong(place, tr("it does not hold two whole numbers", "정수 두 개가 들어 있지 않습니다"));
  std::vector<int64_t> shape(2);
  for (size_t i = 0; i < 2; ++i) {
    int32_t narrow = 0;
    std::memcpy(width == 8 ? static_cast<void*>(&shape[i]) : &narrow, entry.bytes.data() + i * width, width);
    if (width == 4) shape[i] = narrow;
    if (shape[i] < 1 || shape[i] > INT32_MAX)
      wrong(place, tr("it does not hold two whole numbers", "정수 두 개가 들어 있지 않습니다"));
  }
  return shape;
}

/// X.weight of the module's codes and scales.
TensorEntry values_entry(const WeightSource& source, const std::string& module, const TensorEntry& held) {
  const std::string place = source.place_of(module + ".weight");
  refuse_other_layouts(source, module, place);
  TensorEntry entry = held;
  GroupedCodes& codes = entry.grouped;
  codes.packed = source.contains(module + ".weight_packed");
  codes.bits = 8;
  if (codes.packed) {
    entry.shape = shape_in(source.at(module + ".weight_shape"), place + "_shape");
    // Rows of whole words: groups are multiples of 8 weights.
    if (held.shape == std::vector<int64_t>{entry.shape[0], entry.shape[1] / 8}) codes.bits = 4;
    expect(held, "I32", entry.shape[0], entry.shape[1] * codes.bits / 32, place + "_packed");
  } else if (held.shape.size() != 2) {
    wrong(place, tr("codes that are no matrix", "행렬이 아닌 코드입니다"));
  }
  const TensorEntry& scales = source.at(module + ".weight_scale");
  check_scales(scales, entry.shape[0], entry.shape[1], place);
  if (scales.dtype != "BF16" && scales.dtype != "F16" && scales.dtype != "F32")
    wrong(place + "_scale", tr("scales that are no floats", "실수가 아닌 스케일입니다"));
  codes.group = entry.shape[1] / scales.shape[1];
  codes.scale_dtype = scales.dtype;
  codes.scales = scales.bytes;
  entry.dtype = codes.bits == 4 ? "INT4" : "INT8";
  return entry;
}

}  // namespace

WeightSource with_values(WeightSource source) {
  std::map<std::string, TensorEntry, std::less<>> tensors = source.tensors();
  for (const auto& [name, entry] : source.tensors()) {
    const bool packed = name.ends_with(".weight_packed");
    if (!packed && !(name.ends_with(".weight") && entry.dtype == "I8" && source.contains(name + "_scale"))) continue;
    const std::string module = module_of(name);
    tensors.insert_or_assign(module + ".weight", values_entry(source, module, entry));
    for (const char* part : {".weight_packed", ".weight_scale", ".weight_shape"}) tensors.erase(module + part);
  }
  return std::move(source).renamed(std::move(tensors));
}

bool CompressedTensorsWriter::add(const Part& part, std::vector<NamedTensor>& tensors) {
  const tensor::Parameter& p = *part.parameter;
  if (!p.quantized()) {
    if (part.kind == Part::Kind::matrix || part.kind == Part::Kind::embedding) kept_.push_back(module_of(part.name));
    return false;
  }
  const QuantizedRows rows = tensor::unpack(p.packed, part.begin, part.end);
  const Tensor shape(DType::i32, {2});
  shape.data<int32_t>()[0] = static_cast<int32_t>(part.end - part.begin);
  shape.data<int32_t>()[1] = static_cast<int32_t>(p.packed.cols);
  const std::string module = module_of(part.name);
  tensors.push_back({module + ".weight_packed", packed_words(rows.codes, p.packed.bits)});
  tensors.push_back({module + ".weight_scale", rows.scales});
  tensors.push_back({module + ".weight_shape", shape});
  modules_[{p.packed.bits, p.packed.group}].push_back(module);
  embedding_ = embedding_ || module.ends_with("embed_tokens");
  return true;
}

Json CompressedTensorsWriter::config() const {
  Json groups = Json::object();
  for (const auto& [kind, modules] : modules_) {
    // "Linear" takes all linear layers but those ignored; an embedding is none, and has to be named.
    const bool all = modules_.size() == 1 && !embedding_;
    groups[fmt::format("group_{}", groups.size())] =
        group_json(kind.first, kind.second, all ? Json::array({"Linear"}) : Json(modules));
  }
  return {{"quant_method", "compressed-tensors"},
          {"format", "pack-quantized"},
          {"quantization_status", "compressed"},
          {"ignore", kept_},
          {"config_groups", groups}};
}

bool CompressedTensorsReader::read(const Part& part) {
  tensor::Parameter& p = *part.parameter;
  const std::string module = module_of(part.name), place = file_.place() + ": " + part.name;
  const auto& tensors = file_.tensors();
  const auto words = tensors.find(module + ".weight_packed"), plain = tensors.find(part.name);
  const bool quantized = words != tensors.end() || (plain != tensors.end() && plain->second.dtype == "I8");
  // A fused weight is held in one way: all its parts must be as the first.
  if (part.begin > 0 && quantized != static_cast<bool>(rows_.codes))
    wrong(place, tr("only a part of a fused weight is quantized", "합쳐진 가중치의 일부만 양자화되어 있습니다"));
  if (!quantized) return false;
  if (part.kind == Part::Kind::norm || part.kind == Part::Kind::bias)
    wrong(place, tr("norms and biases cannot be quantized", "정규화 가중치와 바이어스는 양자화할 수 없습니다"));
  refuse_other_layouts(file_, module, place);
  const int64_t n = part.end - part.begin, all = p.value.rows(), k = p.value.cols();
  const TensorEntry& scales = file_.at(module + ".weight_scale");
  const int64_t groups = scales.shape.size() == 2 ? scales.shape[1] : 0;
  check_scales(scales, n, k, place);
  const int bits = words != tensors.end() && words->second.shape == std::vector<int64_t>{n, (k + 7) / 8} ? 4 : 8;
  if (words != tensors.end()) {
    expect(words->second, "I32", n, (k * bits + 31) / 32, place + "_packed");
  } else {
    expect(plain->second, "I8", n, k, place);
  }
  if (part.begin == 0) {
    rows_ = {Tensor(DType::i8, {all, k}), Tensor(DType::bf16, {all, groups})};
    bits_ = bits;
  }
  if (bits != bits_ || groups != rows_.scales.cols())
    wrong(place, tr("parts of a fused weight differ in bits or groups",
                    "합쳐진 가중치의 부분들이 비트 수나 그룹이 서로 다릅니다"));
  const Tensor codes = rows_.codes.slice(part.begin, part.end), wide(DType::f32, {n, groups});
  copy_into(scales, wide, place + "_scale");
  convert(wide, rows_.scales.slice(part.begin, part.end));
  const TensorEntry& held = words != tensors.end() ? words->second : plain->second;
  const GroupedCodes grouped{bits, words != tensors.end(), k / groups, scales.dtype, scales.bytes};
  for (int64_t r = 0; r < n; ++r)
    read_codes(grouped, held.bytes, r, {codes.data<int8_t>() + r * k, static_cast<size_t>(k)});
  // Scales finer than bf16 are rounded, and the codes with them, so that each weight stays as near as it can.
  if (scales.dtype == "F32")
    for (int64_t i = 0; i < codes.size(); ++i) {
      const int64_t g = i / (k / groups);
      int8_t& code = codes.data<int8_t>()[i];
      code = tensor::nearest_code(static_cast<float>(code) * wide.data<float>()[g],
                                  to_float(rows_.scales.data<Bf16>()[part.begin * groups + g]), bits);
    }
  if (part.end == all) {
    p.packed = tensor::pack(rows_, bits);
    p.value = Tensor();
    rows_ = {};
  }
  return true;
}

}  // namespace moru::model
