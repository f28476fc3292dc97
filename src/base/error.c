/* error.c - formats error sentences and names statuses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum lfads_status(lfads_fail)(struct lfads_error *err, enum lfads_status status, const char *format,
                              ...)
{
    va_list args;

    if (!err)
        return status;
    err->status = status;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

const char *lfads_status_name(enum lfads_status status)
{
    static const char *const names[] = {
        [LFADS_OK] = "ok",
        [LFADS_USAGE] = "usage",
        [LFADS_BAD_DATA] = "bad data",
        [LFADS_IO] = "input/output",
        [LFADS_NO_MEMORY] = "out of memory",
        [LFADS_INTERRUPTED] = "interrupted",
        [LFADS_NUMERIC] = "not finite",
    };

    return (size_t)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}

const char *lfads_version(void) { return LFADS_VERSION; }
