/* error.h - how a function of the library reports an error.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_ERROR_H
#define LFADS_BASE_ERROR_H
#include <lfads/lfads.h>

/* Writes the sentence into ERR (may be NULL) and returns STATUS, so that a caller can `return
 * lfads_fail(...)`. The function that finds an error writes the sentence; its callers pass it up
 * unchanged. */
enum lfads_status lfads_fail(struct lfads_error *err, enum lfads_status status, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));

#if defined(__clang_analyzer__) || defined(LFADS_ANALYSED)
/* An analyser sees one file at a time: this tells it what lfads_fail returns. */
#define lfads_fail(err, status, ...)                                                               \
    __extension__({                                                                                \
        (lfads_fail)(err, status, __VA_ARGS__);                                                    \
        (status);                                                                                  \
    })
#endif

/* Fails because argument WHAT of the public function CALL is NULL. */
static inline enum lfads_status lfads_fail_null(struct lfads_error *err, const char *call,
                                                const char *what)
{
    return lfads_fail(err, LFADS_USAGE, "%s: %s is NULL", call, what);
}

/* assert checks for programming errors only. All test builds keep it. */
#include <assert.h>
#endif
