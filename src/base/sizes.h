/* sizes.h - minimum and maximum of two sizes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_SIZES_H
#define LFADS_BASE_SIZES_H
#include <stddef.h>

static inline size_t size_min(size_t a, size_t b) { return a < b ? a : b; }

static inline size_t size_max(size_t a, size_t b) { return a > b ? a : b; }
#endif
