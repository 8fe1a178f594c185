#include "collect/collect.h"

#include <nlohmann/json.hpp>

#include "collect/plan.h"
#include "core/error.h"
#include "core/hash.h"
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

  void document(const Json& record, size_t file) {
    documents_.add(record);
    ++report.documents;
    ++extractors_[record.at("source").at("collector").get<std::string>()];
    ++licences_[plan_.files[file].licence.id];
    ++sources_[plan_.files[file].source->name].first;
    if (const auto metadata = record.find("metadata"); metadata != record.end() && metadata->contains("encoding"))
      ++encodings_[metadata->at("encoding").get<std::string>()];
  }

  void set_aside(size_t file, const std::string& reason, const std::string& detail, Json range = Json::array({0, 0}),
                 const std::string& hash = "") {
    const PlannedFile& planned = plan_.files[file];
    Json value, limit;
    if (reason == "too-large") value = planned.file.size, limit = options_.max_file_bytes;
    if (reason == "time-limit") limit = options_.seconds_per_file;
    if (reason == "memory-limit") limit = options_.memory_per_worker;
    if (range == Json::array({0, 0})) range = Json::array({0, planned.file.size});
    set_aside_.add({{"document", planned.uri},
                    {"rule", "collect/" + reason},
                    {"action", "set_aside"},
                    {"value", std::move(value)},
                    {"limit", std::move(limit)},
                    {"detail", detail},
                    {"source",
                     {{"uri", planned.uri},
                      {"file_hash", hash},
                      {"range", std::move(range)},
                      {"modified", planned.file.modified}}},
                    {"licence", {{"id", planned.licence.id}, {"evidence", planned.licence.evidence}}}});
    ++report.set_aside;
    ++reasons_[reason];
    ++sources_[planned.source->name].second;
  }

  void use(size_t file, const SandboxResult& result) {
    switch (result.end) {
      case SandboxEnd::done: {
        const Json answer = parse_json(result.output, plan_.files[file].uri);
        for (const Json& record : answer.at("documents")) document(record, file);
        for (const Json& problem : answer.at("set_aside"))
          set_aside(file, problem.at("reason").get<std::string>(), problem.at("detail").get<std::string>(),
                    problem.at("range"), answer.at("file_hash").get<std::string>());
        return;
      }
      case SandboxEnd::failed:
        return set_aside(file, "parser-failed", result.detail);
      case SandboxEnd::crashed:
        return set_aside(file, "parser-crashed", result.detail);
      case SandboxEnd::time_limit:
        return set_aside(file, "time-limit", "");
      case SandboxEnd::memory_limit:
        return set_aside(file, "memory-limit", "");
      case SandboxEnd::output_limit:
        return set_aside(file, "output-limit", "");
    }
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
  const Plan plan = make_plan(options);
  Collector collector(options, plan, documents, set_aside);
  Progress progress(sink, std::string(tr("collect", "수집")), std::string(tr("files", "파일")), plan.files.size());

  Sandbox sandbox(
      [&plan](std::string_view request) {
        const size_t space = request.find(' ');
        const Item& item = plan.items.at(std::stoull(std::string(request.substr(0, space))));
        return read_item(plan, item, std::string(request.substr(space + 1)));
      },
      {.seconds = options.seconds_per_file, .memory = options.memory_per_worker}, processor_count());

  // A file that is read in parts is hashed once, here.
  std::pair<size_t, std::string> hashed{plan.files.size(), ""};
  const auto request = [&](size_t i) {
    const Item& item = plan.items[i];
    const bool whole = item.part.begin == 0 && item.part.end == plan.files[item.file].file.size;
    if (!whole && hashed.first != item.file) {
      hashed = {item.file, ""};
      try {
        hashed.second = sha256_file(plan.files[item.file].file.real);
      } catch (const Error&) {  // the worker will say why it cannot be read
      }
    }
    return fmt::format("{} {}", i, whole ? "" : hashed.second);
  };
  size_t next_file = 0;
  const auto up_to = [&](size_t file) {  // what no worker sees keeps its place in the order
    for (; next_file < file; ++next_file) {
      const FoundFile& found = plan.files[next_file].file;
      if (!found.problem.empty()) collector.set_aside(next_file, found.problem, found.detail);
      progress.advance();
    }
  };
  sandbox.run(plan.items.size(), request, [&](size_t i, const SandboxResult& result) {
    up_to(plan.items[i].file);
    collector.use(plan.items[i].file, result);
  });
  up_to(plan.files.size());
  progress.finish();
  collector.finish();
  return std::move(collector.report);
}

}  // namespace moru::collect
