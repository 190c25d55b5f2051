#!/usr/bin/env bash
# Installs lavapipe (Mesa's Vulkan driver for CPUs) where that can be done: Debian or Ubuntu, as root. Dawn refuses Mesa
# before 24, so an older release gets it from its backports suite, on the mirror apt already uses. Never fails its
# caller: SwiftShader serves where lavapipe is missing; why not is printed.
set -uo pipefail

readonly WANTED_MAJOR=24
readonly PACKAGES=(mesa-vulkan-drivers libvulkan1)

say() { echo "installLavapipe: $*"; }
give_up() {
  say "not installed: $*"
  exit 0
}
major() { local version=${1#*:}; echo "${version%%.*}"; }
new_enough() { [[ $(major "$1") =~ ^[0-9]+$ ]] && (($(major "$1") >= WANTED_MAJOR)); }
installed_version() { dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>/dev/null | sed -n 's/^installed //p'; }
candidate_version() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p'; }
install() { apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" "${PACKAGES[@]}" </dev/null >"$log" 2>&1; }

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || give_up "this needs apt (Debian, Ubuntu); install Mesa >= $WANTED_MAJOR with its Vulkan drivers by hand"

if new_enough "$(installed_version mesa-vulkan-drivers)" && [[ -n $(installed_version libvulkan1) ]]; then
  say "mesa-vulkan-drivers $(installed_version mesa-vulkan-drivers) is there already"
  exit 0
fi
[[ $(id -u) == 0 ]] || give_up "this needs root; run: sudo $0"

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
sources=''
trap 'rm -f "$log" ${sources:+"$sources"}' EXIT

apt-get update -qq </dev/null >"$log" 2>&1 || say "apt-get update complained: $(tail -n 1 "$log")"

if new_enough "$(candidate_version mesa-vulkan-drivers)"; then
  install || give_up "apt-get install failed: $(tail -n 1 "$log")"
else
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [[ $(. /etc/os-release && echo "$ID") == debian && -n $codename ]] ||
    give_up "this release offers Mesa '$(candidate_version mesa-vulkan-drivers)', older than $WANTED_MAJOR, and has no backports suite"
  suite=$codename-backports
  # apt itself says which mirror serves this release, whatever form its source files have.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v codename="$codename" '$2 ~ "^(" codename "|stable|oldstable)$" && $3 == "main" { print $1; exit }')
  [[ -n $mirror ]] || give_up "apt has no source for $codename main, so the mirror of $suite is unknown"

  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  sources=/etc/apt/sources.list.d/nastransfer-backports.sources
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$mirror" "$suite"
    if [[ -e $keyring ]]; then echo "Signed-By: $keyring"; fi
  } >"$sources"
  apt-get update -qq </dev/null >"$log" 2>&1 || say "apt-get update complained: $(tail -n 1 "$log")"
  install --target-release "$suite" || give_up "apt-get install from $suite failed: $(tail -n 1 "$log")"
fi
version=$(installed_version mesa-vulkan-drivers)
new_enough "$version" || give_up "got Mesa $version, but Dawn needs $WANTED_MAJOR or newer"
say "installed mesa-vulkan-drivers $version"
