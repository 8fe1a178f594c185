#include "text/pretokenizer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <unicode/uchar.h>

#include <chrono>

#include "text/char_class.h"
#include "text/text_samples.h"

namespace moru::text {
namespace {

std::vector<std::string> split(std::string_view text, KnownPattern pattern = KnownPattern::exaone_moe) {
  std::vector<std::string> pieces;
  for_each_pretoken(pattern, text, [&](std::string_view piece) { pieces.emplace_back(piece); });
  return pieces;
}

/// The pattern itself, run by PCRE2 with Unicode properties.
class Oracle {
 public:
  explicit Oracle(std::string_view pattern = kPretokenizerPattern) {
    int error = 0;
    size_t offset = 0;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), PCRE2_UTF | PCRE2_UCP, &error,
                          &offset, nullptr);
    EXPECT_NE(code_, nullptr);
    EXPECT_EQ(pcre2_jit_compile(code_, PCRE2_JIT_COMPLETE), 0);
    data_ = pcre2_match_data_create_from_pattern(code_, nullptr);
    stack_ = pcre2_jit_stack_create(32 << 10, 256 << 20, nullptr);
    context_ = pcre2_match_context_create(nullptr);
    pcre2_jit_stack_assign(context_, nullptr, stack_);
  }
  ~Oracle() {
    pcre2_match_context_free(context_);
    pcre2_jit_stack_free(stack_);
    pcre2_match_data_free(data_);
    pcre2_code_free(code_);
  }
  std::vector<std::string> split(std::string_view text) const {
    std::vector<std::string> pieces;
    for (size_t at = 0; at < text.size();) {
      const int found =
          pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, 0, data_, context_);
      EXPECT_GT(found, 0) << "at byte " << at;
      if (found <= 0) break;
      const size_t* range = pcre2_get_ovector_pointer(data_);
      EXPECT_EQ(range[0], at);
      pieces.emplace_back(text.substr(range[0], range[1] - range[0]));
      at = range[1];
    }
    return pieces;
  }

 private:
  pcre2_code* code_ = nullptr;
  pcre2_match_data* data_ = nullptr;
  pcre2_jit_stack* stack_ = nullptr;
  pcre2_match_context* context_ = nullptr;
};

TEST(Pretokenizer, CutsAsThePatternReads) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(split("It's 2 words"), (Pieces{"It", "'s", " ", "2", " words"}));
  EXPECT_EQ(split("the whole phrase is one"), (Pieces{"the whole phrase is one"}));
  EXPECT_EQ(split("표를 만들려면 삽입 - 표를"), (Pieces{"표를 만들려면 삽입", " -", " 표를"}));
  EXPECT_EQ(split("a  b"), (Pieces{"a", " ", " b"}));
  EXPECT_EQ(split("x;\n\n  y"), (Pieces{"x", ";\n", "\n", " ", " y"}));
  EXPECT_EQ(split("end  \n "), (Pieces{"end", "  \n", " "}));
  EXPECT_EQ(split("(word) \xCC\x81"
                  "a"),
            (Pieces{"(word", ")", " \xCC\x81", "a"}));
  EXPECT_TRUE(split("").empty());
}

TEST(Pretokenizer, EqualsPcre2OnSamplesAndHelpPages) {
  const Oracle oracle;
  for (const std::string& text : sample_texts()) EXPECT_EQ(split(text), oracle.split(text)) << text;
  for (const std::string& page : help_pages(150)) ASSERT_EQ(split(page), oracle.split(page));
}

TEST(Pretokenizer, EqualsPcre2OnRandomStrings) {
  const Oracle oracle;
  Random random(1);
  for (int i = 0; i < 60000; ++i) {
    const std::string text = adversarial_text(random, 1 + random.below(24));
    ASSERT_EQ(split(text), oracle.split(text)) << text;
  }
}

TEST(Pretokenizer, OtherKnownPatternsEqualPcre2) {
  for (const std::string_view pattern : {kGpt2Pattern, kLlama3Pattern, kQwen2Pattern}) {
    const Oracle oracle(pattern);
    const KnownPattern known = known_pattern(pattern);
    ASSERT_NE(known, KnownPattern::none);
    for (const std::string& text : sample_texts()) EXPECT_EQ(split(text, known), oracle.split(text)) << text;
    for (const std::string& page : help_pages(40)) ASSERT_EQ(split(page, known), oracle.split(page));
    Random random(2);
    for (int i = 0; i < 30000; ++i) {
      const std::string text = adversarial_text(random, 1 + random.below(24));
      ASSERT_EQ(split(text, known), oracle.split(text)) << pattern << ": " << text;
    }
  }
  EXPECT_EQ(known_pattern("x"), KnownPattern::none);
}

