/* flags_as_data.c - tells callers of the library of all flags, and reads values of flags of theirs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sized.h"
#include "config/config.h"
#include "config/prepare_config.h"
#include "config/synth_config.h"
#include "config/tune_config.h"

static const struct flag_table *table_of(enum lfads_flags_of of)
{
    switch (of) {
    case LFADS_FLAGS_RUN:
        return config_table();
    case LFADS_FLAGS_TUNE:
        return tune_config_table();
    case LFADS_FLAGS_SYNTH:
        return synth_config_table();
    case LFADS_FLAGS_PREPARE:
        return prepare_config_table();
    }
    return NULL;
}

size_t lfads_flags_count(enum lfads_flags_of of)
{
    const struct flag_table *table = table_of(of);

    return table ? table->count : 0;
}

enum lfads_status lfads_flags_get(struct lfads_flag *out, enum lfads_flags_of of, size_t index,
                                  struct lfads_error *err)
{
    static const char *const groups[] = {[FLAG_RUN] = "run",
                                         [FLAG_MODEL] = "model",
                                         [FLAG_TRAINING] = "training",
                                         [FLAG_DATA] = "data",
                                         [FLAG_SEARCH] = "search"};
    static const enum lfads_flag_type types[] = {[FLAG_IS_STRING] = LFADS_FLAG_TEXT,
                                                 [FLAG_IS_BOOL] = LFADS_FLAG_TRUTH,
                                                 [FLAG_IS_INT] = LFADS_FLAG_INTEGER,
                                                 [FLAG_IS_FLOAT] = LFADS_FLAG_REAL};
    const struct flag_table *table = table_of(of);
    struct lfads_flag full = {.size = sizeof full};
    const struct flag *flag;

    if (!out)
        return lfads_fail_null(err, "lfads_flags_get", "out");
    if (!table || index >= table->count)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_flags_get: there is no flag number %zu, there "
                          "are %zu",
                          index, lfads_flags_count(of));
    flag = &table->flags[index];
    full.name = flag->name;
    full.type = types[flag->type];
    full.group = groups[flag->group];
    full.standard = flag->standard;
    full.choices = flag->type == FLAG_IS_STRING ? flag->choices : "";
    full.min = flag->type >= FLAG_IS_INT ? flag->min : 0;
    full.max = flag->type >= FLAG_IS_INT ? flag->max : 0;
    full.is_open = flag->type == FLAG_IS_FLOAT && flag->open_min;
    full.help = flag->help;
    full.takes_all = flag_takes_all(flag);
    full.is_of_original = flag->type == FLAG_IS_STRING && flag->min > 0;
    return sized_fill(out, &full, sizeof full, "lfads_flags_get", err);
}

/* Sets FLAG to what the library has for the caller's FROM, alone in its table. Its texts are
 * FROM's. */
static enum lfads_status take_flag(struct flag *flag, const struct lfads_flag *from,
                                   const char *call, struct lfads_error *err)
{
    static const enum flag_type types[] = {[LFADS_FLAG_TEXT] = FLAG_IS_STRING,
                                           [LFADS_FLAG_TRUTH] = FLAG_IS_BOOL,
                                           [LFADS_FLAG_INTEGER] = FLAG_IS_INT,
                                           [LFADS_FLAG_REAL] = FLAG_IS_FLOAT};
    struct lfads_flag full;
    enum lfads_status status;

    if (!from)
        return lfads_fail_null(err, call, "flag");
    status = sized_take(&full, from, sizeof full, call, err);
    if (status != LFADS_OK)
        return status;
    if (!full.name || (size_t)full.type >= sizeof types / sizeof types[0])
        return lfads_fail(err, LFADS_USAGE, "%s: the flag has no %s", call,
                          full.name ? "type of enum lfads_flag_type" : "name");
    *flag = (struct flag){.name = full.name,
                          .type = types[full.type],
                          .standard = full.standard ? full.standard : "",
                          .choices = full.choices ? full.choices : "",
                          .min = full.min,
                          .max = full.type == LFADS_FLAG_TEXT ? 0 : full.max,
                          .open_min = full.is_open};
    return LFADS_OK;
}

/* Copies TEXT to OUT. */
static enum lfads_status put_text(char *out, size_t size, const char *text, const char *call,
                                  struct lfads_error *err)
{
    if (strlen(text) >= size)
        return lfads_fail(err, LFADS_USAGE, "%s: %zu bytes have no room for %.60s", call, size,
                          text);
    memcpy(out, text, strlen(text) + 1);
    return LFADS_OK;
}

enum lfads_status lfads_flag_read(char *value, size_t size, const struct lfads_flag *flag,
                                  const char *text, struct lfads_error *err)
{
    union {
        char *text;
        bool truth;
        int64_t integer;
        double real;
    } record = {.integer = 0};
    struct flag taken;
    const struct flag_table table = {&taken, 1};
    char number[64];
    enum lfads_status status;

    if (!value || !text)
        return lfads_fail_null(err, "lfads_flag_read", value ? "text" : "value");
    status = take_flag(&taken, flag, "lfads_flag_read", err);
    if (status != LFADS_OK)
        return status;
    if (taken.type == FLAG_IS_STRING)
        record.text = NULL;
    status = flag_set(&record, &table, 0, text, err);
    if (status == LFADS_OK)
        status = put_text(value, size, flag_value(number, sizeof number, &record, &taken),
                          "lfads_flag_read", err);
    flag_release(&record, &table);
    return status;
}

enum lfads_status lfads_flag_range(char *text, size_t size, const struct lfads_flag *flag,
                                   struct lfads_error *err)
{
    struct flag taken;
    char range[200];
    enum lfads_status status;

    if (!text)
        return lfads_fail_null(err, "lfads_flag_range", "text");
    status = take_flag(&taken, flag, "lfads_flag_range", err);
    if (status != LFADS_OK)
        return status;
    flag_range(range, sizeof range, &taken);
    return put_text(text, size, range, "lfads_flag_range", err);
}
