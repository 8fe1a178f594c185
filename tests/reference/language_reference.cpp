// What Moru says of texts' languages, for language_samples.py: reads JSON lines {"text"} from standard input and writes
// one line each {"code", "script", "confidence", "hangul_share", "second_code", "second_share", "mixed"}.
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "text/language.h"

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto text = moru::parse_json(line, "standard input").at("text").get<std::string>();
    const moru::text::DetectedLanguage found = moru::text::detect_language(text);
    std::cout << moru::Json{{"code", found.code},
                            {"script", found.script},
                            {"confidence", found.confidence},
                            {"hangul_share", found.hangul_share},
                            {"second_code", found.second_code},
                            {"second_share", found.second_share},
                            {"mixed", found.mixed}}
                     .dump()
              << "\n";
  }
}
