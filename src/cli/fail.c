/* fail.c - formats the program's own errors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/fail.h"

#include <stdarg.h>
#include <stdio.h>

enum lfads_status cli_fail(struct lfads_error *err, enum lfads_status status, const char *format,
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
