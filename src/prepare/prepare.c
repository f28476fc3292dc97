/* prepare.c - prepares recordings: reads, plans, writes, reports.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/checks.h"
#include "prepare/prepared_file.h"
#include "prepare/read.h"
#include "prepare/summary.h"

static const char *text_or_null(const char *text) { return *text ? text : NULL; }

/* The recording, the table of trials, series. */
enum { RECORDING, TABLE, SERIES, FILES };

/* Reads what was measured beside the spikes, from a file of its own or from the recording. */
static enum lfads_status read_series(struct series_list lists[2], const struct raw *raw,
                                     struct variables files[FILES],
                                     const struct lfads_prepare_config *config,
                                     struct lfads_error *err)
{
    struct variables *from = &files[*config->series ? SERIES : RECORDING];
    enum lfads_status status = LFADS_OK;

    if (*config->series && (*config->behavior || *config->ext_input))
        status = read_file(from, config->series, err);
    if (status == LFADS_OK)
        status = series_create(&lists[0], from, config->behavior, "behavior", raw, config, err);
    return status == LFADS_OK
               ? series_create(&lists[1], from, config->ext_input, "ext_input", raw, config, err)
               : status;
}

/* Reads the recording at PATH, the table of its trials, and its series. */
static enum lfads_status read_recording(struct raw *raw, struct series_list lists[2],
                                        const char *path, const struct lfads_prepare_config *config,
                                        struct lfads_error *err)
{
    struct variables *files = calloc(FILES, sizeof *files);
    bool named = *config->trials && strcmp(config->trials, "none") != 0;
    enum lfads_status status;

    if (!files)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    files[RECORDING].table = named && !file_exists(config->trials) ? config->trials : NULL;
    files[RECORDING].series[0] = *config->series ? NULL : text_or_null(config->behavior);
    files[RECORDING].series[1] = *config->series ? NULL : text_or_null(config->ext_input);
    files[SERIES].series[0] = text_or_null(config->behavior);
    files[SERIES].series[1] = text_or_null(config->ext_input);
    status = read_file(&files[RECORDING], path, err);
    if (status == LFADS_OK && named && !(files[RECORDING].table && files[RECORDING].has_table))
        status = read_file(&files[TABLE], config->trials, err);
    if (status == LFADS_OK)
        status = raw_create(raw, &files[RECORDING], &files[TABLE], config, err);
    if (status == LFADS_OK)
        status = read_series(lists, raw, files, config, err);
    raw->path = path;
    for (size_t i = 0; i < FILES; i++)
        variables_free(&files[i]);
    free(files);
    return status;
}

/* The file of the recording at PATH: --output, or what it begins. */
static enum lfads_status name_output(char output[FILE_PATH], const char *path, bool several,
                                     const struct lfads_prepare_config *config,
                                     struct lfads_error *err)
{
    const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
    int length = (int)strcspn(name, "./");
    int needed = several ? snprintf(output, FILE_PATH, "%s_%.*s", config->output, length, name)
                         : snprintf(output, FILE_PATH, "%s", config->output);

    return needed < FILE_PATH ? LFADS_OK
                              : lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
}

static enum lfads_status prepare(const char *path, bool several,
                                 const struct lfads_prepare_config *config,
                                 const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct raw raw = {.path = path};
    struct series_list lists[2] = {{.count = 0}, {.count = 0}};
    struct plan plan = {.count = 0};
    struct tally tally = {.unit = NULL};
    char output[FILE_PATH];
    enum lfads_status status = name_output(output, path, several, config, err);

    if (status == LFADS_OK)
        status = read_recording(&raw, lists, path, config, err);
    if (status == LFADS_OK)
        status = plan_create(&plan, &raw, config, err);
    if (status == LFADS_OK)
        status = prepared_file_write(&tally, output, &raw, &plan, lists, callbacks, err);
    if (status == LFADS_OK)
        summary_report(output, &raw, &plan, &tally, callbacks);
    if (status == LFADS_OK)
        checks_warn(&raw, &plan, &tally, callbacks);
    tally_free(&tally);
    plan_free(&plan);
    series_free(&lists[0]);
    series_free(&lists[1]);
    raw_free(&raw);
    return status;
}

enum lfads_status lfads_prepare(const char *const *recordings, size_t count,
                                const struct lfads_prepare_config *config,
                                const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (!recordings || !config)
        return lfads_fail(err, LFADS_USAGE, "lfads_prepare: %s is NULL",
                          recordings ? "config" : "recordings");
    if (count == 0)
        return lfads_fail(err, LFADS_USAGE, "there is no recording to prepare: name its file");
    if (!*config->output)
        return lfads_fail(err, LFADS_USAGE,
                          "--output is needed: the data file to write, such as data/monkey_day1");
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        if (!recordings[i])
            return lfads_fail(err, LFADS_USAGE, "lfads_prepare: recording %zu is NULL", i);
        status = prepare(recordings[i], count > 1, config, callbacks, err);
    }
    return status;
}
