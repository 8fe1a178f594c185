# Shared by ./quickstart, ./test, .ci/run and scripts/: messages in the user's language, packages, building.
# Sourced with the repository's root as the working folder.

# ui_language: "ko" or "en", by the same rule as the program: MORU_LANG, then LC_ALL, LC_MESSAGES, LANG.
ui_language() {
  local value
  for value in "${MORU_LANG:-}" "${LC_ALL:-}" "${LC_MESSAGES:-}" "${LANG:-}"; do
    if [[ -n $value ]]; then
      [[ $value == ko* ]] && echo ko || echo en
      return
    fi
  done
  echo en
}
MORU_UI=$(ui_language)

# tr_text ENGLISH KOREAN: the one that the user reads.
tr_text() { if [[ $MORU_UI == ko ]]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }

# say ENGLISH KOREAN: one line about what happens now.
say() {
  local bold='' plain=''
  if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi
  printf '%s==> %s%s\n' "$bold" "$(tr_text "$1" "$2")" "$plain"
}

# fail ENGLISH KOREAN: the problem and its mend, then out.
fail() {
  printf '%s\n' "$(tr_text "$1" "$2")" >&2
  exit 1
}

# packages SECTION...: the names listed in scripts/packages.txt under these headings.
packages() {
  local wanted=" $* " section='' line
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%%#*}
    line=${line//[[:space:]]/}
    case $line in
      '') ;;
      \[*\]) section=${line:1:-1} ;;
      *) [[ $wanted == *" $section "* ]] && printf '%s\n' "$line" ;;
    esac
  done < scripts/packages.txt
  return 0
}

# missing_packages SECTION...: those of them that are not installed.
missing_packages() {
  local name
  for name in $(packages "$@"); do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null) == installed ]] || printf '%s\n' "$name"
  done
}

is_debian_12() { [[ -r /etc/os-release ]] && (. /etc/os-release && [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]]); }

# install_packages SECTION...: installs what is missing, and only that. Does nothing, and needs no rights, if all is there.
install_packages() {
  local missing log
  is_debian_12 || fail \
    "This is not Debian 12. Moru is built and tested there only. Run it on Debian 12, for example in a debian:12 container." \
    "이 컴퓨터는 데비안 12가 아닙니다. 모루는 데비안 12에서만 빌드하고 시험합니다. 데비안 12에서, 이를테면 debian:12 컨테이너에서 실행해 주세요."
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || fail \
    "These packages are missing and only root can install them. Run this as root, or run first:
  sudo apt-get install --no-install-recommends ${missing[*]}" \
    "다음 패키지가 없고, 설치하려면 관리자(root) 권한이 필요합니다. root로 실행하거나 먼저 이 명령을 실행해 주세요:
  sudo apt-get install --no-install-recommends ${missing[*]}"
  say "Installing ${#missing[@]} packages: ${missing[*]}" "패키지 ${#missing[@]}개를 설치합니다: ${missing[*]}"
  log=$(mktemp)
  # apt-get update exits 0 although an index could not be fetched, unless told otherwise.
  if ! run_apt update -o APT::Update::Error-Mode=any > "$log" 2>&1; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "The package lists could not be fetched (above). Check the network and /etc/apt/sources.list, then run this again." \
      "패키지 목록을 받지 못했습니다(위 내용). 네트워크와 /etc/apt/sources.list를 확인하고 다시 실행해 주세요."
  fi
  if ! run_apt install -y --no-install-recommends "${missing[@]}" > "$log" 2>&1; then
    tail -n 25 "$log" >&2
    rm -f "$log"
    fail "The packages could not be installed (above). Mend what apt-get says, then run this again." \
      "패키지를 설치하지 못했습니다(위 내용). apt-get이 알린 문제를 고친 뒤 다시 실행해 주세요."
  fi
  rm -f "$log"
}

# A fresh machine may still be upgrading itself in the background: wait for its lock instead of failing.
run_apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" < /dev/null; }

# build_jobs: one compiler a core, but no more than memory allows (a heavy file takes about 1.2 GB).
build_jobs() {
  local by_memory
  by_memory=$(awk '/^MemAvailable:/ {print int($2 / 1200000)}' /proc/meminfo 2> /dev/null)
  local jobs=${MORU_JOBS:-$(nproc)}
  if [[ -z ${MORU_JOBS:-} && -n $by_memory ]] && ((by_memory < jobs)); then jobs=$by_memory; fi
  echo $((jobs > 0 ? jobs : 1))
}

# build PRESET TARGET...: configures if need be (later the build files look after themselves) and builds. The folder of
# a preset is build for release, else build-PRESET.
build() {
  local preset=$1 folder=build log
  shift
  [[ $preset == release ]] || folder=build-$preset
  # CMake refuses a build folder made for another path (a copied checkout): start that one anew.
  if [[ -f $folder/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt"; then
    rm -rf "$folder"
  fi
  if [[ ! -f $folder/build.ninja ]]; then
    log=$(mktemp)
    if ! cmake --preset "$preset" > "$log" 2>&1; then
      cat "$log" >&2
      rm -f "$log"
      fail "CMake could not configure the build (above)." "CMake 설정에 실패했습니다(위 내용)."
    fi
    rm -f "$log"
  fi
  NINJA_STATUS='[%f/%t %es] ' cmake --build "$folder" --parallel "$(build_jobs)" --target "$@" ||
    fail "The build failed (above)." "빌드에 실패했습니다(위 내용)."
}
