#include "model/weights.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"

namespace moru::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::byte> bytes_of(const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

class WeightsTest : public ::testing::Test {
 protected:
  /// Three tensors of 16, 8 and 24 bytes.
  size_t write(uint64_t shard_size) const {
    ShardedWriter writer(folder_.path(), {{"a", "F32", {2, 2}}, {"b", "F32", {2}}, {"c", "F32", {2, 3}}}, shard_size,
                         {{"format", "pt"}});
    writer.write(bytes_of({1, 2, 3, 4}));
    writer.write(bytes_of({5, 6}));
    writer.write(bytes_of({7, 8, 9}));
    writer.write(bytes_of({10, 11, 12}));
    writer.commit();
    return writer.shards();
  }
  std::string error_of(std::string_view index) const {
    write_file_atomic(folder_.path() / "model.safetensors.index.json", index);
    try {
      WeightSource::open(folder_.path());
    } catch (const Error& error) {
      EXPECT_FALSE(error.mend().empty());
      return error.place() + ": " + error.problem();
    }
    return "no error";
  }
  TemporaryDirectory folder_;
};

TEST_F(WeightsTest, ShardsHoldNoMoreThanAskedAndAreReadAsOne) {
  const std::pair<uint64_t, size_t> sizes[] = {{1000, 1}, {30, 2}, {24, 2}, {23, 3}, {1, 3}};
  for (const auto& [size, shards] : sizes) {
    for (const auto& entry : fs::directory_iterator(folder_.path())) fs::remove(entry);
    EXPECT_EQ(write(size), shards) << size;
    const WeightSource source = WeightSource::open(folder_.path());
    EXPECT_EQ(source.files().size(), shards == 1 ? 1 : shards + 1);
    EXPECT_EQ(source.bytes(), 48U);
    EXPECT_EQ(source.elements(), 12U);
    EXPECT_EQ(source.metadata().at("format"), "pt");
    std::vector<float> row(3);
    read_rows(source.at("c"), 1, row, "c");
    EXPECT_THAT(row, ElementsAre(10, 11, 12));
    EXPECT_EQ(source.find("d"), nullptr);
    EXPECT_THROW(source.at("d"), Error);
  }
}

TEST_F(WeightsTest, AnIndexThatClimbsOutOfItsFolderIsRefused) {
  for (const char* file : {"../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", ".x.safetensors", "config.json",
                           "", "..", "a\\\\b.safetensors", "a\\u0000.safetensors"}) {
    EXPECT_THAT(error_of(fmt::format(R"({{"weight_map": {{"t": "{}"}}}})", file)),
                HasSubstr("weight_map: \"t\" is not to lie in a file of this folder"))
        << file;
  }
  EXPECT_THAT(error_of(R"({"weight_map": {"t": 3}})"), HasSubstr("is not to lie in a file"));
  EXPECT_THAT(error_of(R"({"weight_map": []})"), HasSubstr("the list of tensors is missing"));
  EXPECT_THAT(error_of("[]"), HasSubstr("the list of tensors is missing"));
  EXPECT_THAT(error_of("{"), HasSubstr("not valid JSON"));
}

TEST_F(WeightsTest, AnIndexMustBeTrue) {
  ASSERT_EQ(write(24), 2U);
  EXPECT_THAT(
      error_of(R"({"weight_map": {"a": "model-00001-of-00002.safetensors", "z": "model-00001-of-00002.safetensors"}})"),
      HasSubstr("the tensor \"z\" is not in model-00001-of-00002.safetensors"));
  EXPECT_THAT(error_of(R"({"weight_map": {"a": "model-00002-of-00002.safetensors"}})"), HasSubstr("\"a\" is not in"));
  EXPECT_THAT(error_of(R"({"weight_map": {"a": "gone.safetensors"}})"), HasSubstr("gone.safetensors"));
}

TEST_F(WeightsTest, SplitGgufIsReadAsOne) {
  const auto part = [&](int number, int count, const std::string& tensor) {
    const fs::path path = folder_.path() / fmt::format("m-{:05}-of-{:05}.gguf", number, count);
    GgufWriter writer(path,
                      {{"split.no", GgufValue::u32(static_cast<uint32_t>(number - 1))},
                       {"split.count", GgufValue::u32(static_cast<uint32_t>(count))}},
                      {{tensor, "F32", {1}}});
    writer.write(bytes_of({static_cast<float>(number)}));
    writer.commit();
    return path;
  };
  const fs::path first = part(1, 2, "a"), second = part(2, 2, "b");
  const WeightSource source = WeightSource::open(first);
  EXPECT_EQ(source.tensors().size(), 2U);
  EXPECT_EQ(source.files().size(), 2U);
  EXPECT_THROW(WeightSource::open(second), Error);
  part(2, 2, "a");
  EXPECT_THROW(WeightSource::open(first), Error);
  fs::remove(second);
  EXPECT_THROW(WeightSource::open(first), Error);
}

TEST_F(WeightsTest, InterleavedHeadsComeOutInTheUsualOrder) {
  std::vector<float> values;
  for (float v = 0; v < 16; ++v) values.push_back(v);
  const std::vector<std::byte> bytes = bytes_of(values);
  TensorEntry entry{"F32", {8, 2}, bytes};
  entry.interleaved_heads = 2;
  const tensor::Tensor target(tensor::DType::f32, {8, 2});
  copy_into(entry, target, "q");
  // A head has 4 rows, stored as 0 and 2 of the usual order, then 1 and 3.
  std::vector<float> rows;
  for (int i = 0; i < 8; ++i) rows.push_back(target.data<float>()[2 * i] / 2);
  EXPECT_THAT(rows, ElementsAre(0, 2, 1, 3, 4, 6, 5, 7));
}

TEST_F(WeightsTest, PartsAndExpertsOfStacks) {
  const std::vector<std::byte> bytes = bytes_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  const TensorEntry stack{"F32", {3, 2, 2}, bytes};
  const TensorEntry second = stack.expert(1);
  EXPECT_THAT(second.shape, ElementsAre(2, 2));
  const tensor::Tensor target(tensor::DType::f32, {2, 2});
  copy_into(second, target, "e");
  EXPECT_THAT(target.span<float>(), ElementsAre(4, 5, 6, 7));
  TensorEntry raised{"F32", {2}, std::span(bytes).subspan(8, 8)};
  raised.shift = -1;
  const tensor::Tensor norm(tensor::DType::f32, {2});
  copy_into(raised, norm, "n");
  EXPECT_THAT(norm.span<float>(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace moru::model
