/* help.c - the text of --help, of the manual page and of the flags' documentation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <string.h>

enum { WIDTH = 80, INDENT = 6 };

/* Length of the first word. If the word is too long for a line, the length of as many of its
 * choices as fit. */
static size_t word_length(const char *sentence)
{
    size_t length = strcspn(sentence, " "), cut = WIDTH - INDENT;

    if (length <= cut)
        return length;
    while (cut > 0 && sentence[cut - 1] != '|')
        cut--;
    return cut ? cut : length;
}

/* Writes SENTENCE in lines of at most WIDTH columns, indented. */
static void put_wrapped(FILE *out, const char *sentence)
{
    size_t column = 0;

    while (*sentence) {
        size_t length = word_length(sentence);

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

/* Writes a word with the form's special characters escaped. */
static void put_escaped(FILE *out, const char *text, enum help_form form)
{
    for (; *text; text++) {
        if (form == HELP_MAN && *text == '-')
            fputs("\\-", out);
        else if (form == HELP_MAN && *text == '\\')
            fputs("\\e", out);
        else if (form == HELP_MAN && *text == '|')
            fputs("|\\:", out); /* allows a line break here */
        else if (form == HELP_MARKDOWN && *text == '|')
            fputs("\\|", out);
        else
            fputc(*text, out);
    }
}

static const char *standard_of(const struct lfads_flag *flag, bool original)
{
    if (flag->is_of_original && !original)
        return "";
    return flag->takes_all ? "all" : flag->standard;
}

static void put_flag(FILE *out, const struct lfads_flag *flag, enum help_form form, bool original)
{
    const char *standard = standard_of(flag, original);
    char range[200], sentence[800];

    if (lfads_flag_range(range, sizeof range, flag, NULL) != LFADS_OK)
        *range = 0; /* cut short by none of the tables */
    if (flag->is_of_original && !original)
        snprintf(sentence, sizeof sentence, "%s (of run_lfads: %s)", flag->help, flag->standard);
    else if (flag->type == LFADS_FLAG_TEXT && !*flag->choices)
        snprintf(sentence, sizeof sentence, "%s", flag->help);
    else
        snprintf(sentence, sizeof sentence, "%s (%s)", flag->help, range);
    switch (form) {
    case HELP_TERMINAL:
        fprintf(out, "  --%s=%s\n", flag->name, standard);
        put_wrapped(out, sentence);
        return;
    case HELP_MAN:
        fprintf(out, ".TP\n.BI \\-\\-%s= \"", flag->name);
        put_escaped(out, standard, form);
        fputs("\"\n", out);
        put_escaped(out, sentence, form);
        fputs("\n", out);
        return;
    case HELP_MARKDOWN:
        fprintf(out, "| `--%s` | %s%s%s | ", flag->name, *standard ? "`" : "", standard,
                *standard ? "`" : "");
        put_escaped(out, sentence, form);
        fputs(" |\n", out);
        return;
    }
}

static void put_title(FILE *out, const char *title, enum help_form form)
{
    switch (form) {
    case HELP_TERMINAL:
        fprintf(out, "\n%s flags, with their defaults:\n", title);
        return;
    case HELP_MAN:
        fprintf(out, ".SS %s flags\n", title);
        return;
    case HELP_MARKDOWN:
        fprintf(out, "\n### %s\n\n| flag | default | |\n|---|---|---|\n", title);
        return;
    }
}

void help_write(FILE *out, const struct flag_source *source, enum help_form form, bool original)
{
    static const struct {
        const char *group, *title;
    } groups[] = {{"search", "Search"},
                  {"data", "Data"},
                  {"run", "Run"},
                  {"model", "Model"},
                  {"training", "Training"}};
    size_t count = flags_count(source);

    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        bool titled = false;

        for (size_t i = 0; i < count; i++) {
            const struct lfads_flag flag = flags_at(source, i);

            if (strcmp(flag.group, groups[g].group) != 0)
                continue;
            if (!titled)
                put_title(out, groups[g].title, form);
            titled = true;
            put_flag(out, &flag, form, original);
        }
    }
}
