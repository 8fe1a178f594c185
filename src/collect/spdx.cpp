// SPDX ids: expressions checked, licences recognised by their phrases, Debian's names translated.
#include "collect/licence.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

// The ids as https://spdx.org/licenses/ writes them: those that documents and code are usually under.
constexpr std::string_view kKnown[] = {"0BSD",
                                       "AFL-3.0",
                                       "AGPL-3.0-only",
                                       "AGPL-3.0-or-later",
                                       "Apache-1.1",
                                       "Apache-2.0",
                                       "Artistic-1.0",
                                       "Artistic-2.0",
                                       "BSD-2-Clause",
                                       "BSD-3-Clause",
                                       "BSD-4-Clause",
                                       "BSL-1.0",
                                       "CC-BY-2.0",
                                       "CC-BY-2.5",
                                       "CC-BY-3.0",
                                       "CC-BY-4.0",
                                       "CC-BY-NC-3.0",
                                       "CC-BY-NC-4.0",
                                       "CC-BY-NC-ND-4.0",
                                       "CC-BY-NC-SA-3.0",
                                       "CC-BY-NC-SA-4.0",
                                       "CC-BY-ND-3.0",
                                       "CC-BY-ND-4.0",
                                       "CC-BY-SA-2.0",
                                       "CC-BY-SA-2.5",
                                       "CC-BY-SA-3.0",
                                       "CC-BY-SA-4.0",
                                       "CC0-1.0",
                                       "CDDL-1.0",
                                       "CDDL-1.1",
                                       "EPL-1.0",
                                       "EPL-2.0",
                                       "EUPL-1.2",
                                       "GFDL-1.1-or-later",
                                       "GFDL-1.2-only",
                                       "GFDL-1.2-or-later",
                                       "GFDL-1.3-only",
                                       "GFDL-1.3-or-later",
                                       "GPL-1.0-or-later",
                                       "GPL-2.0-only",
                                       "GPL-2.0-or-later",
                                       "GPL-3.0-only",
                                       "GPL-3.0-or-later",
                                       "ISC",
                                       "LGPL-2.0-only",
                                       "LGPL-2.0-or-later",
                                       "LGPL-2.1-only",
                                       "LGPL-2.1-or-later",
                                       "LGPL-3.0-only",
                                       "LGPL-3.0-or-later",
                                       "LPPL-1.3c",
                                       "MIT",
                                       "MIT-0",
                                       "MPL-1.1",
                                       "MPL-2.0",
                                       "ODbL-1.0",
                                       "ODC-By-1.0",
                                       "OFL-1.1",
                                       "OpenSSL",
                                       "PDDL-1.0",
                                       "PHP-3.01",
                                       "PSF-2.0",
                                       "Python-2.0",
                                       "Ruby",
                                       "TCL",
                                       "Unlicense",
                                       "Vim",
                                       "W3C",
                                       "WTFPL",
                                       "X11",
                                       "Zlib",
                                       "zlib-acknowledgement"};

