// S3: signatures against the published examples, and a real server (OpenStack Swift).
#include <gmock/gmock.h>

#include "collect/collected.h"
#include "collect/swift.h"
#include "core/error.h"

namespace moru::collect {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// "Examples: Signature calculations" of the Amazon S3 API reference.
constexpr int64_t kExampleTime = 1369353600;  // 2013-05-24T00:00:00Z
const S3Credentials kExampleKey = {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};

TEST(S3Signature, ItIsThatOfThePublishedExamples) {
  S3Request object{"examplebucket.s3.amazonaws.com", "/test.txt", {}, {{"range", "bytes=0-9"}}};
  EXPECT_THAT(sign_s3_request(object, "us-east-1", kExampleKey, kExampleTime),
              Contains("Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                       "aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature="
                       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
  const S3Request lifecycle{"examplebucket.s3.amazonaws.com", "/", {{"lifecycle", ""}}};
  EXPECT_THAT(sign_s3_request(lifecycle, "us-east-1", kExampleKey, kExampleTime),
              Contains(HasSubstr("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")));
  const S3Request list{"examplebucket.s3.amazonaws.com", "/", {{"prefix", "J"}, {"max-keys", "2"}}};
  EXPECT_THAT(sign_s3_request(list, "us-east-1", kExampleKey, kExampleTime),
              Contains(HasSubstr("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")));
}

TEST(S3Signature, CredentialsAreReadFromAFile) {
  const std::string_view file =
      "# keys\n[other]\naws_access_key_id = X\n\n[default]\r\naws_access_key_id=A \r\naws_secret_access_key = b=c\r\n"
      "aws_session_token = t\n";
  const S3Credentials found = parse_s3_credentials(file, "default");
  EXPECT_EQ(found.access_key, "A");
  EXPECT_EQ(found.secret_key, "b=c");
  EXPECT_EQ(found.session_token, "t");
  EXPECT_EQ(parse_s3_credentials(file, "none").access_key, "");
}

TEST(S3Listing, APageIsRead) {
  const S3Listing page = parse_s3_listing(
      "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><Name>b</Name>"
      "<NextContinuationToken>abc&amp;=</NextContinuationToken><Contents><Key>a+b%2B%ED%95%9C.md</Key><LastModified>"
      "2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>12</Size></Contents></"
      "ListBucketResult>");
  ASSERT_EQ(page.objects.size(), 1U);
  EXPECT_TRUE(page.whole);
  EXPECT_EQ(page.objects[0].key, "a b+한.md");
  EXPECT_EQ(page.objects[0].etag, "\"e1\"");
  EXPECT_EQ(page.objects[0].size, 12U);
  EXPECT_EQ(page.next, "abc&=");
  EXPECT_FALSE(parse_s3_listing("<ListBucketResult><Contents>").whole);
  EXPECT_EQ(parse_s3_listing("<Error><Code>AccessDenied</Code></Error>").code, "AccessDenied");
}

class S3 : public ::testing::Test {
 protected:
  std::string error_of(const std::string& more) const {
    try {
      gathered(more);
      return "none";
    } catch (const Error& error) {
      return error.what();
    }
  }
  Options read(const std::string& more) const {
    const Config config = Config::parse(recipe_ + more, "r.yaml");
    Options o = read_options(config, folder.path());
    config.finish();
    o.store = folder.path() / "store";
    return o;
  }
  Collection gathered(const std::string& more) const {
    const Options o = read(more);
    SilentProgress silent;
    gather(o, false, silent);
    return collection_of(o);
  }
  TemporaryDirectory folder;
  std::string recipe_;
};

TEST_F(S3, ABucketOfARealServerIsReadAndUnchangedObjectsAreNotSentAgain) {
  testing_servers::Swift swift;
  swift.put("/books", "");
  swift.put("/books/docs/a.md", "# 하나\n\n글\n", "text/markdown");
  swift.put("/books/docs/%ED%95%9C%20%EA%B8%80%2B.md", "둘\n", "text/markdown");
  swift.put("/books/docs/page", "<h1>셋</h1><p>글</p>", "text/html");
  swift.put("/books/docs/draft/x.md", "초안\n", "text/markdown");
  swift.put("/books/other/b.md", "밖\n", "text/markdown");
  recipe_ = fmt::format(
      "collect:\n  - s3: s3://books/docs/\n    endpoint: {}\n    exclude: ['draft/**']\n    retries: 0\n    licence: "
      "MIT\n",
      swift.endpoint());
  const std::string keys = "    credentials_file: keys\n";
  write_file_atomic(folder.path() / "keys",
                    fmt::format("[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                                testing_servers::Swift::kAccessKey, testing_servers::Swift::kSecret));
  const Collection c = gathered(keys);
  EXPECT_THAT(c.uris(), ElementsAre("s3://books/docs/a.md", "s3://books/docs/page", "s3://books/docs/한 글+.md"));
  EXPECT_EQ(c.documents[0].licence.id, "MIT");
  EXPECT_EQ(c.documents[1].title, "셋");
  EXPECT_EQ(c.documents[0].source.modified.size(), 20U);

  // An index that says another body shows that nothing is asked for again where the tag is the same.
  const fs::path index = folder.path() / "store/remote/books/index.jsonl";
  std::string text = read_file(index);
  const std::string hash = c.documents[0].source.file_hash, other = c.documents[1].source.file_hash;
  EXPECT_EQ(gathered(keys).bytes, c.bytes);
  swift.put("/books/docs/a.md", "# 새 글\n\n새로 썼다\n", "text/markdown");
  const Collection changed = gathered(keys);
  EXPECT_NE(changed.documents[0].source.file_hash, hash);
  EXPECT_EQ(changed.documents[1].source.file_hash, other);
  EXPECT_EQ(changed.report.unchanged.read, 1U);
  EXPECT_EQ(changed.report.unchanged.known, 2U);

  // From the environment, and wrong ones.
  ::setenv("AWS_ACCESS_KEY_ID", testing_servers::Swift::kAccessKey, 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", testing_servers::Swift::kSecret, 1);
  EXPECT_EQ(gathered("").bytes, changed.bytes);
  ::setenv("AWS_SECRET_ACCESS_KEY", "wrong", 1);
  EXPECT_THAT(error_of(""), HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(error_of(""), HasSubstr("access key"));
  ::unsetenv("AWS_ACCESS_KEY_ID");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(error_of("    credentials_file: none\n"), HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(error_of("    anonymous: true\n"), StartsWith("r.yaml:2: cannot list the bucket"));
  recipe_.replace(recipe_.find("s3://books/docs/"), 16, "s3://nothing/");
  EXPECT_THAT(error_of(keys), HasSubstr("NoSuchBucket"));

  EXPECT_TRUE(testing_servers::files_with(folder.path() / "store", testing_servers::Swift::kSecret).empty());
}

TEST_F(S3, MistakesAreNamed) {
  recipe_ = "collect:\n  - s3: s3://books\n    anonymous: true\n    retries: 0\n    endpoint: ";
  EXPECT_THAT(error_of("http://127.0.0.1:1\n"), HasSubstr("unreachable"));
  EXPECT_THAT(error_of("nowhere\n"), StartsWith("r.yaml:5: "));
  recipe_ = "collect:\n  - s3: books\n";
  EXPECT_THAT(error_of(""), HasSubstr("s3://BUCKET"));
}

}  // namespace
}  // namespace moru::collect
