// A YAML mapping read strictly: every key that is never asked for is an error with its line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace moru {

/// A view of one mapping of a YAML file. Copies share the record of which keys were asked for.
class Config {
 public:
  /// Throws Error naming file, line and column if it is not YAML or its top is not a mapping.
  static Config load(const std::filesystem::path& path);
  static Config parse(const std::string& text, const std::string& place);

  Config(const Config&);
  Config& operator=(const Config&);
  ~Config();

  bool has(std::string_view key) const;
  /// Whether the key is there, without that it counts as asked for: for keys that are an error here.
  bool mentions(std::string_view key) const;

  /// The value of a key. Without a fallback the key must be there. A value of another type, or out of range, is an
  /// Error that names the line.
  std::string text(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  /// One of `choices`.
  std::string choice(std::string_view key, std::string_view fallback, const std::vector<std::string>& choices) const;
  int64_t integer(std::string_view key, int64_t fallback, int64_t min = 0,
                  int64_t max = std::numeric_limits<int64_t>::max()) const;
  double number(std::string_view key, double fallback, double min = -std::numeric_limits<double>::infinity(),
                double max = std::numeric_limits<double>::infinity()) const;
  bool flag(std::string_view key, bool fallback) const;
  /// A list of texts; a single text counts as a list of one.
  std::vector<std::string> texts(std::string_view key, const std::vector<std::string>& fallback = {}) const;
  /// A nested mapping, empty if the key is absent.
  Config section(std::string_view key) const;
  /// A list of mappings; a single mapping counts as a list of one.
  std::vector<Config> sections(std::string_view key) const;

  /// Call once on the top mapping after all is read: throws Error for the first key, at any depth, that nobody asked
  /// for, with its line and the nearest known key.
  void finish() const;

  /// "FILE:LINE" of a key, or of the mapping itself if the key is absent.
  std::string place(std::string_view key = {}) const;
  /// The folder of the file, which relative paths in it are relative to; empty (the working folder) for a bare name.
  std::filesystem::path folder() const;

 private:
  struct Mapping;
  explicit Config(std::shared_ptr<Mapping> mapping);
  std::shared_ptr<Mapping> mapping_;
};

}  // namespace moru
