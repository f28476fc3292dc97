/* foreign_flags.c - finds flags of programs around the original.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/foreign_flags.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum foreign_flag foreign_flag_find(const char *name)
{
    static const struct {
        const char *name;
        bool is_boolean;
    } rows[] = {
#define FOREIGN(name, is_boolean) {#name, is_boolean},
#include "cli/foreign_flags.def"
    };
    const char *positive = strncmp(name, "no", 2) == 0 ? name + 2 : name;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(name, rows[i].name) == 0 ||
            (rows[i].is_boolean && strcmp(positive, rows[i].name) == 0))
            return rows[i].is_boolean ? FOREIGN_BOOLEAN : FOREIGN_VALUE;
    return FOREIGN_NONE;
}

const char *foreign_flag_meant(const char *name, size_t i)
{
    static const char *const rows[][2] = {
#define MEANS(name, flag) {#name, #flag},
#include "cli/foreign_flags.def"
    };

    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++)
        if (strcasecmp(name, rows[row][0]) == 0 && i-- == 0)
            return rows[row][1];
    return NULL;
}

/* Whether LIST has NAME of LENGTH bytes between its commas. */
static bool lists(const char *list, const char *name, size_t length)
{
    for (; length; list += strcspn(list, ",") + 1) {
        if (strcspn(list, ",") == length && strncmp(list, name, length) == 0)
            return true;
        if (!list[strcspn(list, ",")])
            break;
    }
    return false;
}

bool foreign_flag_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    return lists(list, name, length) ||
           (strncmp(name, "no", 2) == 0 && lists(list, name + 2, length - 2));
}
