// Texts that the tests of this room share.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "core/random.h"
#include "text/bpe_trainer.h"

namespace moru::text {

inline const std::vector<std::string>& sample_texts() {
  static const std::vector<std::string> texts = {
      "",
      " ",
      "\n",
      "Hello, world! It's what we'll say; they've said I'm sure you'd say 'tis DON'T CAN'T 'S",
      "모루는 문서를 전문가 모델로 만듭니다. 표를 만들려면 삽입 - 표를 선택하십시오.",
      "셀을 선택한 다음 서식 - 셀을 클릭하고, 숫자 탭에서 1,234.50 형식을 고릅니다.\n\n  두 번째 문단입니다.",
      "int main(int argc, char** argv) {\n\treturn argc > 1 ? 0 : -1;  // 끝\n}\n",
      "https://example.org/a/b?c=d&e=%20f#g\r\n\r\n  \r\n x",
      "가족 👨‍👩‍👧‍👦 이모지 🇰🇷 👍🏽 와 한자 漢字, ひらがな カタカナ, العربية, "
      "עברית, "
      "हिन्दी, "
      "ไทย",
      "   leading and trailing   \t\t  ",
      "a  b   c    d\n e\n  f \n\n\n g",
      "e\xCC\x81 \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF \xEF\xBC\xA1\xEF\xBC\xA2 ½ ² "
      "Ⅻ ① x\xCC\xA7\xCC\x81",
      "\xCC\x81 lone mark, no\xC2\xA0"
      "break\xE3\x80\x80space\xE2\x80\xA8line\xC2\x85next\x1C"
      "fs",
      "1234567890 12 345 v2.0 3.14",
      "...!!!?--- /// //\n/\r /a ,b 'l 'll 'LL ' 're'VE \xC5\xBF '\xC5\xBF",
      "<|user|>\n<think> <|endofturn|> is plain text here",
  };
  return texts;
}

/// `count` pieces drawn from characters on which the pattern's parts border.
inline std::string adversarial_text(Random& random, size_t count) {
  static constexpr std::string_view kPieces[] = {"a",
                                                 "Z",
                                                 "s",
                                                 "t",
                                                 "'",
                                                 "'s",
                                                 "'ll",
                                                 "re",
                                                 "ve",
                                                 "d",
                                                 "m",
                                                 " ",
                                                 " ",
                                                 " ",
                                                 "  ",
                                                 "\t",
                                                 "\n",
                                                 "\r",
                                                 "\r\n",
                                                 "/",
                                                 ".",
                                                 ",",
                                                 "-",
                                                 "1",
                                                 "٣",
                                                 "½",
                                                 "가",
                                                 "글",
                                                 "은 ",
                                                 "\xE1\x84\x92",
                                                 "\xE1\x85\xA1",
                                                 "\xE1\x86\xAB",
                                                 "\xCC\x81",
                                                 "\xCC\xA7",
                                                 "\xC2\xA0",
                                                 "\xE3\x80\x80",
                                                 "\xE2\x80\xA8",
                                                 "\xC2\x85",
                                                 "\v",
                                                 "\f",
                                                 "\x1C",
                                                 "漢",
                                                 "ñ",
                                                 "ſ",
                                                 "K",
                                                 "ß",
                                                 "😀",
                                                 "\xE2\x80\x8D",
                                                 "\xEF\xB8\x8F",
                                                 "हि",
                                                 "\xE2\x83\xA3",
                                                 "_",
                                                 "€"};
  std::string text;
  for (size_t i = 0; i < count; ++i) text += kPieces[random.below(std::size(kPieces))];
  return text;
}

/// The text of LibreOffice's Korean help (Debian package libreoffice-help-ko) without tags, page by page.
inline std::vector<std::string> help_pages(size_t most = SIZE_MAX) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("/usr/share/libreoffice/help/ko/text")) {
    if (entry.path().extension() == ".html") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  if (paths.size() > most) paths.resize(most);
  std::vector<std::string> pages;
  for (const auto& path : paths) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    const std::string html = bytes.str();
    std::string text;
    bool in_tag = false;
    for (const char c : html) {
      if (c == '<') in_tag = true;
      if (!in_tag) text += c;
      if (c == '>') in_tag = false;
    }
    pages.push_back(std::move(text));
  }
  return pages;
}

/// tokenizer.json trained on the texts.
inline std::string trained_on(const std::vector<std::string>& texts, size_t vocabulary_size,
                              double superword_share = 0.2) {
  BpeOptions options;
  options.vocabulary_size = vocabulary_size;
  options.superword_share = superword_share;
  options.special_tokens = exaone_special_tokens();
  SilentProgress progress;
  return train_bpe(
      options,
      [&](const std::function<void(std::string_view)>& use) {
        for (const std::string& text : texts) use(text);
      },
      progress);
}

}  // namespace moru::text
