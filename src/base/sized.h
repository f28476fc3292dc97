/* sized.h - structs of the public header that begin with their size, which the caller sets, so that
 * they can grow.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_SIZED_H
#define LFADS_BASE_SIZED_H
#include "base/error.h"

/* Copies FULL [BYTES], a struct of this library's, to OUT, the caller's of the same type, as far as
 * OUT's size goes; OUT keeps its size. Fails unless OUT has one. CALL is the public function. */
enum lfads_status sized_fill(void *out, const void *full, size_t bytes, const char *call,
                             struct lfads_error *err);
/* Copies IN, the caller's, to FULL [BYTES]; what IN's size leaves out is 0. */
enum lfads_status sized_take(void *full, const void *in, size_t bytes, const char *call,
                             struct lfads_error *err);
#endif
