#include "collect/compound_file.h"

#include "collect/extract.h"
#include "collect/hwp_builder.h"

namespace moru::collect {
namespace {

const std::map<std::string, std::string>& streams() {
  static const std::map<std::string, std::string> all = [] {
    std::map<std::string, std::string> made;
    made["Empty"];
    made["Small"] = "abc";
    made["Folder/Large"].assign(70000, 'x').append("end");
    made["Folder/S1"].assign(100, 'y');
    return made;
  }();
  return all;
}

/// The reason that reading everything ends with, or empty.
std::string reason_of(const std::string& bytes) {
  try {
    CompoundFile file(bytes);
    for (const std::string& path : file.streams()) file.read(path);
    return {};
  } catch (const Unreadable& problem) {
    return problem.reason() + ": " + problem.what();
  }
}

void put(std::string& bytes, size_t at, uint32_t value) {
  bytes.replace(at, 4, little(value, 4));
}

TEST(CompoundFile, ReadsBothVersions) {
  for (const int version : {3, 4}) {
    const std::string bytes = compound_file(streams(), version);
    CompoundFile file(bytes);
    EXPECT_EQ(file.streams(), (Lines{"Empty", "Folder/Large", "Folder/S1", "Small"}));
    for (int twice = 0; twice < 2; ++twice)
      for (const auto& [path, content] : streams()) EXPECT_EQ(file.read(path), content) << path;
    EXPECT_THROW(file.read("None"), Unreadable);
  }
}

TEST(CompoundFile, WhatRunsInCirclesIsDamaged) {
  const std::string good = compound_file(streams());
  ASSERT_EQ(reason_of(good), "");
  // The large stream has the first sectors, so the sector table says "n -> n + 1" for them.
  const uint32_t fat_sector = [&] {
    CompoundFile file(good);
    return static_cast<uint32_t>(static_cast<unsigned char>(good[76]) | static_cast<unsigned char>(good[77]) << 8);
  }();
  const size_t fat = (size_t{fat_sector} + 1) * 512;
  std::string circle = good;
  put(circle, fat + 4 * 5, 2);
  EXPECT_NE(reason_of(circle).find("damaged: compound file: sector 2 stands in a circle"), std::string::npos)
      << reason_of(circle);
  std::string beyond = good;
  put(beyond, fat + 4 * 5, 1'000'000);
  EXPECT_NE(reason_of(beyond).find("beyond its end"), std::string::npos) << reason_of(beyond);

  const size_t directory =
      (size_t{static_cast<unsigned char>(good[48])} + 1 + 256 * size_t{static_cast<unsigned char>(good[49])}) * 512;
  std::string self = good;  // the first entry's right neighbour is itself
  put(self, directory + 128 + 72, 1);
  EXPECT_NE(reason_of(self).find("directory runs in a circle"), std::string::npos) << reason_of(self);
  std::string shared = good;  // two streams that begin at the same sector
  for (size_t entry = directory; entry + 128 <= good.size(); entry += 128)
    if (good[entry] == 'S' && good[entry + 2] == '1') put(shared, entry + 116, 0);
  for (size_t entry = directory; entry + 128 <= good.size(); entry += 128)
    if (good[entry] == 'S' && good[entry + 2] == 'm') put(shared, entry + 116, 0);
  EXPECT_NE(reason_of(shared).find("two streams"), std::string::npos) << reason_of(shared);
  std::string difat = good;  // a chain of table sectors that is its own next
  put(difat, 68, 0);
  put(difat, 72, 0xFFFFFFFF);
  EXPECT_NE(reason_of(difat).find("larger than the file"), std::string::npos) << reason_of(difat);
}

TEST(CompoundFile, EveryCutAndEveryChangedByteEnds) {
  const std::string good = compound_file({{"Small", "abc"}, {"Folder/S1", std::string(100, 'y')}});
  for (size_t size = 0; size < good.size(); size += 97) reason_of(good.substr(0, size));
  for (size_t at = 0; at < good.size(); at += at < 512 ? 1 : 3)
    for (const char value : {'\0', '\x02', '\xFF'}) {
      std::string bad = good;
      bad[at] = value;
      reason_of(bad);
    }
}

}  // namespace
}  // namespace moru::collect
