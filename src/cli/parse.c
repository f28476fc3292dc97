/* parse.c - parses the words of a command line into flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/fail.h"
#include "cli/flag_file.h"
#include "cli/foreign_flags.h"
#include "cli/places.h"

enum { MAX_FLAGFILES = 32, MAX_NAME = 64 };

struct parsing {
    const struct flag_source *source;
    const struct parse_target *target;
    parse_taker *take;   /* the target's; NULL within a file of flags */
    const char *undefok; /* names of flags that may be unknown, between commas */
    struct lfads_error *err;
    int files; /* flag files read so far */
};

static enum lfads_status parse_words(struct parsing *p, int argc, char **argv);

/* The command whose flag NAME is; NULL if there is none. */
static const char *command_with(const char *name)
{
    static const struct {
        const char *command;
        struct flag_source source;
    } commands[] = {{"train", {.sets = {LFADS_FLAGS_RUN}, .n_sets = 1}},
                    {"tune", {.sets = {LFADS_FLAGS_TUNE}, .n_sets = 1}},
                    {"prepare", {.sets = {LFADS_FLAGS_PREPARE}, .n_sets = 1}},
                    {"synth", {.sets = {LFADS_FLAGS_SYNTH}, .n_sets = 1}}};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (flags_find(&commands[i].source, name) >= 0)
            return commands[i].command;
    return NULL;
}

static enum lfads_status unknown(const struct parsing *p, const char *word, const char *name)
{
    const char *nearest = flags_nearest(p->source, name), *other = command_with(name);
    char first[MAX_NAME + 1];

    snprintf(first, sizeof first, "%.*s", (int)strcspn(name, " \t"), name);
    if (strcmp(first, name) != 0 && flags_find(p->source, first) >= 0)
        return cli_fail(p->err, LFADS_USAGE,
                        "there is no flag %s: = follows the name without a blank, --%s=VALUE", word,
                        first);
    if (other)
        return cli_fail(p->err, LFADS_USAGE,
                        "there is no flag %s here; lfads %s has one of that name", word, other);
    if (nearest)
        return cli_fail(p->err, LFADS_USAGE, "there is no flag %s; did you mean --%s?", word,
                        nearest);
    return cli_fail(p->err, LFADS_USAGE, "there is no flag %s; --help lists them", word);
}

/* Puts the name of the file of flags in front of what is wrong in it. */
static enum lfads_status blame_file(const struct parsing *p, const char *path)
{
    struct lfads_error what;

    if (!p->err)
        return LFADS_USAGE;
    what = *p->err;
    return cli_fail(p->err, LFADS_USAGE, "in %.200s: %s", path, what.text);
}

/* Parses a flag file: each line is a word. */
static enum lfads_status parse_file(struct parsing *p, const char *path)
{
    parse_taker *take = p->take;
    char *text, **words;
    int count;
    enum lfads_status status;

    if (++p->files > MAX_FLAGFILES)
        return cli_fail(p->err, LFADS_USAGE,
                        "--flagfile=%s: these are more than %d flag files, or they name one "
                        "another",
                        path, MAX_FLAGFILES);
    if (!place_exists(path))
        return cli_fail(p->err, LFADS_USAGE, "--flagfile=%s: there is no such file", path);
    status = flag_file_read(&text, &words, &count, path, p->err);
    if (status != LFADS_OK)
        return status;
    p->take = NULL; /* the words of a file do not outlive it */
    status = parse_words(p, count, words);
    if (status == LFADS_USAGE)
        status = blame_file(p, path);
    p->take = take;
    free(words);
    free(text);
    return status;
}

/* Returns the index of the boolean flag NAME of --noNAME; -1 if there is none. */
static int negated(const struct parsing *p, const char *name)
{
    int index = strncmp(name, "no", 2) == 0 ? flags_find(p->source, name + 2) : -1;

    return index >= 0 && flags_at(p->source, (size_t)index).type == LFADS_FLAG_TRUTH ? index : -1;
}

/* Notes the name of a flag that has no effect. */
static void note_ignored(const struct parsing *p, const char *name)
{
    struct parse_ignored *ignored = p->target->ignored;
    size_t length = strlen(ignored->names);

    snprintf(ignored->names + length, sizeof ignored->names - length, "%s--%s", length ? ", " : "",
             name);
}

/* Passes over the flag NAME, whose VALUE is NULL without =, if it belongs to a program around the
 * original; sets *USED. Returns whether it does. */
static bool pass_over(const struct parsing *p, const char *name, const char *value, int argc,
                      char **argv, int *used)
{
    enum foreign_flag kind = foreign_flag_find(name);

    if (!p->target->ignored || (kind == FOREIGN_NONE && !foreign_flag_listed(p->undefok, name)))
        return false;
    if (kind == FOREIGN_VALUE && !value && argc > 1 && *argv[1] != '-')
        *used = 2;
    note_ignored(p, name);
    return true;
}

