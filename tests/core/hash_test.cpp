#include "core/hash.h"

#include "core/error.h"
#include "core/file.h"

namespace moru {
namespace {

TEST(Hash, Sha256IsTheStandards) {
  // FIPS 180-2, appendix B.1 and B.2, and the empty message.
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, FedInPiecesItIsTheSame) {
  EXPECT_EQ(Sha256().update("모").update("").update("루").hex(), sha256("모루"));
}

TEST(Hash, OfAFileAndOfAFolder) {
  const TemporaryDirectory a;
  const TemporaryDirectory b;
  for (const auto* folder : {&a, &b}) {
    make_directories(folder->path() / "sub");
    write_file_atomic(folder->path() / "sub" / "x", "one");
    write_file_atomic(folder->path() / "y", "two");
  }
  EXPECT_EQ(sha256_file(a.path() / "y"), sha256("two"));
  EXPECT_EQ(sha256_tree(a.path()), sha256_tree(b.path()));
  fs::rename(b.path() / "y", b.path() / "z");
  EXPECT_NE(sha256_tree(a.path()), sha256_tree(b.path())) << "names count";
  EXPECT_THROW(sha256_file(a.path() / "none"), Error);
}

TEST(Hash, XXH3IsTheSameEverywhere) {
  // XXH3_64bits of the empty input, as xxHash's own sanity test has it.
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2ULL);
  EXPECT_NE(hash64("a", 1), hash64("a", 2));
}

}  // namespace
}  // namespace moru
