#!/bin/bash
# CMake refuses a libhdf5 that is not thread-safe: the library's handles may be used by several threads.
#   hdf5_threads.sh PROJECT SCRATCH
# SPDX-License-Identifier: Apache-2.0
set -eu
rm -rf "$2"
mkdir -p "$2"
cd "$2"
cat >hdf5-serial.pc <<'PC'
Name: hdf5-serial
Description: an HDF5 whose configuration says nothing about threads
Version: 1.10.8
Cflags: -I${pcfiledir}
PC
echo "#define H5_HAVE_ZLIB_H 1" >H5pubconf.h
if PKG_CONFIG_PATH=$PWD cmake -S "$1" -B build -DLFADS_CUDA=OFF >log 2>&1; then
    echo "a libhdf5 that is not thread-safe is taken: $PWD/log" && exit 1
fi
tr -s '\n ' ' ' <log >line
grep -q "libhdf5 in $PWD is not thread-safe .*: install Debian's libhdf5-dev" line || { cat log && exit 1; }
