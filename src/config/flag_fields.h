/* flag_fields.h - turns a table of flags into the fields of its record.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/flags_clear.h"

#define FLAG_STRING(group, name, standard, choices, help) char *name;
#define FLAG_PLACE(group, name, standard, help) char *name;
#define FLAG_FILES(group, name, help) char *name;
#define FLAG_BOOL(group, name, standard, help) bool name;
#define FLAG_INT(group, name, standard, min, max, help) int64_t name;
#define FLAG_FLOAT(group, name, standard, min, max, help) double name;
#define FLAG_ABOVE(group, name, standard, min, max, help) double name;
