/* utf8.h - texts of 16-bit units, as MATLAB has them, in UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_UTF8_H
#define LFADS_BASE_UTF8_H
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MOST = 3 }; /* bytes that a unit becomes */

/* Writes COUNT units of UTF-16 to TEXT, which has room for UTF8_MOST bytes each and a NUL; returns
 * the length. What is no character becomes "?". */
size_t utf8_text(char *text, const uint16_t *units, size_t count);
#endif
