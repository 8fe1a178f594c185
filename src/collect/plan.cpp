#include "collect/plan.h"

#include <chrono>

#include "collect/answer.h"
#include "collect/licence.h"
#include "collect/member_queue.h"
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
    } else if (!planned.extractor->streams && file.size > options.max_file_bytes) {
      planned.file.problem = "too-large";
      planned.extractor = nullptr;
    }
  }
}

/// Passes on signs of life, a few a second.
class SignOfLife {
 public:
  explicit SignOfLife(SandboxStream& stream) : stream_(stream) {}
  void operator()() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(50)) return;
    last_ = now;
    stream_.alive();
  }

 private:
  SandboxStream& stream_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

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

std::string read_item(const Plan& plan, const Item& item, const std::string& hash, SandboxStream& stream) {
  PlannedFile planned = plan.files.at(item.file);
  planned.hash = hash;
  const Extractor& extractor = *planned.extractor;
  AnswerWriter answer;
  Output output;
  SignOfLife life(stream);
  output.sign_of_life = [&] { life(); };
  MemberQueue members(stream, item.file, planned, &extractor, output);
  if (extractor.streams) output.members = &members;
  try {
    std::optional<MappedFile> file;
    if (!extractor.streams) file.emplace(planned.file.real);
    const std::string_view bytes = file ? file->text() : std::string_view();
    const uint64_t size = file ? bytes.size() : std::filesystem::file_size(planned.file.real);
    if (size != planned.file.size) throw Unreadable("unreadable", "the file changed while it was read");
    if (planned.hash.empty() && file) planned.hash = sha256(bytes);
    extractor.extract({planned.file.path, bytes, item.part, *planned.source, 0, planned.file.real.native()}, output);
  } catch (const Unreadable& problem) {
    output.set_aside.push_back(problem);
  } catch (const std::filesystem::filesystem_error& error) {
    output.set_aside.emplace_back("unreadable", error.what());
  } catch (const Error& error) {
    output.set_aside.emplace_back("unreadable", error.what());
  }
  members.flush();
  answer.take(planned, &extractor, output);
  return answer.finish();
}

void read_members(const Plan& plan, std::string_view request, SandboxStream& stream) {
  const MemberBatch batch(request);
  PlannedFile planned = plan.files.at(batch.file());
  planned.hash = batch.hash();
  for (const MemberBatch::Entry& entry : batch.entries()) {
    Output output;
    output.sign_of_life = [&] { stream.alive(); };
    Unpacked unpacked = entry.unpacked;
    const Input container{planned.file.path, {},      {},       *planned.source, entry.depth - 1, {},
                          entry.inside,      nullptr, &unpacked};
    try {
      extract_member(container, entry.member, output);
    } catch (const Unreadable& problem) {
      output.set_aside.push_back(problem);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::length_error&) {
      throw;
    } catch (const std::exception& error) {
      output.set_aside.emplace_back("parser-failed", error.what());
    }
    if (!entry.inside.empty())
      for (data::Document& document : output.documents)
        document.source.member = fmt::format("{}!/{}", entry.inside, document.source.member);
    for (Unreadable& problem : output.set_aside) {
      const std::string name(problem.member().empty() ? entry.member.name : std::string_view(problem.member()));
      problem.set_member(entry.inside.empty() ? name : fmt::format("{}!/{}", entry.inside, name));
    }
    AnswerWriter answer;
    answer.take(planned, nullptr, output);
    stream.piece(answer.finish());
  }
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
