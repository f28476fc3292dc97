/* foreign.h - tells by its first bytes what a file is that nothing here reads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_FOREIGN_H
#define LFADS_BASE_FOREIGN_H
#include <stddef.h>

/* Returns in words what FIRST [LENGTH] begins, and what to do about it: "a PDF: ..."; NULL if that
 * is not known. */
const char *foreign_format(const char *first, size_t length);
#endif
