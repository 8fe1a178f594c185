#include "collect/zip_package.h"

#include "collect/extract.h"
#include "collect/zip_maker.h"

namespace moru::collect {
namespace {

/// The reason why `use` of the package fails, or "".
template <class Use>
std::string reason_of(std::string_view bytes, const Use& use, const ExtractSettings& limits = {}) {
  try {
    ZipPackage package(bytes, limits);
    use(package);
  } catch (const Unreadable& problem) {
    return problem.reason();
  }
  return "";
}

std::string reading(std::string_view bytes, const ExtractSettings& limits = {}) {
  return reason_of(
      bytes,
      [](ZipPackage& package) {
        for (const ZipEntry& entry : package.entries()) package.read(entry);
      },
      limits);
}

TEST(ZipPackage, EntriesByName) {
  const std::string text(100'000, 'a');
  const std::string bytes =
      ZipMaker().add("word/document.xml", text).add("word/", "").add("a\\b.txt", "둘", 0).finish("a comment");
  ZipPackage package(bytes, {});
  ASSERT_EQ(package.entries().size(), 2U);
  EXPECT_EQ(package.entries()[0].size, 100'000U);
  EXPECT_LT(package.entries()[0].packed, 1000U);
  EXPECT_EQ(package.read("word/document.xml"), text);
  EXPECT_EQ(package.read("WORD/Document.XML"), text);
  EXPECT_EQ(package.read("a/b.txt"), "둘");
  EXPECT_EQ(package.read_if("nothing"), std::nullopt);
  EXPECT_EQ(reason_of(bytes, [](ZipPackage& p) { p.read("nothing"); }), "damaged");
}

TEST(ZipPackage, BytesBeforeTheArchiveDoNotHurt) {
  const std::string bytes = "#!/bin/sh\n" + ZipMaker().add("a", "하나").finish();
  ZipPackage package(bytes, {});
  EXPECT_EQ(package.read("a"), "하나");
}

TEST(ZipPackage, EveryCutIsDamage) {
  const std::string bytes = ZipMaker().add("a.txt", "some text, some text").add("b.txt", "more").finish();
  EXPECT_EQ(reading(bytes), "");
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_EQ(reading(bytes.substr(0, size)), "damaged") << size;
}

TEST(ZipPackage, EveryWrongByteIsEitherSeenOrHarmless) {
  const std::string content = "some text, some text, some other text";
  const std::string bytes = ZipMaker().add("a.txt", content).finish();
  for (size_t i = 0; i < bytes.size(); ++i)
    for (const int bit : {0, 5, 7}) {
      std::string bent = bytes;
      bent[i] = static_cast<char>(bent[i] ^ (1 << bit));
      try {
        ZipPackage package(bent, {});
        for (const ZipEntry& entry : package.entries()) EXPECT_EQ(package.read(entry), content) << i;
      } catch (const Unreadable& problem) {
        EXPECT_NE(problem.reason(), "") << i;
      }
    }
}

TEST(ZipPackage, BombsStopAtTheLimits) {
  const std::string bomb = ZipMaker().add("a", std::string(20 << 20, '\0')).finish();
  EXPECT_EQ(reading(bomb), "archive-limit");  // 1,000 for one
  ExtractSettings wide;
  wide.archive_ratio = 2000;
  EXPECT_EQ(reading(bomb, wide), "");
  wide.archive_bytes = 10 << 20;
  EXPECT_EQ(reading(bomb, wide), "archive-limit");

  // The bytes of all entries count together.
  ZipMaker many;
  for (int i = 0; i < 30; ++i) many.add(fmt::format("{}", i), std::string(1 << 20, '\0'));
  EXPECT_EQ(reading(many.finish()), "archive-limit");

  ExtractSettings few;
  few.archive_entries = 10;
  EXPECT_EQ(reading(many.finish(), few), "archive-limit");
}

TEST(ZipPackage, NamesThatClimbOut) {
  for (const char* name : {"../a", "a/../../b", "/etc/passwd", "..\\a", "C:\\a", ".."})
    EXPECT_EQ(reading(ZipMaker().add(name, "x").finish()), "leaves-folder") << name;
  for (const char* name : {"a..b", "...", "a/.../b"})
    EXPECT_EQ(reading(ZipMaker().add(name, "x").finish()), "") << name;
}

TEST(ZipPackage, EncryptedAndUnknownMethods) {
  EXPECT_EQ(reading(ZipMaker().add("a", "x", 8, 1).finish()), "encrypted");
  EXPECT_EQ(reading(ZipMaker().add("a", "x", 12).finish()), "unknown-format");
}

}  // namespace
}  // namespace moru::collect
