/* flag_fields.h - reads a table of flags as the fields of its record.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/flags_clear.h"

#define FLAG_STRING(group, name, standard, choices, help) char *name;
#define FLAG_BOOL(group, name, standard, help) bool name;
#define FLAG_INT(group, name, standard, least, most, help) int64_t name;
#define FLAG_FLOAT(group, name, standard, least, most, help) double name;
#define FLAG_ABOVE(group, name, standard, least, most, help) double name;
