#!/bin/bash
# scripts/in_bare_debian.sh [--fresh] [--keep] COMMAND...
#
# Runs a command in a fresh clone of this repository inside a bare Debian 12: the base system and nothing else, so that a
# missing install step shows. Needs root. The mirror and the proxy are this machine's own (its apt settings).
#
#   scripts/in_bare_debian.sh ./quickstart
#   scripts/in_bare_debian.sh ./test core
#
#   --fresh  make the base system anew instead of taking the one kept in /var/cache/moru-bare
#   --keep   keep the folder afterwards and print its path
#
# Only what is committed is tested. MORU_BARE_DIR: where the folder is made (/var/tmp; about 6 GB).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/common.sh

fresh=false
keep=false
while [[ ${1:-} == --* ]]; do
  case $1 in
    --fresh) fresh=true ;;
    --keep) keep=true ;;
    *) fail "Unknown argument: $1" "알 수 없는 인자입니다: $1" ;;
  esac
  shift
done
(($#)) || fail "Which command? For example: scripts/in_bare_debian.sh ./quickstart" \
  "실행할 명령을 적어 주세요. 예: scripts/in_bare_debian.sh ./quickstart"
[[ $(id -u) == 0 ]] || fail "Only root can make a bare Debian. Run this as root." "데비안 기본 시스템은 root만 만들 수 있습니다. root로 실행해 주세요."
install_packages bare

cache=/var/cache/moru-bare
base=$cache/bookworm-minbase.tar.zst
mkdir -p "$cache"
work=$(mktemp -d "${MORU_BARE_DIR:-/var/tmp}/moru-bare.XXXXXX")
root=$work/root
# Mounts live in the mount namespace of the command below and are gone with it, so this never reaches outside the folder.
cleanup() { if $keep; then echo "kept: $root"; else rm -rf --one-file-system "$work"; fi; }
trap cleanup EXIT

if $fresh || [[ ! -f $base ]]; then
  mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' | awk '$1 == "bookworm" {print $2; exit}')
  [[ -n $mirror ]] || fail "apt knows no mirror of bookworm. Run: apt-get update" "apt에 bookworm 저장소가 없습니다. apt-get update를 실행해 주세요."
  say "Making a bare Debian 12" "데비안 12 기본 시스템을 만듭니다"
  http_proxy=${http_proxy:-$(apt-config shell p Acquire::http::Proxy | sed -n "s/^p='\(.*\)'$/\1/p")}
  export http_proxy
  debootstrap --variant=minbase bookworm "$work/base" "$mirror" > "$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    fail "debootstrap failed (above)." "debootstrap이 실패했습니다(위 내용)."
  }
  tar --numeric-owner -C "$work/base" -c . | zstd -q -3 -T0 > "$base.part"
  mv "$base.part" "$base"
  rm -rf --one-file-system "$work/base"
fi

mkdir "$root"
tar --numeric-owner -I zstd -C "$root" -xf "$base"
# The machine's way to its mirror: sources, their keys, proxy and dates.
rm -f "$root/etc/apt/sources.list"
[[ ! -f /etc/apt/sources.list ]] || cp /etc/apt/sources.list "$root/etc/apt/"
for file in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list; do
  [[ ! -f $file ]] || cp "$file" "$root/etc/apt/sources.list.d/"
done
if [[ -d /etc/apt/keyrings ]]; then cp -r /etc/apt/keyrings "$root/etc/apt/"; fi
apt-config dump Acquire > "$root/etc/apt/apt.conf.d/90machine"
if [[ -f /etc/resolv.conf ]]; then cp -L /etc/resolv.conf "$root/etc/resolv.conf"; fi
grep -v "^127" /etc/hosts > "$root/etc/hosts.machine" || true
printf '127.0.0.1 localhost\n' | cat - "$root/etc/hosts.machine" > "$root/etc/hosts"
rm "$root/etc/hosts.machine"
# No service may start in a chroot.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"

[[ -z $(git status --porcelain) ]] ||
  say "Some changes are not committed and are not tested." "커밋하지 않은 변경은 시험하지 않습니다."
git clone --quiet --no-hardlinks . "$root/root/moru"

say "Running in a bare Debian 12: $*" "데비안 12 기본 시스템에서 실행합니다: $*"
variables=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}")
for name in http_proxy https_proxy no_proxy MORU_LANG MORU_JOBS MORU_THREADS CI LANG; do
  [[ -z ${!name:-} ]] || variables+=("$name=${!name}")
done
started=$SECONDS
status=0
unshare --mount --pid --fork --kill-child --propagation private bash -c '
  set -e
  root=$1
  shift
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  mknod -m 666 "$root/dev/null" c 1 3
  mknod -m 666 "$root/dev/zero" c 1 5
  mknod -m 666 "$root/dev/full" c 1 7
  mknod -m 666 "$root/dev/random" c 1 8
  mknod -m 666 "$root/dev/urandom" c 1 9
  mknod -m 666 "$root/dev/tty" c 5 0
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
  exec chroot "$root" /usr/bin/env -C /root/moru -i "$@"
' bash "$root" "${variables[@]}" "$@" || status=$?
say "Exit status $status after $((SECONDS - started)) s" "끝난 상태 $status, $((SECONDS - started))초"
exit $status
