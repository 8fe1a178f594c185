// A dataset on disk: a folder of *.jsonl.zst shards and a manifest.json. Readable by any JSONL tool.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/json.h"

namespace moru::data {

/// Writes records in the order given. Equal records give equal bytes. finish() writes the manifest; a folder without
/// one is not a dataset, so a killed writer leaves nothing that could be read by mistake.
class DatasetWriter {
 public:
  /// `schema`: what a record is ("document/1", "sample/1", "decision/1"). Creates the folder.
  DatasetWriter(std::filesystem::path folder, std::string schema);
  DatasetWriter(const DatasetWriter&) = delete;
  DatasetWriter& operator=(const DatasetWriter&) = delete;
  ~DatasetWriter();

  void add(const Json& record);
  /// A record that is JSON already, on one line, without the line break.
  void add_line(std::string_view line);
  uint64_t count() const { return count_; }
  /// `facts` go into the manifest (licence summary, parents, counts by rule).
  void finish(const Json& facts);

 private:
  class Shard;
  void close_shard();
  std::filesystem::path folder_;
  std::string schema_;
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  std::unique_ptr<Shard> shard_;
  uint64_t count_ = 0, shard_count_ = 0;
  std::string shards_json_;
};

/// Where a record stands.
struct RecordPlace {
  const std::filesystem::path& shard;
  uint64_t line = 0;  ///< From 1.
  /// "SHARD:LINE".
  std::string text() const;
};

/// Reads a dataset's records in order.
class DatasetReader {
 public:
  /// Throws Error if the folder has no manifest, or one of another schema.
  DatasetReader(std::filesystem::path folder, std::string_view schema);

  uint64_t count() const { return count_; }
  const std::filesystem::path& folder() const { return folder_; }
  /// The manifest (schema, count, shards with hashes, facts).
  Json manifest() const;
  /// Calls `use` for every record as it stands, so that others may take it apart on other threads; the line is valid
  /// during the call. Throws Error if a shard is damaged or short.
  void for_each_line(const std::function<void(std::string_view line, const RecordPlace& place)>& use) const;
  /// Calls `use` for every record; `place` is "SHARD:LINE". Throws Error if a shard is damaged or short.
  void for_each(const std::function<void(const Json& record, std::string_view place)>& use) const;
  /// Checks each shard against its hash in the manifest. Throws Error naming the first that differs.
  void verify() const;

 private:
  std::filesystem::path folder_;
  uint64_t count_ = 0;
};

inline constexpr std::string_view kDocumentSchema = "document/1";
inline constexpr std::string_view kSampleSchema = "sample/1";
/// {document, rule, action (drop, change, set_aside), value, limit, detail, source, licence[, text]}
inline constexpr std::string_view kDecisionSchema = "decision/1";

}  // namespace moru::data
