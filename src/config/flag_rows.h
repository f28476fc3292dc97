/* flag_rows.h - turns a table of flags into rows of struct flag. AT(name) is the offset of a field
 * in the table's record.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/flags_clear.h"

#define FLAG_STRING(group, name, standard, choices, help)                                          \
    {#name, FLAG_IS_STRING, FLAG_##group, AT(name), standard, choices, 0, 0, false, help},
#define FLAG_PLACE(group, name, standard, help)                                                    \
    {#name, FLAG_IS_STRING, FLAG_##group, AT(name), standard, "", 1, 0, false, help},
#define FLAG_FILES(group, name, help)                                                              \
    {#name, FLAG_IS_STRING, FLAG_##group, AT(name), "", "", 0, 1 << 20, false, help},
#define FLAG_BOOL(group, name, standard, help)                                                     \
    {#name, FLAG_IS_BOOL, FLAG_##group, AT(name), #standard, "", 0, 0, false, help},
#define FLAG_INT(group, name, standard, min, max, help)                                            \
    {#name, FLAG_IS_INT, FLAG_##group, AT(name), #standard, "", min, max, false, help},
#define FLAG_FLOAT(group, name, standard, min, max, help)                                          \
    {#name, FLAG_IS_FLOAT, FLAG_##group, AT(name), #standard, "", min, max, false, help},
#define FLAG_ABOVE(group, name, standard, min, max, help)                                          \
    {#name, FLAG_IS_FLOAT, FLAG_##group, AT(name), #standard, "", min, max, true, help},
