// Moru's words of texts, for the scripts of this folder: reads JSON lines {"text"} from standard input and writes one
// line each with the words as [begin, end] in code points. Argument: the kind of words.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.h"
#include "text/word_splitter.h"

int main(int count, char** arguments) {
  const auto& splitter =
      moru::text::word_splitter(moru::text::word_kind(count > 1 ? arguments[1] : "morpheme", "arguments"));
  std::string line;
  std::vector<std::string_view> words;
  std::vector<size_t> points;
  while (std::getline(std::cin, line)) {
    const auto text = moru::parse_json(line, "standard input").at("text").get<std::string>();
    words.clear();
    splitter.split(text, words);
    points.assign(text.size() + 1, 0);
    for (size_t i = 0; i < text.size(); ++i)
      points[i + 1] = points[i] + ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 ? 1 : 0);
    std::string out = "[";
    for (const std::string_view word : words) {
      const auto begin = static_cast<size_t>(word.data() - text.data());
      // points[i]: code points that begin before byte i.
      out += (out.size() > 1 ? ",[" : "[") + std::to_string(points[begin]) + "," +
             std::to_string(points[begin + word.size()]) + "]";
    }
    std::cout << out << "]\n";
  }
}
