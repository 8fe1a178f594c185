// Members of containers: each is read by its own format.
#include "collect/extractor.h"
#include "core/error.h"

namespace moru::collect {
namespace {

constexpr uint64_t kRatioFrom = uint64_t{1} << 20;  // small files of zeros are no bombs

/// Puts the container's name before what stands in it.
std::string inside(std::string_view container, std::string_view member) {
  return member.empty() ? std::string(container) : fmt::format("{}!/{}", container, member);
}

}  // namespace

void count_unpacked(const Input& container, Unpacked& unpacked, uint64_t bytes, uint64_t entries) {
  const ExtractSettings& limits = container.source.extract;
  unpacked.entries += entries;
  unpacked.bytes += bytes;
  if (unpacked.entries > limits.archive_entries)
    throw TooMuchUnpacked(fmt::format("more than {} entries", limits.archive_entries));
  if (unpacked.bytes > limits.archive_bytes)
    throw TooMuchUnpacked(fmt::format("unpacks to more than {} bytes", limits.archive_bytes));
  if (unpacked.bytes > kRatioFrom &&
      static_cast<double>(unpacked.bytes) > limits.archive_ratio * static_cast<double>(unpacked.packed))
    throw TooMuchUnpacked(
        fmt::format("unpacks to more than {} times its {} bytes", limits.archive_ratio, unpacked.packed));
}

void extract_member(const Input& container, std::string_view name, std::string_view bytes, Output& output) {
  extract_member(container, Member{.name = name, .bytes = bytes}, output);
}

void extract_member(const Input& container, const Member& member, Output& output) {
  if (container.depth >= container.source.extract.archive_depth)
    throw Unreadable("archive-limit",
                     std::string(member.name) + ": containers in containers, deeper than archive_depth");
  const std::string_view format_name = member.format_name.empty() ? member.name : std::string_view(member.format_name);
  const Extractor* const extractor = extractor_for(format_name, member.bytes.substr(0, 4096));
  Unpacked own{.packed = container.bytes.size()};
  Unpacked& unpacked = container.unpacked != nullptr ? *container.unpacked : own;
  if (output.members != nullptr && extractor != nullptr && !extractor->streams)
    return output.members->add(member, container.inside, container.depth + 1, unpacked);

  Output inner;
  inner.members = output.members;
  inner.sign_of_life = output.sign_of_life;
  const std::string full = container.inside.empty() ? std::string(member.name) : inside(container.inside, member.name);
  const auto pass_on = [&] {
    for (data::Document& document : inner.documents) {
      document.source.member = inside(member.name, document.source.member);
      if (document.source.collector.empty() && extractor != nullptr)
        document.source.collector = fmt::format("{}/{}", extractor->name, extractor->version);
      if (document.source.modified.empty()) document.source.modified = member.modified;
      if (document.licence.id.empty()) document.licence = member.licence;
      for (const auto& [key, value] : member.metadata) document.metadata.try_emplace(key, value);
      output.documents.push_back(std::move(document));
    }
    for (Unreadable& problem : inner.set_aside) {
      const std::string detail = problem.what();
      Unreadable& named = output.set_aside.emplace_back(
          problem.reason(), detail.empty() ? std::string(member.name) : std::string(member.name) + ": " + detail,
          problem.range());
      named.set_member(inside(member.name, problem.member()));
    }
  };
  try {
    if (extractor == nullptr) throw Unreadable("unknown-format", "");
    extractor->extract({format_name,
                        member.bytes,
                        {0, member.bytes.size()},
                        container.source,
                        container.depth + 1,
                        {},
                        full,
                        member.licence.id.empty() ? container.licence : &member.licence,
                        &unpacked},
                       inner);
  } catch (const TooMuchUnpacked&) {
    pass_on();
    throw;
  } catch (const Unreadable& problem) {
    inner.set_aside.push_back(problem);
  } catch (const Error& error) {
    inner.set_aside.emplace_back("unreadable", error.what());
  }
  pass_on();
}

}  // namespace moru::collect
