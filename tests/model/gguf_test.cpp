#include "model/gguf.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"

namespace moru::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A GGUF file, byte by byte.
class Bytes {
 public:
  template <class T>
  Bytes& number(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Bytes& raw(std::string_view text) {
    text_ += text;
    return *this;
  }
  Bytes& string(std::string_view text) { return number(static_cast<uint64_t>(text.size())).raw(text); }
  Bytes& header(uint64_t tensors, uint64_t pairs, uint32_t version = 3) {
    return raw("GGUF").number(version).number(tensors).number(pairs);
  }
  Bytes& tensor(std::string_view name, std::vector<uint64_t> dims, uint32_t type, uint64_t offset) {
    string(name).number(static_cast<uint32_t>(dims.size()));
    for (const uint64_t d : dims) number(d);
    return number(type).number(offset);
  }
  Bytes& align() { return raw(std::string((32 - text_.size() % 32) % 32, '\0')); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string error_of(const Bytes& bytes) {
  try {
    const GgufFile file(bytes.text(), "a.gguf");
  } catch (const Error& error) {
    EXPECT_THAT(error.place(), HasSubstr("a.gguf"));
    EXPECT_FALSE(error.mend().empty());
    return error.place() + ": " + error.problem();
  }
  return "no error";
}

std::vector<std::byte> floats(std::initializer_list<float> values) {
  std::vector<std::byte> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.begin(), bytes.size());
  return bytes;
}

TEST(GgufTest, WhatIsWrittenIsReadAgain) {
  const TemporaryDirectory folder;
  const fs::path path = folder.path() / "a.gguf";
  GgufWriter writer(path,
                    {{"general.architecture", GgufValue::text("llama")},
                     {"n", GgufValue::u32(4000000000U)},
                     {"x", GgufValue::f32(0.5F)},
                     {"yes", GgufValue::boolean(true)},
                     {"words", GgufValue::texts({"모루", "", "anvil"})},
                     {"kinds", GgufValue::integers(GgufType::i32, {-1, 2})},
                     {"flags", GgufValue::integers(GgufType::boolean, {1, 0, 1})},
                     {"small", GgufValue::integers(GgufType::u16, {65535})},
                     {"scores", GgufValue::floats({-1.5, 2})}},
                    {{"b", "F32", {2, 3}}, {"empty", "F32", {0, 4}}, {"a", "F32", {1}}});
  writer.write(floats({1, 2, 3, 4}));
  writer.write(floats({5, 6}));
  writer.write(floats({7}));
  writer.commit();
  const GgufFile file(path);
  EXPECT_EQ(file.text("general.architecture"), "llama");
  EXPECT_EQ(file.integer("n"), 4000000000);
  EXPECT_EQ(file.number("x"), 0.5);
  EXPECT_EQ(file.integer("yes"), 1);
  EXPECT_THAT(file.texts("words"), ElementsAre("모루", "", "anvil"));
  EXPECT_THAT(file.integers("kinds"), ElementsAre(-1, 2));
  EXPECT_THAT(file.integers("flags"), ElementsAre(1, 0, 1));
  EXPECT_THAT(file.integers("small"), ElementsAre(65535));
  EXPECT_EQ(file.integer_or("absent", 9), 9);
  ASSERT_EQ(file.tensors().size(), 3U);
  const TensorEntry& b = file.tensors().at("b");
  EXPECT_THAT(b.shape, ElementsAre(2, 3));
  std::vector<float> row(3);
  read_rows(b, 1, row, "b");
  EXPECT_THAT(row, ElementsAre(4, 5, 6));
  EXPECT_EQ(file.tensors().at("a").bytes.data() - b.bytes.data(), 32);  // aligned
}

TEST(GgufTest, VersionTwoIsRead) {
  Bytes bytes;
  bytes.header(1, 0, 2).tensor("t", {2}, 0, 0).align().number(1.0F).number(2.0F);
  const GgufFile file(bytes.text(), "a.gguf");
  EXPECT_EQ(file.tensors().at("t").count(), 2);
}

TEST(GgufTest, HostileHeadersGetAnError) {
  EXPECT_THAT(error_of(Bytes().raw("GGUF")), HasSubstr("does not begin"));
  EXPECT_THAT(error_of(Bytes().raw("GGML").raw(std::string(40, '\0'))), HasSubstr("does not begin"));
  EXPECT_THAT(error_of(Bytes().header(0, 0, 1)), HasSubstr("version 1"));
  EXPECT_THAT(error_of(Bytes().header(0, 0, 0x03000000)), HasSubstr("big-endian"));
  EXPECT_THAT(error_of(Bytes().header(UINT64_MAX, 0)), HasSubstr("more tensors"));
  EXPECT_THAT(error_of(Bytes().header(0, UINT64_MAX)), HasSubstr("more tensors or keys"));
  EXPECT_THAT(error_of(Bytes().header(0, 1).number(UINT64_MAX)), HasSubstr("runs past the end"));
  EXPECT_THAT(error_of(Bytes().header(0, 1).string("k").number(uint32_t{13}).number(uint64_t{0})),
              HasSubstr("k: a value of an unknown type"));
}

TEST(GgufTest, HostileArraysGetAnError) {
  const auto array = [](uint32_t type, uint64_t count) {
    return Bytes().header(0, 1).string("k").number(uint32_t{9}).number(type).number(count).raw(std::string(64, '\1'));
  };
  EXPECT_THAT(error_of(array(9, 1)), HasSubstr("arrays of arrays"));
  EXPECT_THAT(error_of(array(0, 65)), HasSubstr("more elements"));
  EXPECT_THAT(error_of(array(4, UINT64_MAX / 2)), HasSubstr("more elements"));
  EXPECT_THAT(error_of(array(12, 9)), HasSubstr("runs past the end"));
  EXPECT_THAT(error_of(array(8, 8)), HasSubstr("runs past the end"));
  Bytes twice;
  twice.header(0, 2);
  for (int i = 0; i < 2; ++i) twice.string("k").number(uint32_t{4}).number(uint32_t{1});
  EXPECT_THAT(error_of(twice), HasSubstr("k: a key appears twice"));
}

TEST(GgufTest, HostileTensorsGetAnError) {
  const auto file = [](std::vector<uint64_t> dims, uint32_t type, uint64_t offset) {
    return Bytes().header(1, 0).tensor("t", std::move(dims), type, offset).align().raw(std::string(128, '\0'));
  };
  EXPECT_EQ(error_of(file({32}, 0, 0)), "no error");
  EXPECT_THAT(error_of(file({33}, 0, 0)), HasSubstr("t: its range runs past the file"));
  EXPECT_THAT(error_of(file({8}, 0, 8)), HasSubstr("not aligned"));
  EXPECT_THAT(error_of(file({8}, 0, UINT64_MAX - 31)), HasSubstr("runs past"));
  EXPECT_THAT(error_of(file({8, 8}, 8, 0)), HasSubstr("out of range"));  // rows of 8, blocks of 32
  EXPECT_THAT(error_of(file({uint64_t{1} << 62, 8}, 0, 0)), HasSubstr("out of range"));
  EXPECT_THAT(error_of(file({uint64_t{1} << 63}, 0, 0)), HasSubstr("out of range"));
  EXPECT_THAT(error_of(file({1, 1, 1, 1, 1}, 0, 0)), HasSubstr("dimensions"));
  EXPECT_THAT(error_of(file({8}, 4, 0)), HasSubstr("unknown type number 4"));
  Bytes overlap;
  overlap.header(2, 0).tensor("a", {16}, 0, 0).tensor("b", {16}, 0, 32).align().raw(std::string(128, '\0'));
  EXPECT_THAT(error_of(overlap), HasSubstr("b: it overlaps another tensor"));
  Bytes same;
  same.header(2, 0).tensor("a", {8}, 0, 0).tensor("a", {8}, 0, 32).align().raw(std::string(128, '\0'));
  EXPECT_THAT(error_of(same), HasSubstr("two tensors have one name"));
  Bytes alignment;
  alignment.header(0, 1).string("general.alignment").number(uint32_t{4}).number(uint32_t{24});
  EXPECT_THAT(error_of(alignment), HasSubstr("general.alignment: the alignment is no power of two"));
}

TEST(GgufTest, ValuesOfAnotherTypeAreNamed) {
  Bytes bytes;
  bytes.header(0, 2).string("n").number(uint32_t{4}).number(uint32_t{7});
  bytes.string("s").number(uint32_t{8}).string("x");
  const GgufFile file(bytes.text(), "a.gguf");
  const auto problem = [](auto ask) {
    try {
      ask();
    } catch (const Error& error) {
      return error.problem();
    }
    return std::string();
  };
  EXPECT_EQ(problem([&] { file.text("n"); }), "\"n\" is not a text");
  EXPECT_EQ(problem([&] { file.integer("s"); }), "\"s\" is not a whole number");
  EXPECT_EQ(problem([&] { file.number("s"); }), "\"s\" is not a number");
  EXPECT_EQ(problem([&] { file.texts("s"); }), "\"s\" is not an array of texts");
  EXPECT_EQ(problem([&] { file.integer("m"); }), "the key \"m\" is missing");
}

TEST(GgufTest, ScalesThatAreNoNumbersAreRefused) {
  Bytes bytes;
  bytes.header(1, 0).tensor("t", {32}, 8, 0).align().number(uint16_t{0x7E00}).raw(std::string(32, '\1'));
  const GgufFile file(bytes.text(), "a.gguf");
  const tensor::Tensor target(tensor::DType::bf16, {32});
  EXPECT_THROW(copy_into(file.tensors().at("t"), target, "t"), Error);
}

}  // namespace
}  // namespace moru::model
