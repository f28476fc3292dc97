#!/bin/sh
# setup.sh [LIST.txt|PACKAGE...]: installs the Debian packages that the program (packages.txt) and its
# tests (packages-test.txt) need, those of further lists beside them, and those named, if they are
# missing. setup.sh --program: those of the program only.
# SPDX-License-Identifier: Apache-2.0
set -eu
here=$(dirname "$0")
packages=
if [ "${1:-}" = --program ]; then
    set -- packages.txt
else
    set -- packages.txt packages-test.txt "$@"
fi
for word in "$@"; do
    case $word in
    *.txt) packages="$packages $(grep -v '^#' "$here/$word")" ;;
    *) packages="$packages $word" ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian; install the libraries that docs/dependencies.md lists" >&2
    exit 0
fi
missing=
for package in $packages; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

echo "setup: installing$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "setup: needs root or sudo to run: apt-get install$missing" >&2
        exit 1
    }
    as_root=sudo
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null
