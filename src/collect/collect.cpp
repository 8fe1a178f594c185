#include "collect/collect.h"

#include <nlohmann/json.hpp>

#include "collect/answer.h"
#include "collect/item_cache.h"
#include "collect/member_queue.h"
#include "collect/plan.h"
#include "core/error.h"
#include "core/language.h"
#include "core/sandbox.h"
#include "core/threads.h"

namespace moru::collect {
namespace {

/// Puts results in their place and counts them.
class Collector {
 public:
  Collector(const Options& options, const Plan& plan, data::DatasetWriter& documents, data::DatasetWriter& set_aside)
      : options_(options), plan_(plan), documents_(documents), set_aside_(set_aside) {}

  void set_aside(size_t file, const std::string& reason, const std::string& detail, data::Range range = {},
                 const std::string& member = "") {
    const PlannedFile& planned = plan_.files[file];
    Json value, limit;
    if (reason == "too-large" && member.empty()) value = planned.file.size, limit = options_.max_file_bytes;
    if (reason == "time-limit") limit = options_.seconds_per_file;
    if (reason == "memory-limit") limit = options_.memory_per_worker;
    if (range == data::Range{} && member.empty()) range = {0, planned.file.size};
    const std::string uri = address_in(planned, member);
    Json record = {{"document", uri},
                   {"rule", "collect/" + reason},
                   {"action", "set_aside"},
                   {"value", std::move(value)},
                   {"limit", std::move(limit)},
                   {"detail", detail},
                   {"source",
                    {{"uri", uri},
                     {"file_hash", planned.hash},
                     {"range", {range.begin, range.end}},
                     {"modified", planned.file.modified}}},
                   {"licence", {{"id", planned.licence.id}, {"evidence", planned.licence.evidence}}}};
    if (!member.empty()) record["source"]["member"] = member;
    set_aside_.add(record);
    ++report.set_aside;
    ++reasons_[reason];
    ++sources_[planned.source->name].second;
  }

  /// What an AnswerWriter wrote.
  void answer(size_t file, const std::string& text) {
    const Answer answer = read_answer(text, plan_.files[file].uri);
    for (size_t begin = 0; begin < answer.lines.size();) {
      const size_t end = std::min(answer.lines.find('\n', begin), answer.lines.size());
      documents_.add_line(answer.lines.substr(begin, end - begin));
      begin = end + 1;
    }
    report.documents += answer.documents;
    sources_[plan_.files[file].source->name].first += answer.documents;
    const auto add = [](std::map<std::string, uint64_t>& to, const std::map<std::string, uint64_t>& counts) {
      for (const auto& [name, count] : counts) to[name] += count;
    };
    add(extractors_, answer.collectors);
    add(licences_, answer.licences);
    add(encodings_, answer.encodings);
    for (const Unreadable& problem : answer.set_aside)
      set_aside(file, problem.reason(), problem.what(), problem.range(), problem.member());
  }

  void use(size_t file, const SandboxItem& item, const SandboxResult& result) {
    if (result.end == SandboxEnd::more || result.end == SandboxEnd::done) {
      if (!result.output.empty()) answer(file, result.output);
      return;
    }
    const std::string_view reason = result.end == SandboxEnd::failed         ? "parser-failed"
                                    : result.end == SandboxEnd::crashed      ? "parser-crashed"
                                    : result.end == SandboxEnd::time_limit   ? "time-limit"
                                    : result.end == SandboxEnd::memory_limit ? "memory-limit"
                                                                             : "output-limit";
    std::string member;
    if (item.spawned) {  // its pieces say how many were read before
      const MemberBatch batch(item.request);
      if (item.pieces < batch.entries().size()) member = MemberBatch::path_in_file(batch.entries()[item.pieces]);
    }
    set_aside(file, std::string(reason), result.detail, {}, member);
  }

  /// What is left of a batch of members after the one that ended its worker.
  static std::optional<std::string> rest(const SandboxItem& item) {
    if (!item.spawned) return std::nullopt;
    std::string request = MemberBatch(item.request).rest(item.pieces + 1);
    return request.empty() ? std::nullopt : std::optional(std::move(request));
  }

  void finish() {
    Json sources = Json::object();
    for (const auto& [name, counts] : sources_)
      sources[name] = {{"documents", counts.first}, {"set_aside", counts.second}};
    report.files = plan_.files.size();
    report.facts = {
        {"files", report.files},         {"documents", report.documents}, {"set_aside", report.set_aside},
        {"sources", std::move(sources)}, {"extractors", extractors_},     {"licences", licences_},
        {"reasons", reasons_},           {"encodings", encodings_},       {"licence_files", plan_.licence_files}};
    documents_.finish(report.facts);
    set_aside_.finish(report.facts);
  }

  Report report;

 private:
  const Options& options_;
  const Plan& plan_;
  data::DatasetWriter& documents_;
  data::DatasetWriter& set_aside_;
  std::map<std::string, uint64_t> extractors_, licences_, reasons_, encodings_;
  std::map<std::string, std::pair<uint64_t, uint64_t>> sources_;
};

}  // namespace

Report collect(const Options& options, data::DatasetWriter& documents, data::DatasetWriter& set_aside,
               ProgressSink& sink) {
  Plan plan = make_plan(options);
  hash_files(options, plan, false, sink);
  ItemCache cache(options, plan);

  Collector collector(options, plan, documents, set_aside);
  Progress progress(sink, std::string(tr("collect", "수집")), std::string(tr("files", "파일")), plan.files.size());
  Sandbox sandbox(
      [&plan](std::string_view request, SandboxStream& stream) -> std::string {
        if (!MemberBatch::is_one(request))
          return read_item(plan, plan.items.at(std::stoull(std::string(request))), stream);
        read_members(plan, request, stream);
        return "";
      },
      {.seconds = options.seconds_per_file, .memory = options.memory_per_worker}, processor_count());

  size_t next_file = 0, next_item = 0;
  const auto files_up_to = [&](size_t file) {  // what no worker sees keeps its place in the order
    for (; next_file < file; ++next_file) {
      const FoundFile& found = plan.files[next_file].file;
      if (!found.problem.empty()) collector.set_aside(next_file, found.problem, found.detail);
      progress.advance();
    }
  };
  const auto items_up_to = [&](size_t item) {  // so does what is known
    for (; next_item < item; ++next_item) {
      if (!cache.knows(next_item)) continue;
      const size_t file = plan.items[next_item].file;
      files_up_to(file);
      cache.for_each_piece(next_item, [&](const std::string& text) { collector.answer(file, text); });
    }
  };
  const std::vector<size_t> to_read = cache.unknown();
  sandbox.run_streams(
      to_read.size(), [&](size_t i) { return fmt::format("{}", to_read[i]); },
      [&](const SandboxItem& part, const SandboxResult& result) {
        const size_t item = to_read[part.index], file = plan.items[item].file;
        items_up_to(item);
        files_up_to(file);
        collector.use(file, part, result);
        cache.learn(item, result);
      },
      [](const SandboxItem& item, const SandboxResult&) { return Collector::rest(item); });
  items_up_to(plan.items.size());
  files_up_to(plan.files.size());
  progress.finish();
  collector.finish();
  collector.report.unchanged = cache.finish();
  return std::move(collector.report);
}

}  // namespace moru::collect
