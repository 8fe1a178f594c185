// Sources that name single files, lists of files and globs; files whose names say nothing.
#include <gmock/gmock.h>

#include <fstream>

#include "collect/collect.h"
#include "collect/collected.h"
#include "collect/media_type.h"
#include "core/error.h"

namespace moru::collect {
namespace {

class Files : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view bytes) const {
    make_directories((folder.path() / path).parent_path());
    std::ofstream(folder.path() / path, std::ios::binary) << bytes;
  }
  Options read(const std::string& yaml) const {
    const Config config = Config::parse(yaml, "r.yaml");
    Options o = read_options(config, folder.path());
    config.finish();
    return o;
  }
  std::string error_of(const std::string& yaml) const {
    try {
      collection_of(read(yaml));
      return "none";
    } catch (const Error& error) {
      return std::string(error.what());
    }
  }
  TemporaryDirectory folder;
};

TEST_F(Files, SingleFilesAndGlobsAreRead) {
  put("a.md", "하나\n");
  put("docs/b.md", "둘\n");
  put("docs/deep/c.md", "셋\n");
  put("docs/d.txt", "넷\n");
  put("docs/LICENSE", "MIT License\n");
  const Collection c = collection_of(read("collect:\n  - files: [a.md, 'docs/**/*.md', docs/b.md]\n    name: few\n"));
  EXPECT_EQ(c.uris(), (std::vector<std::string>{"few/a.md", "few/docs/b.md", "few/docs/deep/c.md"}));
  EXPECT_EQ(c.documents[0].licence.id, "unknown");
  EXPECT_EQ(c.documents[1].licence.id, "MIT");
  EXPECT_EQ(collection_of(read("collect:\n  - files: a.md\n")).uris(), (std::vector<std::string>{"files/a.md"}));
}

TEST_F(Files, AListNamesFilesAndWhatIsMissingIsSetAside) {
  put("a.md", "하나\n");
  put("b.md", "둘\n");
  const TemporaryDirectory elsewhere;
  write_file_atomic(elsewhere.path() / "c.md", "셋\n");
  put("lists/chosen.txt", fmt::format("../a.md\r\n\nb.md\n{}\n../a.md\n.", (elsewhere.path() / "c.md").string()));
  const Collection c = collection_of(read("collect:\n  - list: lists/chosen.txt\n"));
  const std::string outside = folder.path().relative_path().string() + "/a.md";
  EXPECT_THAT(c.uris(), ::testing::UnorderedElementsAre(
                            "chosen/" + outside, "chosen/" + elsewhere.path().relative_path().string() + "/c.md"));
  EXPECT_THAT(c.reasons(), ::testing::UnorderedElementsAre(
                               "chosen/b.md missing",
                               "chosen/" + (folder.path() / "lists").relative_path().string() + "/ not-a-file"));
}

TEST_F(Files, MistakesAreNamedWithTheirPlace) {
  put("empty.txt", "nothing.md\n");
  put("a.md", "글\n");
  EXPECT_THAT(error_of("collect:\n  - files: [a.md, gone.md]\n"), ::testing::HasSubstr("gone.md"));
  EXPECT_THAT(error_of("collect:\n  - list: gone.txt\n"), ::testing::StartsWith("r.yaml:2: "));
  EXPECT_THAT(error_of("collect:\n  - list: empty.txt\n"), ::testing::StartsWith("r.yaml:2: none of the files"));
  EXPECT_THAT(error_of("collect:\n  - files: '*.pdf'\n"), ::testing::StartsWith("r.yaml:2: none of these"));
  EXPECT_THAT(error_of("collect:\n  - files: a.md\n    folder: .\n"), ::testing::HasSubstr("an entry of its own"));
  EXPECT_THAT(error_of("collect:\n  - name: x\n"), ::testing::HasSubstr("folder, files, list"));
}

TEST_F(Files, AGlobDoesNotLeaveItsFolderThroughALink) {
  put("in/a.md", "하나\n");
  put("secret.md", "비밀\n");
  fs::create_symlink("../secret.md", folder.path() / "in/out.md");
  const Collection c = collection_of(read("collect:\n  - files: in/*.md\n"));
  EXPECT_EQ(c.documents.size(), 1U);
  EXPECT_EQ(c.reasons(), (std::vector<std::string>{"files/in/out.md leaves-folder"}));
}

TEST_F(Files, ATextWithoutAnEndingIsReadAsOne) {
  put("in/notes", "한글로 적은 글입니다.\n");
  put("in/tool", std::string("\x7F"
                             "ELF\0\1\2",
                             7));
  put("in/data.bin", "글이지만 이름이 다르다\n");
  put("in/.hidden", "숨은 글\n");
  const Collection c = collection_of(read("collect:\n  - folder: in\n    include: ['**', '.*']\n"));
  EXPECT_THAT(c.uris(), ::testing::ElementsAre("in/.hidden", "in/notes"));
  EXPECT_THAT(c.reasons(), ::testing::ElementsAre("in/data.bin unknown-format", "in/tool unknown-format"));
}

TEST(MediaType, ItNamesTheFormatWhereTheNameDoesNot) {
  EXPECT_EQ(ending_of_media_type("Text/HTML ; charset=utf-8"), ".html");
  EXPECT_EQ(ending_of_media_type("application/octet-stream"), "");
  EXPECT_EQ(name_for_media_type("docs/", "text/html"), "docs/index.html");
  EXPECT_EQ(name_for_media_type("view.php", "text/html"), "view.php.html");
  EXPECT_EQ(name_for_media_type("a.htm", "text/html"), "a.htm");
  EXPECT_EQ(name_for_media_type("a.md", "text/plain"), "a.md");
  EXPECT_EQ(name_for_media_type("note", "text/plain"), "note.txt");
  EXPECT_EQ(name_for_media_type("a.md", ""), "a.md");
}

}  // namespace
}  // namespace moru::collect
