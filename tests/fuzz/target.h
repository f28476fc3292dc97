/* target.h - what the fuzz targets share: the one function that each is, a place for files.
 *
 * A target is called with bytes again and again, by libFuzzer or by replay.c. What it finds wrong
 * it asserts; whatever the bytes are, the library may refuse them, and nothing else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_FUZZ_TARGET_H
#define LFADS_FUZZ_TARGET_H
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Writes the file NAME in this process's own directory, which is made at the first call and becomes
 * the working directory; in memory where the system has such a place. */
void target_write(const char *name, const uint8_t *bytes, size_t length);
/* A refusal says reason; success says nothing. Both are asserted. */
void target_check(enum lfads_status status, const struct lfads_error *err);
#endif