/* Whether WORD is the value of a boolean flag before it, as TensorFlow's flags took it until 2018.
 */
static bool is_truth_word(const char *word)
{
    return strcasecmp(word, "true") == 0 || strcasecmp(word, "false") == 0;
}

/* Parses one flag; sets *USED to the number of words that it took. */
static enum lfads_status parse_word(struct parsing *p, int argc, char **argv, int *used)
{
    const char *word = argv[0], *body = word + 1, *value;
    char name[MAX_NAME + 1];
    int index;

    *used = 1;
    if (p->take && word[0] != '-')
        return p->take(p->target->payload, word, p->err);
    if (word[0] != '-' || !word[1])
        return cli_fail(
            p->err, LFADS_USAGE,
            "\"%s\" is no flag, which begins with --, and there are no other words here: "
            "--help lists the flags",
            word);
    body += *body == '-';
    value = strchr(body, '=');
    if (snprintf(name, sizeof name, "%.*s",
                 (int)(value ? value - body : (long)strnlen(body, MAX_NAME + 1)), body) > MAX_NAME)
        return unknown(p, word, "");
    index = flags_find(p->source, name);
    if (index < 0 && !value && negated(p, name) >= 0)
        return p->target->set(p->target->payload, (size_t)negated(p, name), "false", p->err);
    if (index < 0 && pass_over(p, name, value, argc, argv, used))
        return LFADS_OK;
    if (index < 0 && strcmp(name, "flagfile") != 0)
        return unknown(p, word, name);
    if (!value && index >= 0 && flags_at(p->source, (size_t)index).type == LFADS_FLAG_TRUTH) {
        *used = argc > 1 && is_truth_word(argv[1]) ? 2 : 1;
        return p->target->set(p->target->payload, (size_t)index, *used == 2 ? argv[1] : "true",
                              p->err);
    }
    if (!value &&
        (argc < 2 || (index >= 0 && flags_at(p->source, (size_t)index).type != LFADS_FLAG_TEXT &&
                      strncmp(argv[1], "--", 2) == 0)))
        return cli_fail(p->err, LFADS_USAGE, "%s needs a value", word);
    if (!value)
        *used = 2;
    value = value ? value + 1 : argv[1];
    return index < 0 ? parse_file(p, value)
                     : p->target->set(p->target->payload, (size_t)index, value, p->err);
}

/* Whether WORD is --NAME of a boolean flag, which takes no other following word than true or false.
 */
static bool is_boolean(const struct parsing *p, const char *word)
{
    const char *name = word + strspn(word, "-");
    int index = flags_find(p->source, name);

    return name != word && index >= 0 &&
           flags_at(p->source, (size_t)index).type == LFADS_FLAG_TRUTH;
}

/* Whether a boolean flag takes WORD for its value. */
static bool is_truth(const char *word)
{
    static const struct lfads_flag any = {
        .size = sizeof any, .name = "any", .type = LFADS_FLAG_TRUTH};
    char value[sizeof "false"];

    return lfads_flag_read(value, sizeof value, &any, word, NULL) == LFADS_OK;
}

static enum lfads_status parse_words(struct parsing *p, int argc, char **argv)
{
    enum lfads_status status = LFADS_OK;
    int used;

    for (int i = 0; i < argc && status == LFADS_OK; i += used) {
        if (p->take && strcmp(argv[i], "--") == 0) {
            while (++i < argc && status == LFADS_OK)
                status = p->take(p->target->payload, argv[i], p->err);
            break;
        }
        if (i > 0 && *argv[i] != '-' && is_boolean(p, argv[i - 1]) &&
            (!p->take || is_truth(argv[i])))
            return cli_fail(
                p->err, LFADS_USAGE,
                "\"%s\" is no flag: a boolean's value is true or false, or comes after =, %s=%s",
                argv[i], argv[i - 1], argv[i]);
        status = parse_word(p, argc - i, argv + i, &used);
    }
    return status;
}

/* The value of --undefok, which may come after the flags that it lets pass; "" without it. */
static const char *find_undefok(int argc, char **argv)
{
    static const char flag[] = "undefok=";

    for (int i = 0; i < argc; i++) {
        const char *body = argv[i] + strspn(argv[i], "-");

        if (body != argv[i] && strncmp(body, flag, sizeof flag - 1) == 0)
            return body + sizeof flag - 1;
    }
    return "";
}

enum lfads_status parse_flags(int argc, char **argv, const struct flag_source *source,
                              const struct parse_target *target, struct lfads_error *err)
{
    struct parsing p = {.source = source,
                        .target = target,
                        .take = target->take,
                        .undefok = find_undefok(argc, argv),
                        .err = err};

    if (target->ignored)
        *target->ignored->names = 0;
    return parse_words(&p, argc, argv);
}
