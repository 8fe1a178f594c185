// A trace as a tree for the terminal.
#include <nlohmann/json.hpp>

#include "core/language.h"
#include "pipeline/show.h"
#include "pipeline/trace.h"

namespace moru::pipeline {
namespace {

constexpr size_t kExamples = 5;
constexpr size_t kShortId = 12;

std::string short_id(const Json& node) {
  return node.value("id", "").substr(0, kShortId);
}

std::string_view kind_name(const std::string& kind) {
  if (kind == "source") return tr("file", "파일");
  if (kind == "document") return tr("document", "문서");
  if (kind == "sample") return tr("sample", "표본");
  if (kind == "model") return tr("model", "모델");
  return tr("artefact", "산출물");
}

/// Facts that tell a person something, on one line.
std::string facts_text(const Json& node) {
  const Json& facts = node.at("facts");
  std::vector<std::string> parts;
  for (const char* key : {"generator", "topic", "phrasing", "collector", "language"})
    if (facts.contains(key) && facts[key].is_string() && !facts[key].get<std::string>().empty())
      parts.push_back(fmt::format("{} {}", key, facts[key].get<std::string>()));
  if (facts.value("held_out", false)) parts.emplace_back(tr("held out from training", "학습에서 제외"));
  if (facts.contains("content"))
    parts.push_back(
        fmt::format("{} {}", tr("content", "내용"), facts["content"].get<std::string>().substr(0, kShortId)));
  if (facts.contains("bytes")) parts.push_back(bytes_text(facts["bytes"].get<uint64_t>()));
  if (facts.contains("made") && facts["made"].contains("finished"))
    parts.push_back(facts["made"]["finished"].get<std::string>());
  if (node.contains("members"))
    parts.push_back(
        fmt::format(fmt::runtime(tr("{} records", "레코드 {}개")), grouped(node["members"].get<uint64_t>())));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string head_text(const Json& node) {
  std::string head;
  if (node.contains("range")) {
    const Json& range = node["range"];
    head = fmt::format(fmt::runtime(tr("bytes {} to {} of ", "바이트 {}~{}: ")), range[0].get<uint64_t>(),
                       range[1].get<uint64_t>());
  }
  return head + fmt::format("{} {}  {}", kind_name(node.value("kind", "")), short_id(node), node.value("label", ""));
}

void tree(const Json& node, const std::string& indent, const std::string& branch, std::string& out) {
  out += indent + branch + head_text(node);
  if (node.value("seen", false)) {
    out += fmt::format(" ({})\n", tr("as above", "위와 같음"));
    return;
  }
  out += '\n';
  const std::string inner = indent + (branch.empty() ? "" : branch == "├─ " ? "│  " : "   ");
  const Json& parents = node.at("made_from");
  const std::string detail_indent = inner + (parents.empty() ? "   " : "│  ");
  if (const std::string facts = facts_text(node); !facts.empty()) out += detail_indent + facts + '\n';
  if (node.contains("source")) {
    const Json& s = node["source"];
    out += fmt::format("{}SHA-256 {}\n", detail_indent, s.value("sha256", ""));
    out += fmt::format("{}{} {} ({})\n", detail_indent, tr("licence", "라이선스"), s.value("licence", ""),
                       s.value("evidence", ""));
  }
  for (const Json& d : node.value("decisions", Json::array())) {
    const auto part = [&](std::string_view name, const char* key) {
      const std::string value = d.value(key, "");
      return value.empty() ? std::string() : fmt::format(", {} {}", name, value);
    };
    out += fmt::format("{}{}: {}{}{}{}\n", detail_indent, d.value("rule", ""), d.value("action", ""),
                       part(tr("value", "값"), "value"), part(tr("limit", "한계"), "limit"),
                       d.value("detail", "").empty() ? "" : " - " + d.value("detail", ""));
  }
  for (size_t i = 0; i < parents.size(); ++i) tree(parents[i], inner, i + 1 == parents.size() ? "└─ " : "├─ ", out);
}

std::string made_from(uint64_t count) {
  return fmt::format(fmt::runtime(count == 1 ? tr("\nmade from {} file\n", "\n파일 {}개에서 만듦\n")
                                             : tr("\nmade from {} files\n", "\n파일 {}개에서 만듦\n")),
                     grouped(count));
}
std::string held_out(uint64_t count) {
  return fmt::format(fmt::runtime(count == 1 ? tr("\nheld out, and only asked about in the evaluation: {} file\n",
                                                  "\n학습하지 않고 평가에서만 물은 파일 {}개\n")
                                             : tr("\nheld out, and only asked about in the evaluation: {} files\n",
                                                  "\n학습하지 않고 평가에서만 물은 파일 {}개\n")),
                     grouped(count));
}

std::string sources_text(std::string text, const Json& sources, bool all) {
  const auto count = sources.at("count").get<uint64_t>();
  for (const auto& [licence, files] : sources.at("licences").items())
    text += fmt::format(fmt::runtime(tr("  licence {}: {}\n", "  라이선스 {}: {}개\n")), licence,
                        grouped(files.get<uint64_t>()));
  size_t shown = 0;
  for (const Json& file : sources.at("files")) {
    if (!all && shown == kExamples) {
      text += fmt::format(
          fmt::runtime(tr("  … and {} more (--all lists them)\n", "  … 그 밖에 {}개 (--all로 모두 보기)\n")),
          grouped(count - shown));
      break;
    }
    text += fmt::format("  {}  {}  {}  ({})\n", file.value("sha256", "").substr(0, kShortId), file.value("licence", ""),
                        file.value("uri", ""), file.value("evidence", ""));
    ++shown;
  }
  return text;
}

std::string model_text(const Json& trace) {
  const Json& facts = trace.at("facts");
  std::string text;
  const Json& synthetic = facts.at("synthetic");
  const Json& base = facts.at("base");
  const std::string version = facts.at("code").value("version", "");
  if (base.is_object())
    text += fmt::format(fmt::runtime(tr("   {} weights, trained further from {} (licence {}, SHA-256 {}), by moru {}\n",
                                        "   {} 가중치, {}에서 이어 학습(라이선스 {}, SHA-256 {}), moru {}\n")),
                        facts.value("weights", ""), base.value("name", ""), base.value("licence", "unknown"),
                        base.value("sha256", "").substr(0, kShortId), version);
  else
    text += fmt::format(fmt::runtime(tr("   {} weights, trained from scratch (no base model), by moru {}\n",
                                        "   {} 가중치, 처음부터 학습(바탕 모델 없음), moru {}\n")),
                        facts.value("weights", ""), version);
  text += fmt::format(
      fmt::runtime(tr("   {} samples of {} topics, no teacher model\n", "   표본 {}개, 주제 {}개, 교사 모델 없음\n")),
      grouped(synthetic.value("samples", uint64_t{0})), grouped(synthetic.value("topics", uint64_t{0})));
  if (trace.at("changed").empty())
    return text + fmt::format("   {}\n",
                              tr("every file is as it was made (SHA-256)", "모든 파일이 만든 그대로입니다 (SHA-256)"));
  for (const Json& name : trace.at("changed"))
    text += fmt::format("   ! {}: {}\n", name.get<std::string>(),
                        tr("not as the bill of materials says", "자재 명세서와 다릅니다"));
  return text;
}

}  // namespace

std::string trace_text(const Json& trace, bool all) {
  std::string text;
  if (!trace.contains("made_of_it")) {
    if (trace.contains("changed")) {
      text = head_text(trace) + '\n' + model_text(trace);
      const Json& steps = trace.at("made_from");
      for (size_t i = 0; i < steps.size(); ++i) tree(steps[i], "", i + 1 == steps.size() ? "└─ " : "├─ ", text);
    } else {
      tree(trace, "", "", text);
    }
    text += sources_text(made_from(trace.at("sources").at("count").get<uint64_t>()), trace.at("sources"), all);
    if (trace.contains("held_out_sources")) {
      const Json& sources = trace.at("held_out_sources");
      text += sources_text(held_out(sources.at("count").get<uint64_t>()), sources, all);
    }
    return text;
  }
  text = head_text(trace) + '\n';
  if (trace.at("made_of_it").empty())
    return text + fmt::format("   {}\n", tr("nothing was made of it", "이것으로 만든 것이 없습니다"));
  for (const auto& [kind, nodes] : trace.at("made_of_it").items()) {
    text += fmt::format("\n{}: {}\n", kind_name(kind), grouped(nodes.size()));
    size_t shown = 0;
    for (const Json& node : nodes) {
      if (!all && shown == kExamples) {
        text += fmt::format(
            fmt::runtime(tr("  … and {} more (--all lists them)\n", "  … 그 밖에 {}개 (--all로 모두 보기)\n")),
            grouped(nodes.size() - shown));
        break;
      }
      text += fmt::format("  {}  {}\n", short_id(node), node.value("label", ""));
      ++shown;
    }
  }
  return text;
}

}  // namespace moru::pipeline