TEST(Pretokenizer, DigitsApartCutTheTextForGpt2) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(split("a  12 b  ", KnownPattern::gpt2_digits), (Pieces{"a", "  ", "1", "2", " b", "  "}));
  EXPECT_EQ(split("it's   .5", KnownPattern::gpt2_digits), (Pieces{"it", "'s", "  ", " .", "5"}));
}

// PCRE2 10.42 counts U+180E as a space, as Unicode did before 6.3, and its tables are of Unicode 14.
TEST(Pretokenizer, EqualsPcre2OnEveryCharacter) {
  const Oracle oracle;
  for (char32_t code = 1; code < 0x110000; ++code) {
    if ((code >= 0xD800 && code < 0xE000) || code == 0x180E) continue;
    UVersionInfo age;
    u_charAge(static_cast<UChar32>(code), age);
    if (age[0] > 14) continue;
    std::string c;
    if (code < 0x80) {
      c = static_cast<char>(code);
    } else if (code < 0x800) {
      c = {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 63))};
    } else if (code < 0x10000) {
      c = {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 63)),
           static_cast<char>(0x80 | (code & 63))};
    } else {
      c = {static_cast<char>(0xF0 | (code >> 18)), static_cast<char>(0x80 | ((code >> 12) & 63)),
           static_cast<char>(0x80 | ((code >> 6) & 63)), static_cast<char>(0x80 | (code & 63))};
    }
    // Planes without any assigned character but private use, and most of the ideographs, need not be tried one by one.
    if ((code > 0x3400 && code < 0xA000 && code % 97 != 0) || (code > 0x20000 && code < 0xE0000 && code % 997 != 0) ||
        (code > 0xE01F0 && code % 997 != 0)) {
      continue;
    }
    const std::string text = "a" + c + c + "b ." + c + " " + c + "1";
    const auto ours = split(text), theirs = oracle.split(text);
    if (ours != theirs) ADD_FAILURE() << fmt::format("U+{:04X}", static_cast<uint32_t>(code));
  }
}

TEST(Pretokenizer, BrokenBytesAreSymbolsAndNothingIsLost) {
  Random random(2);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t n = random.below(20); n > 0; --n) {
      if (random.below(3) == 0)
        text += static_cast<char>(random.below(256));
      else
        text += adversarial_text(random, 1);
    }
    std::string joined;
    for (const std::string& piece : split(text)) {
      ASSERT_FALSE(piece.empty());
      joined += piece;
    }
    ASSERT_EQ(joined, text);
  }
  EXPECT_EQ(split("a\xFF\xC0 b"), (std::vector<std::string>{"a", "\xFF\xC0", " b"}));
}

TEST(Pretokenizer, LongRunsTakeLinearTime) {
  const auto seconds = [](const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    size_t pieces = 0;
    for_each_pretoken(text, [&](std::string_view) { ++pieces; });
    EXPECT_GT(pieces, 0U);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::string words, spaces(4 << 20, ' '), mixed;
  while (words.size() < (4 << 20)) words += "가나 ";
  for (int i = 0; i < (1 << 20); ++i) mixed += i % 2 ? " \n" : " \t";
  for (const std::string& text : {words, spaces, spaces + "x", mixed}) EXPECT_LT(seconds(text), 2.0);
}

TEST(Nfc, ComposesAndKeepsBrokenBytes) {
  std::string storage;
  EXPECT_EQ(normalized_nfc("e\xCC\x81", storage), "é");
  EXPECT_EQ(normalized_nfc("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF.", storage),
            "한글.");
  EXPECT_EQ(normalized_nfc("하\xE1\x86\xAB", storage), "한");
  EXPECT_EQ(normalized_nfc("\xFF"
                           "e\xCC\x81\xCC",
                           storage),
            "\xFF\xC3\xA9\xCC");
  EXPECT_EQ(normalized_nfc("\xFF\xCC\x81", storage), "\xFF\xCC\x81");
  EXPECT_EQ(normalized_nfc("x\xCC\x81\xCC\xA7", storage), "x\xCC\xA7\xCC\x81");  // marks in order of their classes
  const std::string plain = "그대로 as it is";
  EXPECT_EQ(normalized_nfc(plain, storage).data(), plain.data());
}

}  // namespace
}  // namespace moru::text
