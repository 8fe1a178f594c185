#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/language.h"
#include "generate/topic.h"

namespace moru::generate {

Options read_options(const Config& section) {
  Options o;
  o.held_out_share = section.number("held_out_share", o.held_out_share, 0, 0.9);
  o.held_out_documents = section.number("held_out_documents", o.held_out_documents, 0, 0.9);
  o.languages = section.texts("languages", o.languages);
  for (const std::string& language : o.languages)
    if (language != "ko" && language != "en")
      throw Error(section.place("languages"),
                  fmt::format(fmt::runtime(tr("there are no questions in \"{}\"", "\"{}\" 질문은 없습니다")), language),
                  std::string(tr("use ko, en, or both", "ko, en 또는 둘 다 쓰세요")));
  if (o.languages.empty())
    throw Error(section.place("languages"), std::string(tr("no language to ask in", "질문할 언어가 없습니다")),
                std::string(tr("use ko, en, or both", "ko, en 또는 둘 다 쓰세요")));
  o.phrasings = static_cast<int>(section.integer("phrasings", o.phrasings, 2, 64));
  o.other_names = static_cast<int>(section.integer("other_names", o.other_names, 0, 64));
  o.max_answer_chars =
      static_cast<size_t>(section.integer("max_answer_chars", static_cast<int64_t>(o.max_answer_chars), 20, 100'000));
  o.max_steps_chars = static_cast<size_t>(section.integer(
      "max_steps_chars", static_cast<int64_t>(std::max(o.max_answer_chars, o.max_steps_chars)), 20, 100'000));
  o.max_topics = static_cast<size_t>(section.integer("max_topics", static_cast<int64_t>(o.max_topics), 0));
  o.seed = static_cast<uint64_t>(section.integer("seed", static_cast<int64_t>(o.seed), 0));
  o.generators = section.texts("generators");
  for (const std::string& name : o.generators) {
    if (std::ranges::any_of(generators(), [&](const Generator& g) { return g.name == name; })) continue;
    std::string known;
    for (const Generator& g : generators()) known += (known.empty() ? "" : ", ") + std::string(g.name);
    throw Error(section.place("generators"),
                fmt::format(fmt::runtime(tr("there is no generator \"{}\"", "\"{}\"(이)라는 생성기가 없습니다")), name),
                fmt::format(fmt::runtime(tr("use one of: {}", "다음 중에서 고르세요: {}")), known));
  }
  for (const Config& place : section.sections("places"))
    o.places.push_back({place.text("folder"), place.text("name"), place.number("weight", 1, 0, 1000)});
  return o;
}

Json to_json(const Options& o) {
  Json places = Json::array(), used = Json::array();
  for (const Place& p : o.places) places.push_back({{"folder", p.folder}, {"name", p.name}, {"weight", p.weight}});
  for (const Generator& g : generators())
    if (o.generators.empty() || std::ranges::find(o.generators, g.name) != o.generators.end())
      used.push_back(fmt::format("{}/{}", g.name, g.version));
  Json json = {{"held_out_share", o.held_out_share},
               {"phrasings", o.phrasings},
               {"other_names", o.other_names},
               {"max_answer_chars", o.max_answer_chars},
               {"max_steps_chars", o.max_steps_chars},
               {"max_topics", o.max_topics},
               {"generators", used},
               {"places", places},
               {"seed", o.seed}};
  // Named only where they decide something, so that what was made before they were there stays.
  if (o.held_out_documents > 0) json["held_out_documents"] = o.held_out_documents;
  if (o.languages != Options().languages) json["languages"] = o.languages;
  return json;
}

}  // namespace moru::generate
