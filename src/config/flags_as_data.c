/* flags_as_data.c - tells callers of the library of all flags: lfads_flags_get of the public
 * header. SPDX-License-Identifier: Apache-2.0 */
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
    return sized_fill(out, &full, sizeof full, "lfads_flags_get", err);
}
