// What was fetched from elsewhere: bodies by their hash, and an index of where each came from and when.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "collect/files.h"
#include "core/hash.h"
#include "core/json.h"

namespace moru::collect {

/// One address. Reasons in `problem`: unreachable, certificate, timeout, too-large, broken, not-found (404, 410),
/// no-access (401, 403, 407), http-status, redirect-loop, robots (disallowed by robots.txt), opt-out, no-text,
/// duplicate-id.
struct Fetched {
  std::string kind;     ///< "page", "robots", "sitemap", "redirect", "object", "rows".
  std::string address;  ///< What was asked for; the document's URI.
  std::string name;     ///< As a file of it would be called, for globs and extractors.
  std::string problem, detail;
  std::string sha256;  ///< Of the body; empty where there is none.
  uint64_t size = 0;
  std::string media_type;
  std::string etag, last_modified;              ///< As the server said them.
  std::string modified;                         ///< ISO 8601 UTC; empty if unknown.
  std::string fetched;                          ///< When it was asked for.
  std::string location;                         ///< Of a redirect.
  std::map<std::string, std::string> metadata;  ///< For each of its documents.
  bool transient = false;                       ///< The problem may pass: it is asked for again where a fetch goes on.

  bool has_body() const { return problem.empty() && !sha256.empty(); }
};

Json to_json(const Fetched& fetched);
Fetched fetched_from_json(const Json& json);

/// One source's folder: `index.jsonl` of the last fetch that ended, `journal.jsonl` of one that has not, `blobs/`.
/// add() and the blobs may be used by several threads.
class FetchStore {
 public:
  /// Opens the folder for a fetch. `settings`: what decides the fetch; a journal of others is not gone on with.
  FetchStore(std::filesystem::path folder, std::string settings);
  FetchStore(const FetchStore&) = delete;
  FetchStore& operator=(const FetchStore&) = delete;
  ~FetchStore();

  /// What the last fetch that ended found there, if its body is still whole.
  const Fetched* before(const std::string& address) const;
  /// What this fetch found there, before it was killed or since.
  const Fetched* now(const std::string& address) const;
  /// All that this fetch asked for.
  std::vector<Fetched> all() const;
  /// Keeps it, also over a kill.
  void add(Fetched fetched);

  /// A body that is being written.
  class Blob {
   public:
    explicit Blob(FetchStore& store);
    Blob(const Blob&) = delete;
    Blob& operator=(const Blob&) = delete;
    ~Blob();
    void restart();
    void write(std::string_view bytes);
    /// Moves it into the store; fills sha256 and size.
    void commit(Fetched& fetched);

   private:
    FetchStore& store_;
    std::filesystem::path path_;
    int file_ = -1;
    Sha256 hash_;
    uint64_t size_ = 0;
  };

  /// Ends the fetch: what `entries` do not name is gone.
  void finish(std::vector<Fetched> entries);
  /// Gives the fetch up; the next one begins anew.
  void abandon();

  std::filesystem::path blob(std::string_view sha256) const;

  struct Index {
    std::string settings, finished;  ///< Empty where nothing was fetched yet.
    std::vector<Fetched> entries;    ///< In byte order of their addresses.
  };
  static Index read_index(const std::filesystem::path& folder);

 private:
  std::filesystem::path folder_;
  std::string settings_;
  std::map<std::string, Fetched> before_, now_;
  mutable std::mutex mutex_;
  int journal_ = -1;
  std::atomic<uint64_t> number_ = 0;
};

/// A source's own folder in the store.
std::filesystem::path remote_folder(const std::filesystem::path& store, std::string_view source);

/// The index as files of a source: pages and objects with a body, and what could not be had.
std::vector<FoundFile> fetched_files(const std::filesystem::path& folder);

}  // namespace moru::collect
