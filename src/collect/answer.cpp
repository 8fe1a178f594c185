#include "collect/answer.h"

#include <nlohmann/json.hpp>

#include "collect/plan.h"
#include "collect/url.h"
#include "core/error.h"
#include "text/unicode.h"

namespace moru::collect {

std::string printable(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t valid = text::valid_utf8_length(path);
    out += path.substr(0, valid);
    if (valid == path.size()) break;
    out += fmt::format("%{:02X}", static_cast<unsigned char>(path[valid]));
    path.remove_prefix(valid + 1);
  }
  return out;
}

std::string address_in(const PlannedFile& planned, std::string_view member) {
  if (member.empty()) return planned.uri;
  const bool is_row = planned.extractor != nullptr && planned.extractor->name == "rows";
  return is_row ? planned.uri + "#" + percent_encoded(member.substr(1)) : planned.uri + "!/" + printable(member);
}

void AnswerWriter::take(const PlannedFile& planned, const Extractor* extractor, Output& output) {
  for (data::Document& d : output.documents) {
    const bool only_title =
        std::ranges::all_of(d.blocks, [](const data::Block& b) { return b.kind == data::BlockKind::title; });
    if (only_title) {
      set_aside_.emplace_back("no-text", "nothing is left when marks and navigation are", d.source.range)
          .set_member(d.source.member);
      continue;
    }
    d.source.uri = address_in(planned, d.source.member);
    if (d.source.file_hash.empty()) d.source.file_hash = planned.hash;
    if (d.source.collector.empty() && extractor != nullptr)
      d.source.collector = fmt::format("{}/{}", extractor->name, extractor->version);
    if (d.source.modified.empty()) d.source.modified = planned.file.modified;
    if (d.licence.id.empty()) d.licence = planned.licence;
    if (d.licence.evidence.starts_with("!/")) d.licence.evidence.insert(0, planned.uri);
    d.language = "und";
    for (const auto& [key, value] : planned.file.metadata) d.metadata.insert_or_assign(key, value);
    d.id = data::document_id(d);
    lines_ += dump_json(data::to_json(d));
    lines_ += '\n';
    ++documents_;
    ++collectors_[d.source.collector];
    ++licences_[d.licence.id];
    if (const auto encoding = d.metadata.find("encoding"); encoding != d.metadata.end()) ++encodings_[encoding->second];
  }
  hash_ = planned.hash;
  for (Unreadable& problem : output.set_aside) set_aside_.push_back(std::move(problem));
  output.documents.clear();
  output.set_aside.clear();
}

std::string AnswerWriter::finish() {
  Json facts = {{"documents", documents_}, {"collectors", collectors_}, {"licences", licences_}};
  if (!encodings_.empty()) facts["encodings"] = encodings_;
  if (!set_aside_.empty()) {
    facts["hash"] = hash_;
    Json& list = facts["set_aside"] = Json::array();
    for (const Unreadable& problem : set_aside_)
      list.push_back({problem.reason(), problem.what(), problem.member(), problem.range().begin, problem.range().end});
  }
  std::string text = dump_json(facts) + "\n" + lines_;
  *this = AnswerWriter();
  return text;
}

Answer read_answer(std::string_view text, std::string_view place) {
  const size_t end = std::min(text.find('\n'), text.size());
  const Json facts = parse_json(text.substr(0, end), place);
  Answer answer;
  try {
    facts.at("documents").get_to(answer.documents);
    facts.at("collectors").get_to(answer.collectors);
    facts.at("licences").get_to(answer.licences);
    if (facts.contains("encodings")) facts.at("encodings").get_to(answer.encodings);
    if (facts.contains("set_aside")) {
      facts.at("hash").get_to(answer.hash);
      for (const Json& item : facts.at("set_aside"))
        answer.set_aside
            .emplace_back(item.at(0).get<std::string>(), item.at(1).get<std::string>(),
                          data::Range{item.at(3).get<uint64_t>(), item.at(4).get<uint64_t>()})
            .set_member(item.at(2).get<std::string>());
    }
  } catch (const Json::exception& e) {
    throw Error(std::string(place), e.what(), "");
  }
  answer.lines = text.substr(std::min(end + 1, text.size()));
  return answer;
}

}  // namespace moru::collect
