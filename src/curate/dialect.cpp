#include "curate/dialect.h"

#include "core/error.h"
#include "core/language.h"

namespace moru::curate {

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::datatrove:
      return "datatrove";
    case Dialect::dolma:
      return "dolma";
    case Dialect::dclm:
      return "dclm";
    case Dialect::nemo_curator:
      return "nemo-curator";
  }
  return {};
}

std::string_view name_of(LimitLanguage language) {
  return language == LimitLanguage::kor_Hang ? "kor_Hang" : "eng_Latn";
}

RuleSetSettings rule_set_settings(const Config& section, const RuleSetSettings& defaults,
                                  const std::vector<Dialect>& dialects) {
  RuleSetSettings settings = defaults;
  std::vector<std::string> names;
  for (const Dialect dialect : dialects) names.emplace_back(name_of(dialect));
  const std::string dialect = section.choice("dialect", name_of(defaults.dialect), names);
  settings.dialect = dialects[static_cast<size_t>(std::ranges::find(names, dialect) - names.begin())];

  const std::string language = section.choice("language", defaults.by_document ? "auto" : name_of(defaults.language),
                                              {"eng_Latn", "kor_Hang", "auto"});
  settings.by_document = language == "auto";
  settings.language = language == "kor_Hang" ? LimitLanguage::kor_Hang : LimitLanguage::eng_Latn;
  if (language != "eng_Latn" && settings.dialect != Dialect::datatrove)
    throw Error(section.place("language"),
                fmt::format(fmt::runtime(tr("the dialect \"{}\" has no limits of its own for \"{}\"",
                                            "방언 \"{}\"에는 \"{}\"에 맞춘 한도가 없습니다")),
                            dialect, language),
                std::string(tr("FineWeb-2's limits belong to the dialect datatrove: leave the language out, or the "
                               "dialect, and give the limits that you want",
                               "FineWeb-2의 한도는 datatrove 방언의 것입니다. language나 dialect를 빼고 원하는 한도를 "
                               "직접 적으세요")));

  settings.words_given = defaults.words_given || section.has("words");
  const std::string words =
      section.choice("words", text::name_of(defaults.words), {"whitespace", "unicode", "morpheme"});
  settings.words = text::word_kind(words, section.place("words"));
  return settings;
}

}  // namespace moru::curate
