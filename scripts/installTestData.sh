#!/usr/bin/env bash
# Installs what some tests compare with or learn from and skip without: the ONNX operator vectors and Fashion-MNIST, from
# Debian's own packages. Needs apt and root; never fails its caller; why not is printed.
set -uo pipefail

say() { echo "installTestData: $*"; }
give_up() {
  say "not installed: $*"
  exit 0
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || give_up "this needs apt (Debian, Ubuntu)"

missing=()
for package in libonnx-testdata dataset-fashion-mnist; do
  if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]]; then
    say "$package is there already"
  else
    missing+=("$package")
  fi
done
((${#missing[@]})) || exit 0
[[ $(id -u) == 0 ]] || give_up "${missing[*]}: this needs root; run: sudo $0"

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt-get update -qq </dev/null >"$log" 2>&1 || say "apt-get update complained: $(tail -n 1 "$log")"
# One by one: a release that lacks one still gets the other.
for package in "${missing[@]}"; do
  if apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$package" </dev/null >"$log" 2>&1; then
    say "installed $package"
  else
    say "not installed: $package: $(tail -n 1 "$log")"
  fi
done
exit 0
