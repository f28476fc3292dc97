/* fail.h - how the program reports an error of its own: as the library does.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_FAIL_H
#define LFADS_CLI_FAIL_H
#include <lfads/lfads.h>

/* Writes the sentence into ERR (may be NULL) and returns STATUS. */
enum lfads_status cli_fail(struct lfads_error *err, enum lfads_status status, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));
#endif
