#include "collect/plan.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>

#include "collect/answer.h"
#include "collect/hash_cache.h"
#include "collect/licence.h"
#include "collect/media_type.h"
#include "collect/member_queue.h"
#include "collect/origin.h"
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

void add_source(const Options& options, const Source& source, Plan& plan) {
  const Origin& origin = origin_of(source);
  const std::vector<FoundFile> found = origin.files(source, options.store);
  if (found.empty() && !origin.is_remote()) origin.nothing_found(source);
  Licences licences(source);
  for (const FoundFile& file : found) {
    const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
    if (!origin.is_remote() && is_licence_file(name)) {
      ++plan.licence_files;
      continue;
    }
    PlannedFile& planned = plan.files.emplace_back();
    planned.source = &source;
    planned.file = file;
    planned.uri = file.uri.empty() ? source.name + "/" + printable(file.path) : printable(file.uri);
    planned.hash = file.hash;
    planned.licence = licences.of(file.path);
  }
}

/// The first bytes of a file.
std::string read_head(const fs::path& path, size_t size) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw system_error(path.string(), std::string(tr("cannot read", "읽을 수 없습니다")), errno);
  std::string head(size, '\0');
  const ssize_t n = ::read(file, head.data(), head.size());
  const int error = errno;
  ::close(file);
  if (n < 0) throw system_error(path.string(), std::string(tr("cannot read", "읽을 수 없습니다")), error);
  return head.substr(0, static_cast<size_t>(n));
}

/// A name without an ending says nothing, and text has no marks: bytes of a text then do.
bool is_nameless_text(std::string_view path, std::string_view head) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (head.empty() || name.find('.', 1) != std::string_view::npos) return false;
  // The last character may be cut.
  if (text::valid_utf8_length(head) + 3 < head.size()) return false;
  return std::ranges::none_of(head, [](char c) { return static_cast<unsigned char>(c) < 32 && !std::isspace(c); });
}

const Extractor* choose_extractor(const FoundFile& file) {
  const std::string head = read_head(file.real, 4096);
  const std::string name = name_for_media_type(file.path, file.media_type);
  if (const Extractor* extractor = extractor_for(name, head)) return extractor;
  return is_nameless_text(name, head) ? extractor_for(".txt") : nullptr;
}

void choose(const Options& options, PlannedFile& planned) {
  FoundFile& file = planned.file;
  if (!file.problem.empty()) return;
  try {
    planned.extractor = choose_extractor(file);
  } catch (const Error& error) {
    file.problem = "unreadable";
    file.detail = error.problem();
    return;
  }
  if (planned.extractor == nullptr) {
    file.problem = "unknown-format";
    file.detail = file.media_type.empty() ? printable(file.path.substr(file.path.rfind('/') + 1)) : file.media_type;
  } else if (!planned.extractor->streams && file.size > options.max_file_bytes) {
    file.problem = "too-large";
    planned.extractor = nullptr;
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
  for (const Source& source : options.sources) add_source(options, source, plan);
  parallel_for(plan.files.size(), [&](size_t i) { choose(options, plan.files[i]); });
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

Unchanged hash_files(const Options& options, Plan& plan, bool remember, ProgressSink& sink) {
  const fs::path place = options.store.empty() ? fs::path() : options.store / "hashes";
  const HashCache cache(place);
  const int64_t now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Progress progress(sink, std::string(tr("check", "확인")), std::string(tr("files", "파일")), plan.files.size());
  std::mutex mutex;
  Unchanged count;
  parallel_for(plan.files.size(), [&](size_t i) {
    PlannedFile& planned = plan.files[i];
    bool known = !planned.hash.empty();
    if (planned.file.problem.empty() && !known) {
      const std::string* hash = cache.find(planned.file.real, planned.file.identity);
      known = hash != nullptr;
      try {
        planned.hash = known ? *hash : sha256_file(planned.file.real);
      } catch (const Error&) {  // the worker will say why it cannot be read
      }
    }
    const std::lock_guard lock(mutex);
    if (planned.file.problem.empty()) ++(known ? count.known : count.read);
    progress.advance();
  });
  progress.finish();
  if (!remember || place.empty()) return count;
  HashCache::Writer writer;
  for (const PlannedFile& planned : plan.files)
    if (!planned.hash.empty() && planned.file.hash.empty() && HashCache::is_settled(planned.file.identity, now))
      writer.add(planned.file.real, planned.file.identity, planned.hash);
  writer.write(place);
  return count;
}

std::string item_key(const Options& options, const Plan& plan, const Item& item) {
  static const std::string readers = [] {
    std::string all;
    for (const Extractor& extractor : extractors()) all += fmt::format("{}/{} ", extractor.name, extractor.version);
    return all;  // all of them: containers call others
  }();
  const PlannedFile& planned = plan.files.at(item.file);
  const Source& source = *planned.source;
  const std::string limits =
      fmt::format("{} {} {}", options.max_file_bytes, options.seconds_per_file, fmt::join(source.exclude, "\n"));
  return sha256(fmt::format("2\n{}\n{}\n{}\n{}-{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", readers, planned.extractor->name,
                            planned.hash, item.part.begin, item.part.end, planned.uri, planned.file.path,
                            planned.file.modified, planned.licence.id, planned.licence.evidence, limits,
                            dump_json(Json(planned.file.metadata)), dump_json(extract_settings_json(source))));
}

std::string read_item(const Plan& plan, const Item& item, SandboxStream& stream) {
  const PlannedFile& planned = plan.files.at(item.file);
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
    const bool same =
        planned.file.identity == FileIdentity{} || identity_of(planned.file.real) == planned.file.identity;
    if (!same || size != planned.file.size) throw Unreadable("unreadable", "the file changed while it was read");
    const std::string name = name_for_media_type(planned.file.path, planned.file.media_type);
    extractor.extract({name, bytes, item.part, *planned.source, 0, planned.file.real.native()}, output);
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

namespace {

std::string hash_of(const Plan& plan) {
  Sha256 hash;
  for (const PlannedFile& planned : plan.files) {
    const std::string content = !planned.file.problem.empty() ? planned.file.problem
                                : planned.hash.empty()        ? "unreadable"
                                                              : planned.hash;
    hash.update(fmt::format("{}\t{}\t{}\t{}\t{}", planned.uri, planned.file.size, content, planned.licence.id,
                            planned.licence.evidence));
    if (!planned.file.metadata.empty()) hash.update("\t" + dump_json(Json(planned.file.metadata)));
    hash.update("\n");
  }
  return hash.hex();
}

}  // namespace

std::string input_hash(const Options& options) {
  Plan plan = make_plan(options);
  SilentProgress silent;
  hash_files(options, plan, false, silent);
  return hash_of(plan);
}

std::string gather(const Options& options, bool offline, ProgressSink& sink) {
  for (const Source& source : options.sources) {
    const Origin& origin = origin_of(source);
    if (origin.is_remote() && !offline) origin.fetch(source, options.store, sink);
  }
  Plan plan = make_plan(options);
  for (const Source& source : options.sources) {
    const auto is_its = [&](const PlannedFile& planned) { return planned.source == &source; };
    if (std::ranges::none_of(plan.files, is_its)) origin_of(source).nothing_found(source);
  }
  hash_files(options, plan, true, sink);
  return hash_of(plan);
}

}  // namespace moru::collect
