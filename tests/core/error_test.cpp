#include "core/error.h"

#include <cerrno>

#include "core/language.h"

namespace moru {
namespace {

/// Sets MORU_LANG and puts back what it was.
class Language {
 public:
  explicit Language(const char* language) {
    if (const char* old = std::getenv("MORU_LANG")) old_ = old;
    ::setenv("MORU_LANG", language, 1);
  }
  Language(const Language&) = delete;
  Language& operator=(const Language&) = delete;
  ~Language() {
    if (old_) {
      ::setenv("MORU_LANG", old_->c_str(), 1);
    } else {
      ::unsetenv("MORU_LANG");
    }
  }

 private:
  std::optional<std::string> old_;
};

TEST(Error, SaysPlaceProblemAndMend) {
  const Language english("en");
  const Error error("recipe.yaml:3", "unknown key", "remove it");
  EXPECT_STREQ(error.what(), "recipe.yaml:3: unknown key\n  mend: remove it");
  EXPECT_STREQ(Error("", "bad", "").what(), "bad");
}

TEST(Error, SpeaksTheUsersLanguage) {
  const Language korean("ko");
  EXPECT_EQ(ui_language(), UiLanguage::korean);
  EXPECT_EQ(tr("yes", "예"), "예");
  const std::string text = system_error("a", "쓸 수 없습니다", ENOSPC).what();
  EXPECT_NE(text.find("해결"), std::string::npos) << text;
  EXPECT_NE(text.find("디스크 공간"), std::string::npos) << text;
}

TEST(Error, EveryCauseOfAFailedCallHasAMend) {
  for (const int cause : {ENOENT, EACCES, ENOSPC, EMFILE, EFBIG, EIO})
    EXPECT_FALSE(system_error("path", "cannot write", cause).mend().empty()) << cause;
}

}  // namespace
}  // namespace moru
