// For bench/personal_data_peers.py: the labelled set of personal data, and what Moru finds in it, as JSON lines
// {"text", "labels": [[kind, begin, end]], "found": [the same]}, positions in code points; a last line {"seconds",
// "bytes"} of Moru's search. Arguments: seed, sentences with personal data of each kind, sentences without any.
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "../curate/personal_data_set.h"
#include "core/json.h"
#include "text/unicode.h"

int main(int count, char** arguments) {
  using namespace moru;
  using namespace moru::curate;
  const auto argument = [&](int i, uint64_t fallback) { return count > i ? std::stoull(arguments[i]) : fallback; };
  testing::PersonalDataSet set(argument(1, 11));
  std::vector<testing::LabelledText> texts;
  for (size_t kind = 0; kind < kPersonalDataKinds; ++kind)
    for (uint64_t i = 0; i < argument(2, 400); ++i) texts.push_back(set.positive(static_cast<PersonalDataKind>(kind)));
  for (uint64_t i = 0; i < argument(3, 5000); ++i) texts.push_back(set.negative());
  double seconds = 0;
  uint64_t bytes = 0;
  for (const testing::LabelledText& text : texts) {
    const auto points = [&](uint64_t byte) {
      return text::count_code_points(std::string_view(text.text).substr(0, byte));
    };
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<PersonalData> found = find_personal_data(text.text);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    bytes += text.text.size();
    Json line = {{"text", text.text}, {"labels", Json::array()}, {"found", Json::array()}};
    for (const auto& label : text.labels)
      line["labels"].push_back({name_of(label.kind), points(label.range.begin), points(label.range.end)});
    for (const PersonalData& hit : found)
      line["found"].push_back({name_of(hit.kind), points(hit.range.begin), points(hit.range.end)});
    std::cout << dump_json(line) << '\n';
  }
  std::cout << dump_json({{"seconds", seconds}, {"bytes", bytes}}) << '\n';
}
