/* foreign_flags.h - flags that scripts for the original carry and that nothing here reads: they
 * belong to its debugging branch or to TensorFlow's launcher (foreign_flags.def).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_FOREIGN_FLAGS_H
#define LFADS_CLI_FOREIGN_FLAGS_H
#include <stdbool.h>
#include <stddef.h>

enum foreign_flag { FOREIGN_NONE, FOREIGN_BOOLEAN, FOREIGN_VALUE };

/* Says what NAME is, without its dashes: no such flag, one that needs no value (noNAME counts too),
 * or one that takes a value. */
enum foreign_flag foreign_flag_find(const char *name);
/* Whether NAME, or NAME without no, is one of LIST, the names between commas that --undefok lets
 * pass. */
bool foreign_flag_listed(const char *list, const char *name);
/* The I-th flag of some command that people mean by NAME, which other programs have; NULL: no more.
 */
const char *foreign_flag_meant(const char *name, size_t i);
#endif
