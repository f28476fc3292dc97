/* help.c - the text of --help, from the table of flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80, INDENT = 6 };

/* SENTENCE in lines of WIDTH, indented. */
static void put_wrapped(FILE *out, const char *sentence)
{
    size_t column = 0;

    while (*sentence) {
        size_t length = strcspn(sentence, " ");

        if (column == 0 || column + 1 + length > WIDTH) {
            fprintf(out, "%s%*s", column ? "\n" : "", INDENT, "");
            column = INDENT;
        } else {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)length, sentence);
        column += length;
        sentence += length + (sentence[length] == ' ');
    }
    fputc('\n', out);
}

static void put_flag(FILE *out, const struct flag *flag)
{
    char range[200], sentence[800];

    flag_range(range, sizeof range, flag);
    fprintf(out, "  --%s=%s\n", flag->name,
            strcmp(flag->standard, "9223372036854775807") == 0 ? "all" : flag->standard);
    if (flag->type == FLAG_IS_STRING && !*flag->choices)
        snprintf(sentence, sizeof sentence, "%s", flag->help);
    else
        snprintf(sentence, sizeof sentence, "%s (%s)", flag->help, range);
    put_wrapped(out, sentence);
}

void help_text(char **text, const struct flag_table *table)
{
    static const char *const titles[] = {[FLAG_RUN] = "Run",
                                         [FLAG_DATA] = "Data",
                                         [FLAG_MODEL] = "Model",
                                         [FLAG_TRAINING] = "Training"};
    static const enum flag_group order[] = {FLAG_DATA, FLAG_RUN, FLAG_MODEL, FLAG_TRAINING};
    size_t length;
    FILE *out = open_memstream(text, &length);

    if (!out) {
        *text = NULL;
        return;
    }
    for (size_t g = 0; g < sizeof order / sizeof order[0]; g++) {
        bool titled = false;

        for (size_t i = 0; i < table->count; i++) {
            if (table->flags[i].group != order[g])
                continue;
            if (!titled)
                fprintf(out, "\n%s flags, with their defaults:\n", titles[order[g]]);
            titled = true;
            put_flag(out, &table->flags[i]);
        }
    }
    if (fclose(out) != 0) {
        free(*text);
        *text = NULL;
    }
}
