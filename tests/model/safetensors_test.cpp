#include "model/safetensors.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"

namespace moru::model {
namespace {

using tensor::DType;
using tensor::Tensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Tensor floats(std::initializer_list<int64_t> shape, float first) {
  Tensor t(DType::f32, shape);
  for (int64_t i = 0; i < t.size(); ++i) t.data<float>()[i] = first + static_cast<float>(i);
  return t;
}

std::string file_of(std::string_view header, std::string_view data) {
  const uint64_t size = header.size();
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += header;
  bytes += data;
  return bytes;
}

class SafetensorsTest : public ::testing::Test {
 protected:
  fs::path write(std::string_view bytes) const {
    write_file_atomic(folder_.path() / "model.safetensors", bytes);
    return folder_.path() / "model.safetensors";
  }
  /// What the Error about such a file says; it must name the file.
  std::string error_of(std::string_view bytes) const {
    const fs::path path = write(bytes);
    try {
      const SafetensorsFile file(path);
    } catch (const Error& error) {
      EXPECT_THAT(error.place(), HasSubstr(path.string()));
      EXPECT_FALSE(error.mend().empty());
      return error.problem();
    }
    return "no error";
  }
  TemporaryDirectory folder_;
};

TEST_F(SafetensorsTest, WhatIsWrittenIsReadAgain) {
  const fs::path path = folder_.path() / "a.safetensors";
  const Tensor wide = floats({3, 5}, -4.5F), narrow(DType::bf16, {7}), small(DType::i8, {2, 3});
  for (int64_t i = 0; i < 7; ++i) narrow.data<tensor::Bf16>()[i] = tensor::to_bf16(0.5F * static_cast<float>(i));
  for (int64_t i = 0; i < 6; ++i) small.data<int8_t>()[i] = static_cast<int8_t>(100 - 50 * i);
  write_safetensors(path, {{"wide", wide}, {"small", small}, {"narrow", narrow}}, {{"format", "pt"}, {"말", "글"}});

  const SafetensorsFile file(path);
  EXPECT_EQ(file.tensors().size(), 3U);
  EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{{"format", "pt"}, {"말", "글"}}));
  EXPECT_EQ(file.at("wide").dtype, "F32");
  EXPECT_EQ(file.at("narrow").dtype, "BF16");
  EXPECT_EQ(file.at("small").dtype, "I8");
  EXPECT_THAT(file.at("wide").shape, ElementsAre(3, 5));
  EXPECT_THAT(file.at("narrow").shape, ElementsAre(7));
  for (const auto& [name, value] : {std::pair{"wide", wide}, {"narrow", narrow}, {"small", small}}) {
    const Tensor again = Tensor::empty_like(value);
    copy_into(file.at(name), again, "test");
    EXPECT_EQ(std::memcmp(again.raw(), value.raw(), value.bytes()), 0) << name;
  }
}

TEST_F(SafetensorsTest, FloatsAreConvertedAndNothingElse) {
  const fs::path path = folder_.path() / "a.safetensors";
  const Tensor wide = floats({4}, 1.00390625F), small = Tensor::zeros(DType::i8, {4});  // halfway between two bf16
  write_safetensors(path, {{"wide", wide}, {"small", small}});
  const SafetensorsFile file(path);
  const Tensor narrow(DType::bf16, {4});
  copy_into(file.at("wide"), narrow, "test");
  EXPECT_EQ(tensor::to_float(narrow.data<tensor::Bf16>()[0]), 1.0F) << "a tie goes to the even one";
  EXPECT_THROW(copy_into(file.at("small"), narrow, "test"), Error);
  EXPECT_THROW(copy_into(file.at("wide"), small, "test"), Error);
}

TEST_F(SafetensorsTest, AShapeThatTheModelDoesNotHaveIsAnError) {
  const fs::path path = folder_.path() / "a.safetensors";
  write_safetensors(path, {{"w", floats({2, 3}, 0)}});
  const SafetensorsFile file(path);
  try {
    copy_into(file.at("w"), Tensor(DType::f32, {3, 2}), "model.safetensors: w");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), "model.safetensors: w");
    EXPECT_THAT(error.problem(), HasSubstr("[2, 3]"));
  }
}

TEST_F(SafetensorsTest, AMissingTensorIsNamed) {
  const fs::path path = folder_.path() / "a.safetensors";
  write_safetensors(path, {{"w", floats({2}, 0)}});
  try {
    SafetensorsFile(path).at("lm_head.weight");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.place(), path.string());
    EXPECT_THAT(error.problem(), HasSubstr("lm_head.weight"));
  }
}

TEST_F(SafetensorsTest, NoFileIsAnError) {
  EXPECT_THROW(SafetensorsFile(folder_.path() / "none.safetensors"), Error);
}

TEST_F(SafetensorsTest, AFileWithoutTensorsIsRead) {
  EXPECT_TRUE(SafetensorsFile(write(file_of("{}", ""))).tensors().empty());
  EXPECT_TRUE(SafetensorsFile(write(file_of(R"({"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}})", "")))
                  .at("a")
                  .bytes.empty());
}

