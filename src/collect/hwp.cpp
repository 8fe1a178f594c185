// HWP 5: the format of Hancom's word processor, a compound file of compressed records.
#include <ctime>

#include "collect/compound_file.h"
#include "collect/extractor.h"
#include "collect/hwp_records.h"
#include "collect/hwp_writer.h"
#include "collect/little_endian.h"
#include "collect/office_package.h"
#include "text/unicode.h"

namespace moru::collect {
namespace {

constexpr std::string_view kSignature = "HWP Document File";
constexpr uint64_t kFreeBytes = uint64_t{16} << 20;     // a stream may unpack to this many whatever its size
constexpr uint64_t kStreamBytes = uint64_t{256} << 20;  // and to this many at most

enum Flag : uint32_t { kCompressed = 1, kPassword = 2, kDistribution = 4, kDrm = 16, kCertificate = 256 | 1024 };

/// The streams of a document, unpacked.
class Streams {
 public:
  Streams(CompoundFile& file, uint32_t flags, double ratio) : file_(file), flags_(flags), ratio_(ratio) {}

  std::string read(std::string_view path, bool distribution = false) {
    std::string bytes = file_.read(path);
    if (distribution) bytes = decrypt_hwp_distribution(bytes);
    if ((flags_ & kCompressed) == 0) return bytes;
    const auto allowed = static_cast<uint64_t>(ratio_ * static_cast<double>(bytes.size()));
    return inflate_raw(bytes, std::min(std::max(allowed, kFreeBytes), kStreamBytes));
  }

 private:
  CompoundFile& file_;
  uint32_t flags_;
  double ratio_;
};

/// "2024-03-01T09:00:00Z" of a FILETIME: 100 ns since 1601.
std::string iso_time(uint64_t filetime) {
  constexpr uint64_t kTo1970 = 11'644'473'600, kTo3000 = 44'150'000'000;
  const uint64_t seconds = filetime / 10'000'000;
  if (seconds <= kTo1970 || seconds >= kTo3000) return {};
  const auto time = static_cast<time_t>(seconds - kTo1970);
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// The document's properties ([MS-OLEPS] property set; HWP writes its texts in UTF-16).
std::map<std::string, std::string> read_summary(std::string_view bytes) {
  static constexpr std::pair<uint32_t, std::string_view> kNames[] = {
      {2, "title"},    {3, "subject"},     {4, "author"},   {5, "keywords"},
      {6, "comments"}, {8, "last_author"}, {12, "created"}, {13, "modified"}};
  std::map<std::string, std::string> found;
  if (bytes.size() < 48) return found;
  const std::string_view set = bytes.substr(std::min<size_t>(read_u32(bytes, 44), bytes.size()));
  const uint32_t count = std::min<uint32_t>(read_u32(set, 4), 64);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t id = read_u32(set, 8 + 8 * size_t{i});
    const size_t at = read_u32(set, 12 + 8 * size_t{i});
    const auto* name = std::ranges::find(kNames, id, [](const auto& pair) { return pair.first; });
    if (name == std::end(kNames) || at >= set.size()) continue;
    constexpr uint32_t kText = 31, kTime = 64;
    std::string value;
    if (read_u32(set, at) == kText) {
      const std::string_view rest = set.substr(std::min(at + 8, set.size()));
      value = utf16le_to_utf8(rest.substr(0, std::min<uint64_t>(2 * uint64_t{read_u32(set, at + 4)}, rest.size())));
      value.resize(std::min(value.find('\0'), value.size()));
    } else if (read_u32(set, at) == kTime) {
      value = iso_time(read_u64(set, at + 4));
    }
    if (!text::trim(value).empty()) found.emplace(name->second, value);
  }
  return found;
}

/// Number of sections in a folder: Section0, Section1, …
size_t count_sections(const CompoundFile& file, std::string_view folder) {
  size_t count = 0;
  while (file.has(fmt::format("{}/Section{}", folder, count))) ++count;
  return count;
}

}  // namespace

bool recognise_hwp(std::string_view head) {
  return CompoundFile::recognise(head) || head.starts_with("HWP Document File V");
}

void extract_hwp(const Input& input, Output& output) {
  if (input.bytes.starts_with("HWP Document File V"))
    throw Unreadable("unknown-format", "HWP 3, which came before the compound file; save it as HWP 5 or HWPX");
  CompoundFile file(input.bytes);
  if (!file.has("FileHeader") || !file.has("DocInfo")) {
    refuse_compound_file(input.bytes);  // says whose it is
    throw Unreadable("unknown-format", "a compound file without the streams of HWP 5");
  }
  const std::string header = file.read("FileHeader");
  if (!header.starts_with(kSignature)) throw Unreadable("unknown-format", "a compound file that is not HWP");
  const uint32_t version = read_u32(header, 32), flags = read_u32(header, 36);
  if (version >> 24 != 5)
    throw Unreadable("unknown-format", fmt::format("HWP {}.{}, not 5", version >> 24, version >> 16 & 0xFF));
  if ((flags & (kPassword | kDrm | kCertificate)) != 0)
    throw Unreadable("encrypted", (flags & kPassword) != 0 ? "under a password" : "under rights management");
  const bool distribution = (flags & kDistribution) != 0;
  if (distribution && !input.source.extract.hwp_distribution)
    throw Unreadable("distribution-document",
                     "its author restricted copying and printing; \"hwp_distribution: true\" reads it");

  Streams streams(file, flags, input.source.extract.archive_ratio);
  DocumentBuilder builder;
  std::map<std::string, std::string> summary;
  if (file.has("\005HwpSummaryInformation")) summary = read_summary(file.read("\005HwpSummaryInformation"));
  for (const auto& [key, value] : summary) builder.metadata(key, value);
  if (distribution) builder.metadata("hwp_distribution", "read, allowed by recipe");

  const std::string definitions = streams.read("DocInfo");
  const HwpShapes shapes = read_hwp_shapes(read_hwp_records(definitions));
  HwpWriter writer(builder, shapes, summary.contains("title") ? summary["title"] : "");
  const std::string_view folder = distribution ? "ViewText" : "BodyText";
  const size_t sections = count_sections(file, folder);
  if (sections == 0) throw Unreadable("damaged", fmt::format("it has no {}/Section0", folder));
  uint64_t left_out = 0;
  for (size_t i = 0; i < sections; ++i) {
    const std::string stream = streams.read(fmt::format("{}/Section{}", folder, i), distribution);
    writer.section(read_hwp_section(read_hwp_records(stream), left_out));
  }
  if (left_out > 0) builder.metadata("left_out", fmt::format("{} parts nested too deep", left_out));
  data::Document document = builder.finish();
  if (const uint64_t count = count_private_use(document.text))
    document.metadata["private_use_characters"] = std::to_string(count);
  document.source.range = {0, input.bytes.size()};
  output.documents.push_back(std::move(document));
}

}  // namespace moru::collect
