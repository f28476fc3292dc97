/* refused.h - checks that calls of the library are refused with a sentence.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_PUBLIC_REFUSED_H
#define LFADS_TESTS_PUBLIC_REFUSED_H
#include <lfads/lfads.h>
#include <stdio.h>
#include <string.h>

static int failures;

static void fail(const char *what, const char *reason)
{
    failures++;
    printf("FAILED %s: %s\n", what, reason);
}

/* Checks that CALL fails with a sentence, and with the same status if its error argument e is NULL.
 */
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        struct lfads_error err = {LFADS_OK, ""};                                                   \
        struct lfads_error *e = &err;                                                              \
        enum lfads_status status = call;                                                           \
                                                                                                   \
        if (status == LFADS_OK || err.status != status || strlen(err.text) < 10)                   \
            fail(#call, err.text);                                                                 \
        e = NULL;                                                                                  \
        if ((call) != status)                                                                      \
            fail(#call, "another status if err is NULL");                                          \
    } while (0)
#endif
