#!/bin/sh
# arm64_root.sh FOLDER: unpacks Debian's arm64 libraries that the program and its C tests are linked with
# into FOLDER, for preset arm64. The machine's own packages stay as they are. Does nothing where FOLDER
# has them already.
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(cd "$(dirname "$0")" && pwd)
packages="$(grep -e '-dev$' "$here/packages.txt") libcmocka-dev"
mkdir -p "$(dirname "$1")"
root=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
list=$root/packages
[ "$(cat "$list" 2>/dev/null || true)" != "$packages" ] || exit 0

command -v apt-get >/dev/null || {
    echo "arm64_root: $1 needs Debian's arm64 packages, and this machine has no apt-get: use one that has" >&2
    exit 1
}
rm -rf "$root"
mkdir -p "$root/apt/lists/partial" "$root/apt/archives/partial"
: >"$root/apt/status"
cat >"$root/apt/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "0";
APT::Sandbox::User "root";
Debug::NoLocking "1";
Dir::State "$root/apt";
Dir::State::status "$root/apt/status";
Dir::Cache "$root/apt";
CONF
export APT_CONFIG="$root/apt/apt.conf"
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -qq -y --download-only $packages >/dev/null
for package in "$root"/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$root"
done
# Links from the root of a file system would leave FOLDER.
find "$root" -type l -lname '/*' | while read -r link; do
    ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$root$(readlink "$link")")" "$link"
done
# What Debian's alternatives choose as packages are installed.
libraries=$root/usr/lib/aarch64-linux-gnu
for name in blas lapack; do
    ln -sf $name/lib$name.so.3 "$libraries/lib$name.so.3"
    ln -sf $name/lib$name.so "$libraries/lib$name.so"
    ln -sf $name-netlib.pc "$libraries/pkgconfig/$name.pc"
done
rm -rf "$root/apt"
echo "$packages" >"$list"
