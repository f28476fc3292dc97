/* error.h - how a function of the library says what went wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_ERROR_H
#define LFADS_BASE_ERROR_H
#include <lfads/lfads.h>

/* Writes the sentence into ERR (may be NULL) and returns STATUS, so that a caller can
 * `return lfads_fail(...)`. An error is made where it is found and passed up unchanged. */
enum lfads_status lfads_fail(struct lfads_error *err, enum lfads_status status, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));

#if defined(__clang_analyzer__) || defined(LFADS_ANALYSED)
/* Analysers see one file at a time: they are told what comes back. */
#define lfads_fail(err, status, ...)                                                               \
    __extension__({                                                                                \
        (lfads_fail)(err, status, __VA_ARGS__);                                                    \
        (status);                                                                                  \
    })
#endif

/* Asserted conditions are the programmer's; they stay in every build of the tests. */
#include <assert.h>
#endif
