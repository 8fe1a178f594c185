#include "text/ngram_model.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"

namespace moru::text {
namespace {

NgramModel model_of(const std::vector<std::string>& texts, int order = 4, uint32_t minimum = 1) {
  NgramModel::Trainer trainer(order);
  for (const std::string& text : texts) trainer.add(text);
  return trainer.finish(minimum, "test");
}

TEST(NgramModel, IsWittenBellByHand) {
  // "ab" framed is 0 a b 0: after nothing a, b and 0 once each; after a always b.
  const NgramModel model = model_of({"ab"}, 2);
  const double uniform = 1.0 / (0x110000 - 0x800);
  const double one = (1 + 3 * uniform) / 6;  // p(b) over single characters
  EXPECT_DOUBLE_EQ(model.probability(U"", U'b'), one);
  EXPECT_DOUBLE_EQ(model.probability(U"a", U'b'), (1 + 1 * one) / 2);
  EXPECT_DOUBLE_EQ(model.probability(U"a", U'x'), (0 + 1 * (0 + 3 * uniform) / 6) / 2);
}

TEST(NgramModel, ProbabilitiesSumToOne) {
  const NgramModel model = model_of({"모루는 문서로 모델을 만든다.", "문서는 모델이 된다.", "anvil"}, 5, 2);
  for (const std::u32string context : {U"", U"문서", U"모", U"xyz", U"nvi"}) {
    double sum = 0;
    for (char32_t c = 0; c < 0x110000; ++c)
      if (c < 0xD800 || c > 0xDFFF) sum += model.probability(context, c);
    EXPECT_NEAR(sum, 1, 1e-9);
  }
}

TEST(NgramModel, KnowsItsOwnLanguage) {
  std::vector<std::string> korean;
  for (const char* subject : {"프린터는", "문서는", "표는", "파일은", "모델은"})
    for (const char* verb :
         {"메뉴에서 선택합니다.", "새 창에서 열립니다.", "자동으로 저장됩니다.", "삭제할 수 있습니다."})
      korean.push_back(std::string(subject) + " " + verb);
  const NgramModel model = model_of(korean);
  const double own = model.bits_per_character("표는 자동으로 열립니다.");
  EXPECT_LT(own, 4);
  EXPECT_GT(model.bits_per_character("The table opens by itself."), 2 * own);
  EXPECT_GT(model.bits_per_character("熱烈歡迎中文測試"), 2 * own);
  EXPECT_EQ(model.bits_per_character(""), 0);
}

TEST(NgramModel, IsTheSameAfterSaving) {
  const TemporaryDirectory folder;
  const NgramModel model = model_of({"가나다라", "가나다마", "가나바사"}, 3, 2);
  model.save(folder.path() / "m");
  const NgramModel loaded = NgramModel::load(folder.path() / "m");
  EXPECT_EQ(loaded.provenance(), "test");
  EXPECT_EQ(loaded.order(), 3);
  for (const char* text : {"가나다라", "나다마", "other"})
    EXPECT_EQ(loaded.bits_per_character(text), model.bits_per_character(text));
  loaded.save(folder.path() / "again");
  EXPECT_EQ(read_file(folder.path() / "m"), read_file(folder.path() / "again"));
}

TEST(NgramModel, RefusesADamagedFile) {
  const TemporaryDirectory folder(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "");
  model_of({"가나다라"}).save(folder.path() / "m");
  const std::string good = read_file(folder.path() / "m");
  for (size_t at = 0; at < good.size(); at += 61) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    write_file_atomic(folder.path() / "bad", bad);
    EXPECT_THROW(NgramModel::load(folder.path() / "bad"), Error) << at;
    write_file_atomic(folder.path() / "bad", good.substr(0, at));
    EXPECT_THROW(NgramModel::load(folder.path() / "bad"), Error) << at;
  }
}

}  // namespace
}  // namespace moru::text
