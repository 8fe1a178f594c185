#include "core/error.h"

#include <cerrno>

#include "core/language.h"

namespace moru {
namespace {

std::string compose(const std::string& place, const std::string& problem, const std::string& mend) {
  std::string text = place.empty() ? problem : place + ": " + problem;
  if (!mend.empty()) text += fmt::format("\n  {}: {}", tr("mend", "해결"), mend);
  return text;
}

std::string_view mend_for(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
      return tr("check the path; nothing is there", "경로를 확인하세요. 그 자리에 아무것도 없습니다");
    case EACCES:
    case EPERM:
    case EROFS:
      return tr("give this user the right to it", "이 사용자에게 권한을 주세요");
    case ENOSPC:
    case EDQUOT:
      return tr("free some disk space and run the same command again; what is finished is kept",
                "디스크 공간을 비우고 같은 명령을 다시 실행하세요. 끝난 것은 그대로 남아 있습니다");
    case EMFILE:
    case ENFILE:
      return tr("raise the limit of open files (ulimit -n)", "열 수 있는 파일 수를 늘리세요 (ulimit -n)");
    case EFBIG:
      return tr("the file-size limit was reached (ulimit -f)", "파일 크기 제한에 걸렸습니다 (ulimit -f)");
    default:
      return tr("look at the disk and the path, then run the same command again",
                "디스크와 경로를 확인한 뒤 같은 명령을 다시 실행하세요");
  }
}

}  // namespace

Error::Error(std::string place, std::string problem, std::string mend)
    : std::runtime_error(compose(place, problem, mend)),
      place_(std::move(place)),
      problem_(std::move(problem)),
      mend_(std::move(mend)) {}

Error system_error(const std::string& path, const std::string& action, int errno_value) {
  return Error(path, fmt::format("{}: {}", action, std::strerror(errno_value)), std::string(mend_for(errno_value)));
}

}  // namespace moru