TEST_F(SafetensorsTest, ShortFilesAndLengthsThatRunPastTheEnd) {
  EXPECT_THAT(error_of(""), HasSubstr("shorter"));
  EXPECT_THAT(error_of("1234567"), HasSubstr("shorter"));
  EXPECT_THAT(error_of(std::string("\x03\0\0\0\0\0\0\0{}", 10)), HasSubstr("length"));
  EXPECT_THAT(error_of(std::string(8, '\xFF') + "{}"), HasSubstr("length"));
  EXPECT_THAT(error_of(std::string("\xF8\xFF\xFF\xFF\xFF\xFF\xFF\xFF{}", 10)), HasSubstr("length"));
}

TEST_F(SafetensorsTest, HeadersThatAreNone) {
  EXPECT_THAT(error_of(file_of("", "")), HasSubstr("JSON"));
  EXPECT_THAT(error_of(file_of("{\"a\":", "")), HasSubstr("JSON"));
  EXPECT_THAT(error_of(file_of("\xFF\xFE", "")), HasSubstr("JSON"));
  EXPECT_THAT(error_of(file_of(std::string(100000, '['), "")), HasSubstr("JSON"));
  EXPECT_THAT(error_of(file_of("[]", "")), HasSubstr("object"));
  EXPECT_THAT(error_of(file_of("null", "")), HasSubstr("object"));
}

TEST_F(SafetensorsTest, TensorsAreNotBelievedBeforeTheyAreChecked) {
  const std::string data(16, 'x');
  struct Case {
    const char* header;
    const char* says;
  };
  const Case cases[] = {
      {R"({"a":7})", "incomplete"},
      {R"({"a":{}})", "incomplete"},
      {R"({"a":{"dtype":4,"shape":[4],"data_offsets":[0,16]}})", "incomplete"},
      {R"({"a":{"dtype":"F32","data_offsets":[0,16]}})", "incomplete"},
      {R"({"a":{"dtype":"Q4","shape":[4],"data_offsets":[0,16]}})", "type"},
      {R"({"a":{"dtype":"","shape":[4],"data_offsets":[0,16]}})", "type"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[4,20]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[-16,0]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16.0]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16,16]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":"0,16"}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551615]}})", "range"},
      {R"({"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"F32","shape":[4.5],"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"F32","shape":[true,4],"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}})", "differ"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,16]}})", "differ"},
      {R"({"a":{"dtype":"F32","shape":[4611686018427387904,4,4],"data_offsets":[0,0]}})", "shape"},
      {R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,16]}})", "shape"},
      {R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,16],"data_offsets":[0,16]}})", "shape"},
  };
  for (const Case& c : cases) {
    const std::string problem = error_of(file_of(c.header, data));
    EXPECT_THAT(problem, HasSubstr(c.says)) << c.header;
    EXPECT_THAT(problem, HasSubstr("\"a\"")) << c.header;
  }
}

TEST_F(SafetensorsTest, EveryByteBelongsToOneTensor) {
  const std::string data(16, 'x');
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[10],"data_offsets":[0,10]},
                                   "b":{"dtype":"U8","shape":[10],"data_offsets":[6,16]}})",
                               data)),
              HasSubstr("overlap"));
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},
                                   "b":{"dtype":"U8","shape":[6],"data_offsets":[10,16]}})",
                               data)),
              HasSubstr("gaps"));
  EXPECT_THAT(error_of(file_of(R"({"b":{"dtype":"U8","shape":[6],"data_offsets":[10,16]}})", data)), HasSubstr("gaps"));
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}})", data)),
              HasSubstr("left over"));
  EXPECT_THAT(error_of(file_of("{}", "x")), HasSubstr("left over"));
}

TEST_F(SafetensorsTest, TwoTensorsOfOneNameAreAnError) {
  // A parser that keeps the first and one that keeps the last would read different models from one file.
  EXPECT_THAT(error_of(file_of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
                                   "\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
                               "x")),
              HasSubstr("one name"));
}

TEST_F(SafetensorsTest, MetadataIsTextOnly) {
  EXPECT_THAT(error_of(file_of(R"({"__metadata__":{"a":1}})", "")), HasSubstr("__metadata__"));
  EXPECT_THAT(error_of(file_of(R"({"__metadata__":"a"})", "")), HasSubstr("__metadata__"));
}

TEST_F(SafetensorsTest, AFileCutAnywhereIsAnError) {
  const fs::path path = folder_.path() / "a.safetensors";
  write_safetensors(path, {{"w", floats({3, 3}, 0)}, {"v", floats({2}, 0)}}, {{"format", "pt"}});
  const std::string whole = read_file(path);
  for (size_t length = 0; length < whole.size(); ++length)
    ASSERT_NE(error_of(std::string_view(whole).substr(0, length)), "no error") << length;
}

}  // namespace
}  // namespace moru::model
