// Mailboxes and large tables through a whole collection: streamed, in parts, and the same whatever the workers.
#include <gmock/gmock.h>

#include "collect/collected.h"

namespace moru::collect {
namespace {

using ::testing::ElementsAre;

using MailCollection = CollectFolder;

TEST_F(MailCollection, MailboxesStreamTheirMessages) {
  std::string mailbox;
  for (int i = 1; i <= 3; ++i)
    mailbox += fmt::format(
        "From a@b.kr Fri Mar  1 09:00:00 2024\nSubject: mail {0}\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n"
        "Text {0}.\n--x\nContent-Type: text/csv; name=t.csv\n\na,b\n{0},2\n--x--\n\n",
        i);
  put("box.mbox", mailbox);
  const Collection c = collection_of(options());
  EXPECT_THAT(c.uris(),
              ElementsAre("s/box.mbox!/000001.eml", "s/box.mbox!/000001.eml!/t.csv", "s/box.mbox!/000002.eml",
                          "s/box.mbox!/000002.eml!/t.csv", "s/box.mbox!/000003.eml", "s/box.mbox!/000003.eml!/t.csv"));
  EXPECT_TRUE(c.set_aside.empty());
  EXPECT_EQ(c.documents[2].title, "mail 2");
}

TEST_F(MailCollection, ALargeTableIsReadInPartsAndLosesNoRow) {
  std::string table = "번호,글\n";
  size_t rows = 0;
  for (; table.size() < (size_t{9} << 20); ++rows)
    table += fmt::format("{},\"줄\n\"\"안\"\"의 글 {}\"\n", rows, rows % 7);
  put("table.csv", table);
  const Collection c = collection_of(options());
  size_t seen = 0;
  for (const data::Document& d : c.documents) seen += d.blocks.back().cells.size() - 1;
  EXPECT_EQ(seen, rows);
  EXPECT_EQ(c.documents.back().blocks.back().cells.back()[0], std::to_string(rows - 1));
}

}  // namespace
}  // namespace moru::collect
