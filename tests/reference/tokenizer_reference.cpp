// What Moru makes of texts with a given tokenizer, as JSON for tokenizer_manners.py. Reads from standard input
// {"tokenizer_json": text, "texts": [text]} and writes {"marked", "template": ids of each text, "decoded", "skipped":
// what the marked ids decode to with and without special tokens, "written": the tokenizer written anew}.
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/json.h"
#include "text/tokenizer.h"
#include "text/tokenizer_json.h"

int main() {
  try {
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    const moru::Json request = moru::parse_json(input, "standard input");
    const std::string& json = request.at("tokenizer_json").get_ref<const std::string&>();
    const auto tokenizer = moru::text::Tokenizer::from_json(json, "given");
    moru::Json answer;
    answer["written"] = moru::text::write_tokenizer_json(moru::text::read_tokenizer_json(json, "given"));
    for (const moru::Json& text : request.at("texts")) {
      const auto& bytes = text.get_ref<const std::string&>();
      const std::vector<moru::text::Token> marked = tokenizer.encode_with_specials(bytes);
      answer["marked"].push_back(marked);
      answer["template"].push_back(tokenizer.encode_with_specials(bytes, true));
      answer["decoded"].push_back(tokenizer.decode(marked, false));
      answer["skipped"].push_back(tokenizer.decode(marked, true));
    }
    std::cout << moru::dump_json(answer) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
