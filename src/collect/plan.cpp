#include "collect/plan.h"

#include <nlohmann/json.hpp>

#include "collect/licence.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/language.h"
#include "core/threads.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr uint64_t kPartBytes = uint64_t{8}
                                << 20;  // of a file read by line: seconds of work, tens of megabytes of result

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

void add_source(const Options& options, const FolderSource& source, Plan& plan) {
  const std::vector<FoundFile> found = find_files(source);
  if (found.empty())
    throw Error(source.place,
                fmt::format(fmt::runtime(tr("no file in \"{}\" matches", "\"{}\"에 맞는 파일이 없습니다")),
                            source.folder.string()),
                std::string(tr("look at \"include\" and \"exclude\": \"**/*.html\" is every page in every folder, "
                               "\"*.html\" those right in it",
                               "\"include\"와 \"exclude\"를 확인하세요. \"**/*.html\"은 모든 폴더의 페이지, "
                               "\"*.html\"은 바로 그 폴더의 페이지입니다")));
  Licences licences(source);
  for (const FoundFile& file : found) {
    const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
    if (is_licence_file(name)) {
      ++plan.licence_files;
      continue;
    }
    PlannedFile& planned = plan.files.emplace_back();
    planned.source = &source;
    planned.file = file;
    planned.uri = source.name + "/" + printable(file.path);
    planned.licence = licences.of(file.path);
    if (!planned.file.problem.empty()) continue;
    planned.extractor = extractor_for(file.path);
    if (planned.extractor == nullptr) {
      planned.file.problem = "unknown-format";
      planned.file.detail = printable(name);
    } else if (file.size > options.max_file_bytes) {
      planned.file.problem = "too-large";
      planned.extractor = nullptr;
    }
  }
}

Json set_aside_json(const Unreadable& problem) {
  return {{"reason", problem.reason()},
          {"detail", problem.what()},
          {"range", {problem.range().begin, problem.range().end}}};
}

}  // namespace

Plan make_plan(const Options& options) {
  Plan plan;
  for (const FolderSource& source : options.sources) add_source(options, source, plan);
  for (size_t i = 0; i < plan.files.size(); ++i) {
    const PlannedFile& planned = plan.files[i];
    const uint64_t size = planned.file.size;
    if (planned.extractor == nullptr) continue;
    if (!planned.extractor->by_line || size <= kPartBytes) {
      plan.items.push_back({i, {0, size}});
    } else {
      for (uint64_t begin = 0; begin < size; begin += kPartBytes)
        plan.items.push_back({i, {begin, std::min(begin + kPartBytes, size)}});
    }
  }
  return plan;
}

std::string read_item(const Plan& plan, const Item& item, const std::string& hash) {
  const PlannedFile& planned = plan.files.at(item.file);
  Output output;
  std::string file_hash = hash;
  try {
    const MappedFile file(planned.file.real);
    if (file.bytes().size() != planned.file.size) throw Unreadable("unreadable", "the file changed while it was read");
    if (file_hash.empty()) file_hash = sha256(file.text());
    planned.extractor->extract(
        {planned.file.path, file.text(), item.part, *planned.source, 0, planned.file.real.native()}, output);
  } catch (const Unreadable& problem) {
    output.set_aside.push_back(problem);
  } catch (const Error& error) {
    output.set_aside.emplace_back("unreadable", error.what());
  }
  Json documents = Json::array(), set_aside = Json::array();
  for (data::Document& d : output.documents) {
    const bool only_title =
        std::ranges::all_of(d.blocks, [](const data::Block& b) { return b.kind == data::BlockKind::title; });
    if (only_title) {
      set_aside.push_back(set_aside_json({"no-text", "nothing is left when marks and navigation are", d.source.range}));
      continue;
    }
    d.source.uri = d.source.member.empty() ? planned.uri : planned.uri + "!/" + printable(d.source.member);
    d.source.file_hash = file_hash;
    d.source.collector = fmt::format("{}/{}", planned.extractor->name, planned.extractor->version);
    d.source.modified = planned.file.modified;
    d.licence = planned.licence;
    d.language = "und";
    d.id = data::document_id(d);
    documents.push_back(data::to_json(d));
  }
  for (const Unreadable& problem : output.set_aside) set_aside.push_back(set_aside_json(problem));
  return dump_json(
      {{"documents", std::move(documents)}, {"set_aside", std::move(set_aside)}, {"file_hash", file_hash}});
}

std::string input_hash(const Options& options) {
  const Plan plan = make_plan(options);
  std::vector<std::string> lines(plan.files.size());
  parallel_for(plan.files.size(), [&](size_t i) {
    const PlannedFile& planned = plan.files[i];
    std::string content = planned.file.problem;
    try {
      if (content.empty()) content = sha256_file(planned.file.real);
    } catch (const Error&) {
      content = "unreadable";
    }
    lines[i] = fmt::format("{}\t{}\t{}\t{}\t{}\n", planned.uri, planned.file.size, content, planned.licence.id,
                           planned.licence.evidence);
  });
  Sha256 hash;
  for (const std::string& line : lines) hash.update(line);
  return hash.hex();
}

}  // namespace moru::collect
