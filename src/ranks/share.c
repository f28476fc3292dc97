/* share.c - gives all processes the flags of process 0.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "config/tune_config.h"
#include "ranks/ranks.h"

enum { NUMBER = 64 }; /* longest text of a number, in bytes */

/* Replaces *TEXT of process 0 by a copy of it in all processes; the caller frees it. */
static enum lfads_status share_text(char **text, struct lfads_ranks *ranks, struct lfads_error *err)
{
    uint64_t bytes = *text ? strlen(*text) + 1 : 0;
    char *copy;
    enum lfads_status status = ranks->broadcast(ranks, &bytes, sizeof bytes, 0, err);

    if (status != LFADS_OK)
        return status;
    copy = malloc((size_t)bytes);
    if (copy && *text && ranks->number == 0)
        memcpy(copy, *text, (size_t)bytes);
    status = ranks_agree(ranks,
                         copy && *text
                             ? LFADS_OK
                             : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a configuration"),
                         NULL, err);
    if (status == LFADS_OK)
        status = ranks->broadcast(ranks, copy, (size_t)bytes, 0, err);
    free(*text);
    *text = copy;
    return status;
}

/* Gives flag number INDEX of RECORD the value of process 0. */
static enum lfads_status share_flag(void *record, const struct flag_table *table, size_t index,
                                    struct lfads_ranks *ranks, struct lfads_error *err)
{
    const struct flag *flag = &table->flags[index];
    char number[NUMBER], *text = strdup(flag_value(number, sizeof number, record, flag));
    enum lfads_status status = share_text(&text, ranks, err);

    if (status == LFADS_OK && ranks->number != 0)
        status = flag_set(record, table, index, text, err);
    free(text);
    return status;
}

/* GIVEN: which flags of TABLE were given. */
static enum lfads_status share(void *record, const struct flag_table *table, bool *given,
                               struct lfads_ranks *ranks, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < table->count && status == LFADS_OK; i++)
        status = share_flag(record, table, i, ranks, err);
    if (status == LFADS_OK)
        status = ranks->broadcast(ranks, given, table->count * sizeof *given, 0, err);
    return status;
}

enum lfads_status lfads_config_share(struct lfads_config *config, struct lfads_ranks *ranks,
                                     struct lfads_error *err)
{
    if (!config)
        return lfads_fail_null(err, "lfads_config_share", "config");
    config->ranks = ranks;
    return ranks ? share(config, config_table(), config->given, ranks, err) : LFADS_OK;
}

enum lfads_status lfads_tune_config_share(struct lfads_tune_config *tune, struct lfads_ranks *ranks,
                                          struct lfads_error *err)
{
    if (!tune)
        return lfads_fail_null(err, "lfads_tune_config_share", "tune");
    return ranks ? share(tune, tune_config_table(), tune->given, ranks, err) : LFADS_OK;
}
