#!/bin/sh
# Installs one program of a Debian release into a directory (default: .cache/<package>, which git ignores) without
# touching the system: apt checks the signature of the release with Debian's own keyring, whatever the host's release
# is. Prints the path of the program. Needs apt, dpkg-deb and debian-archive-keyring.
#
#   install-from-debian.sh <package> <release> [directory]
set -eu

package=$1
suite=$2
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
directory=${3:-.cache/$package}
target=$(mkdir -p "$directory" && cd "$directory" && pwd)
program=$target/usr/bin/$package

if [ -x "$program" ]; then
  echo "$program"
  exit 0
fi
[ -r "$keyring" ] || { echo "Debian's keyring is missing: install debian-archive-keyring." >&2; exit 1; }

# The machine's own mirror of Debian, whatever release it has there.
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -n 1)
[ -n "$mirror" ] || { echo "apt has no Debian mirror configured here." >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$work/sources.list"

private_apt() {
  apt-get -qq \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Get::AllowUnauthenticated=false "$@"
}

private_apt update >&2
(cd "$work" && private_apt download "$package" >&2)
dpkg-deb -x "$work/${package}"_*.deb "$target"
echo "$program"