/// Licence texts by phrases that stand in no other. All of `phrases` must be there; the first rule that fits wins, so
/// the more particular stand first.
struct Rule {
  std::string_view id;
  std::vector<std::string_view> phrases;  // lower case, single spaces
};

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"AGPL-3.0-only", {"gnu affero general public license", "version 3"}},
      {"LGPL-3.0-only", {"gnu lesser general public license", "version 3, 29 june 2007"}},
      {"LGPL-2.1-only", {"gnu lesser general public license", "version 2.1"}},
      {"LGPL-2.0-only", {"gnu library general public license", "version 2"}},
      {"GFDL-1.3-only", {"gnu free documentation license", "version 1.3"}},
      {"GFDL-1.2-only", {"gnu free documentation license", "version 1.2"}},
      {"GPL-3.0-only", {"gnu general public license", "version 3, 29 june 2007"}},
      {"GPL-2.0-only", {"gnu general public license", "version 2, june 1991"}},
      {"MPL-2.0", {"mozilla public license", "2.0"}},
      {"MPL-1.1", {"mozilla public license", "1.1"}},
      {"Apache-2.0", {"apache license", "version 2.0"}},
      {"EPL-2.0", {"eclipse public license", "2.0"}},
      {"EUPL-1.2", {"european union public licence", "1.2"}},
      {"CC-BY-NC-SA-4.0", {"attribution-noncommercial-sharealike 4.0"}},
      {"CC-BY-NC-ND-4.0", {"attribution-noncommercial-noderivatives 4.0"}},
      {"CC-BY-NC-4.0", {"attribution-noncommercial 4.0"}},
      {"CC-BY-ND-4.0", {"attribution-noderivatives 4.0"}},
      {"CC-BY-SA-4.0", {"attribution-sharealike 4.0"}},
      {"CC-BY-SA-3.0", {"attribution-sharealike 3.0"}},
      {"CC-BY-4.0", {"attribution 4.0 international"}},
      {"CC-BY-3.0", {"attribution 3.0"}},
      {"CC-BY-NC-SA-4.0", {"creativecommons.org/licenses/by-nc-sa/4.0"}},
      {"CC-BY-NC-4.0", {"creativecommons.org/licenses/by-nc/4.0"}},
      {"CC-BY-SA-4.0", {"creativecommons.org/licenses/by-sa/4.0"}},
      {"CC-BY-SA-3.0", {"creativecommons.org/licenses/by-sa/3.0"}},
      {"CC-BY-4.0", {"creativecommons.org/licenses/by/4.0"}},
      {"CC0-1.0", {"cc0 1.0 universal"}},
      {"CC0-1.0", {"creativecommons.org/publicdomain/zero/1.0"}},
      {"ODbL-1.0", {"open database license", "odbl"}},
      {"OFL-1.1", {"sil open font license", "1.1"}},
      {"BSL-1.0", {"boost software license - version 1.0"}},
      {"Unlicense", {"this is free and unencumbered software released into the public domain"}},
      {"Artistic-2.0", {"the artistic license 2.0"}},
      {"WTFPL", {"do what the fuck you want to"}},
      {"Zlib",
       {"this software is provided 'as-is', without any express or implied",
        "altered source versions must be plainly marked"}},
      {"ISC",
       {"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is "
        "hereby granted"}},
      {"ISC",
       {"permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby "
        "granted"}},
      {"BSD-4-Clause",
       {"redistribution and use in source and binary forms", "all advertising materials mentioning features"}},
      {"BSD-3-Clause", {"redistribution and use in source and binary forms", "endorse or promote products"}},
      {"BSD-2-Clause", {"redistribution and use in source and binary forms"}},
      {"MIT",
       {"permission is hereby granted, free of charge, to any person obtaining a copy",
        "the above copyright notice and this permission notice"}},
      {"MIT", {"mit license"}},
      // Korea's Open Government License, of which SPDX has no id (https://www.kogl.or.kr): types 1 to 4.
      {"LicenseRef-KOGL-4", {"공공누리", "제4유형"}},
      {"LicenseRef-KOGL-3", {"공공누리", "제3유형"}},
      {"LicenseRef-KOGL-2", {"공공누리", "제2유형"}},
      {"LicenseRef-KOGL-1", {"공공누리", "제1유형"}},
  };
  return all;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Lower case with single spaces, and for each byte the line of the original that it is from.
std::pair<std::string, std::vector<uint32_t>> flatten(std::string_view text) {
  std::string flat;
  std::vector<uint32_t> lines;
  uint32_t line = 1;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space || (!flat.empty() && flat.back() != ' ')) {
      flat += space ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      lines.push_back(line);
    }
    line += c == '\n';
  }
  return {std::move(flat), std::move(lines)};
}

std::string with_usual_case(std::string_view id) {
  for (const std::string_view known : kKnown)
    if (lower_ascii(known) == lower_ascii(id)) return std::string(known);
  return std::string(id);
}

bool is_known(std::string_view id) {
  return std::ranges::find(kKnown, id) != std::end(kKnown);
}

/// An id for a licence that SPDX does not have.
std::string licence_ref(std::string_view name) {
  std::string id = "LicenseRef-";
  for (const char c : name) id += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return id;
}

