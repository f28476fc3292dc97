/* settings_file.c - a tuning's flags in a file, from which the same command goes on.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tune/settings.h"

/* Whether the results depend on the flag: not on flags of the run, except two. */
static bool is_kept(const struct flag *flag)
{
    return flag->group != FLAG_RUN || strcmp(flag->name, "seed") == 0 ||
           strcmp(flag->name, "checkpoint_name") == 0;
}

/* Whether the flag only says how long tuning goes on. */
static bool is_free(const struct flag *flag)
{
    return strcmp(flag->name, "generations") == 0 || strcmp(flag->name, "final_epochs") == 0 ||
           strncmp(flag->name, "stop_", 5) == 0;
}

static enum lfads_status write_flags(FILE *out, const void *record, const struct flag_table *table,
                                     struct lfads_error *err)
{
    for (size_t i = 0; i < table->count; i++) {
        char text[4096];
        size_t length;

        if (!is_kept(&table->flags[i]))
            continue;
        flag_text(text, sizeof text, record, &table->flags[i]);
        length = strlen(text);
        if (strchr(text, '\n') || (length && strchr(" \t\r\v\f", text[length - 1])))
            return lfads_fail(err, LFADS_USAGE,
                              "--%s=%s has a line break, or ends with a blank: tune can't keep it",
                              table->flags[i].name, text);
        fprintf(out, "--%s=%s\n", table->flags[i].name, text);
    }
    return LFADS_OK;
}

enum lfads_status settings_write(const char *path, const struct lfads_tune_config *tune,
                                 const struct lfads_config *config, struct lfads_error *err)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    enum lfads_status status;

    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    status = write_flags(out, tune, tune_config_table(), err);
    if (status == LFADS_OK)
        status = write_flags(out, config, config_table(), err);
    return file_write_stream(path, out, &text, status, err);
}

/* A record and its table. */
struct side {
    void *record;
    const void *saved;
    bool *given;
    const struct flag_table *table;
};

/* Takes flag number I from the saved record, or fails if a given value contradicts it. */
static enum lfads_status merge_flag(const struct side *side, size_t i, const char *path,
                                    struct lfads_error *err)
{
    const struct flag *flag = &side->table->flags[i];
    char ours[4096], theirs[4096];
    bool given = side->given[i];

    if (!is_kept(flag))
        return LFADS_OK;
    flag_text(ours, sizeof ours, side->record, flag);
    flag_text(theirs, sizeof theirs, side->saved, flag);
    if (flag->group == FLAG_SEARCH && strcmp(ours, "auto") == 0)
        given = false;
    if (strcmp(flag->name, "seed") == 0 && strcmp(ours, "-1") == 0)
        given = false;
    if (given && !is_free(flag) && strcmp(ours, theirs) != 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--%s=%.300s contradicts %.300s, which has --%s=%.300s: leave the flag "
                          "out, or choose another --lfads_save_dir",
                          flag->name, ours, path, flag->name, theirs);
    if (given)
        return LFADS_OK;
    side->given[i] = true;
    return flag_set(side->record, side->table, i,
                    flag_value(theirs, sizeof theirs, side->saved, flag), err);
}

/* Sets the flag of LINE, as write_flags wrote it. */
static enum lfads_status read_flag(struct lfads_tune_config *tune, struct lfads_config *config,
                                   char *line, struct lfads_error *err)
{
    char *name = line + 2, *value = strchr(line, '=');

    if (strncmp(line, "--", 2) != 0 || !value)
        return lfads_fail(err, LFADS_USAGE, "\"%s\" is no flag, as --name=value", line);
    *value++ = 0;
    return flag_find(tune_config_table(), name) >= 0 ? lfads_tune_config_set(tune, name, value, err)
                                                     : lfads_config_set(config, name, value, err);
}

/* Sets the flags that the file PATH has, a line each. */
static enum lfads_status read_flags(struct lfads_tune_config *tune, struct lfads_config *config,
                                    const char *path, struct lfads_error *err)
{
    char *text, *rest;
    struct lfads_error what = {.text = ""};
    enum lfads_status status = file_read_text(&text, path, err);

    if (status != LFADS_OK)
        return status;
    rest = text;
    for (char *line; status == LFADS_OK && (line = strsep(&rest, "\r\n"));)
        if (*line && *line != '#')
            status = read_flag(tune, config, line, &what);
    free(text);
    return status == LFADS_OK ? status : lfads_fail(err, status, "in %.200s: %s", path, what.text);
}

enum lfads_status settings_merge(struct lfads_tune_config *tune, struct lfads_config *config,
                                 const char *path, struct lfads_error *err)
{
    struct lfads_tune_config *saved_tune;
    struct lfads_config *saved = NULL;
    enum lfads_status status = lfads_tune_config_create(&saved_tune, err);

    if (status == LFADS_OK)
        status = lfads_config_create(&saved, err);
    if (status == LFADS_OK)
        status = read_flags(saved_tune, saved, path, err);
    if (status == LFADS_OK) {
        const struct side sides[] = {{tune, saved_tune, tune->given, tune_config_table()},
                                     {config, saved, config->given, config_table()}};

        for (size_t s = 0; s < 2; s++)
            for (size_t i = 0; i < sides[s].table->count && status == LFADS_OK; i++)
                status = merge_flag(&sides[s], i, path, err);
        tune_data_given(config);
    }
    lfads_tune_config_free(saved_tune);
    lfads_config_free(saved);
    return status;
}
