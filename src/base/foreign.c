/* foreign.c - the beginnings of other programs' formats.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/foreign.h"

#include <string.h>

#define AS_CSV ": save it as CSV, which lfads prepare reads"
#define AS_NWB ": convert it to NWB, which lfads prepare reads"
#define UNPACK ": unpack it first"
#define PICKLE "a Python pickle, which only Python reads: save its arrays by numpy.savez or h5py"
#define WEB_PAGE "a web page: download the file itself"

static const struct {
    const char *bytes;
    size_t count;
    const char *what;
} formats[] = {
    {"\x80\x02", 2, PICKLE},
    {"\x80\x03", 2, PICKLE},
    {"\x80\x04\x95", 3, PICKLE},
    {"\x80\x05\x95", 3, PICKLE},
    {"<!DOCTYPE", 9, WEB_PAGE},
    {"<!doctype", 9, WEB_PAGE},
    {"<html", 5, WEB_PAGE},
    {"<?xml", 5, "XML" AS_CSV},
    {"{", 1, "JSON" AS_CSV},
    {"%PDF", 4, "a PDF" AS_CSV},
    {"PAR1", 4, "a Parquet table" AS_CSV},
    {"ARROW1", 6, "a Feather table" AS_CSV},
    {"\xD0\xCF\x11\xE0", 4, "a workbook of Excel" AS_CSV},
    {"# Created by Octave", 19,
     "text of Octave: save it there with -v7, and give that to lfads prepare"},
    {"RDX", 3, "data of R" AS_CSV},
    {"NEURALEV", 8, "a recording of Blackrock" AS_NWB},
    {"BREVENTS", 8, "a recording of Blackrock" AS_NWB},
    {"NEURALCD", 8, "a recording of Blackrock" AS_NWB},
    {"NEURALSG", 8, "a recording of Blackrock" AS_NWB},
    {"PLEX", 4, "a recording of Plexon" AS_NWB},
    {"######## Neuralynx", 18, "a recording of Neuralynx" AS_NWB},
    {"BZh", 3, "compressed by bzip2" UNPACK},
    {"\xFD"
     "7zXZ",
     5, "compressed by xz" UNPACK},
    {"\x28\xB5\x2F\xFD", 4, "compressed by zstd" UNPACK},
    {"7z\xBC\xAF", 4, "an archive of 7-Zip" UNPACK},
    {"version https://git-lfs", 23, "a pointer of Git LFS: fetch the file itself (git lfs pull)"},
    {"\xFF\xFE", 2, "text in UTF-16: save it as UTF-8"},
    {"\xFE\xFF", 2, "text in UTF-16: save it as UTF-8"},
};

const char *foreign_format(const char *first, size_t length)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (length >= formats[i].count && memcmp(first, formats[i].bytes, formats[i].count) == 0)
            return formats[i].what;
    return NULL;
}