std::string debian_id(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"expat", "MIT"},
      {"public-domain", "LicenseRef-public-domain"},
      {"apache", "Apache-2.0"},
      {"artistic", "Artistic-1.0-Perl"},
      {"bsd-2-clause", "BSD-2-Clause"},
      {"bsd-3-clause", "BSD-3-Clause"},
      {"bsd-4-clause", "BSD-4-Clause"},
      {"perl", "(Artistic-1.0-Perl OR GPL-1.0-or-later)"},
      {"python", "PSF-2.0"},
      {"cc0", "CC0-1.0"},
      {"gfdl-niv-1.2", "GFDL-1.2-no-invariants-only"},
      {"gfdl-niv-1.2+", "GFDL-1.2-no-invariants-or-later"},
      {"gfdl-niv-1.3", "GFDL-1.3-no-invariants-only"},
      {"gfdl-niv-1.3+", "GFDL-1.3-no-invariants-or-later"}};
  const std::string low = lower_ascii(name);
  for (const auto& [debian, spdx] : kNames)
    if (low == debian) return std::string(spdx);
  // GPL-2+, LGPL-2.1, GFDL-1.3+: the version always with a minor part, then "only" or "or later".
  for (const std::string_view family : {"agpl-", "lgpl-", "gpl-", "gfdl-"}) {
    if (!low.starts_with(family)) continue;
    std::string version = low.substr(family.size());
    const bool later = version.ends_with('+') || version.ends_with("-or-later");
    version = version.substr(0, version.find_first_not_of("0123456789."));
    if (version.empty()) break;
    if (version.find('.') == std::string::npos) version += ".0";
    std::string upper(family);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return upper + version + (later ? "-or-later" : "-only");
  }
  const std::string usual = with_usual_case(name);
  return is_known(usual) ? usual : licence_ref(name);
}

}  // namespace

std::optional<std::string> spdx_expression(std::string_view text) {
  std::string out;
  int depth = 0;
  bool wants_id = true;
  const auto space = [&] {
    if (!out.empty() && out.back() != '(') out += ' ';
  };
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '(' || c == ')') {
      ++i;
      if (c == '(' ? !wants_id : c == ')' ? wants_id || --depth < 0 : false) return std::nullopt;
      if (c == '(') {
        space();
        ++depth;
      }
      if (c == '(' || c == ')') out += c;
      continue;
    }
    const size_t end = std::min(text.find_first_of(" \t()", i), text.size());
    const std::string_view word = text.substr(i, end - i);
    i = end;
    const std::string low = lower_ascii(word);
    const bool joins = low == "and" || low == "or" || low == "with";
    if (joins == wants_id) return std::nullopt;
    if (!std::ranges::all_of(word, [](char w) {
          return std::isalnum(static_cast<unsigned char>(w)) || w == '.' || w == '-' || w == '+' || w == ':';
        }))
      return std::nullopt;
    space();
    out += low == "and" ? "AND" : low == "or" ? "OR" : low == "with" ? "WITH" : with_usual_case(word);
    wants_id = joins;
  }
  if (wants_id || depth != 0) return std::nullopt;
  return out;
}

std::optional<Recognised> recognise_licence(std::string_view text) {
  const std::string repaired = text::repair_utf8(text.substr(0, 200'000));  // longer than any licence
  static constexpr std::string_view kTag = "SPDX-License-Identifier:";
  if (const size_t at = repaired.find(kTag); at != std::string::npos) {
    const size_t end = std::min(repaired.find_first_of("\n*", at), repaired.size());
    if (const auto id =
            spdx_expression(text::trim(std::string_view(repaired).substr(at + kTag.size(), end - at - kTag.size()))))
      return Recognised{*id, static_cast<size_t>(std::ranges::count(repaired.substr(0, at), '\n')) + 1};
  }
  const auto flattened = flatten(repaired);
  const std::string& flat = flattened.first;  // Clang 14 captures no structured binding
  for (const Rule& rule : rules()) {
    const size_t at = flat.find(rule.phrases.front());
    if (at == std::string::npos) continue;
    if (std::ranges::all_of(rule.phrases,
                            [&](std::string_view phrase) { return flat.find(phrase) != std::string::npos; }))
      return Recognised{std::string(rule.id), flattened.second[at]};
  }
  return std::nullopt;
}

std::string spdx_of_debian(std::string_view name) {
  // "A or B", "A and B", "A, and B"; an exception follows "with" as words that SPDX has no id for unless it is one.
  std::string out, word;
  std::vector<std::string> words;
  for (const char c : name) {
    if (c == ' ' || c == '\t' || c == ',') {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  bool exception = false;
  for (const std::string& w : words) {
    const std::string low = lower_ascii(w);
    const bool joins = low == "or" || low == "and" || low == "and/or";
    if (low == "with") exception = true;
    if (joins) exception = false;
    if (exception && low != "with") {
      if (low != "exception")
        out += (out.ends_with("-exception") ? "" : " WITH LicenseRef-") + licence_ref(w).substr(11) + "-exception";
      continue;
    }
    if (low == "with") continue;
    if (!out.empty()) out += ' ';
    out += joins ? (low == "and" ? "AND" : "OR") : debian_id(w);
  }
  return spdx_expression(out).value_or(
      licence_ref(words.empty() ? "unnamed" : fmt::format("{}", fmt::join(words, "-"))));
}

}  // namespace moru::collect
