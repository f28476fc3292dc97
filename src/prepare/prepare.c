/* prepare.c - prepares recordings: reads, plans, writes, reports.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prepare/checks.h"
#include "prepare/prepared_file.h"
#include "prepare/read.h"
#include "prepare/summary.h"

/* Reads the recording at PATH and the table of its trials. */
static enum lfads_status read_recording(struct raw *raw, const char *path,
                                        const struct lfads_prepare_config *config,
                                        struct lfads_error *err)
{
    struct variables *files = calloc(2, sizeof *files);
    bool named;
    enum lfads_status status;

    if (!files)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    named = *config->trials && strcmp(config->trials, "none") != 0;
    files[0].table = named && !file_exists(config->trials) ? config->trials : NULL;
    status = read_file(&files[0], path, err);
    if (status == LFADS_OK && named && !(files[0].table && files[0].has_table))
        status = read_file(&files[1], config->trials, err);
    if (status == LFADS_OK)
        status = raw_create(raw, &files[0], &files[1], config, err);
    raw->path = path;
    variables_free(&files[0]);
    variables_free(&files[1]);
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
    struct plan plan = {.count = 0};
    struct tally tally = {.unit = NULL};
    char output[FILE_PATH];
    enum lfads_status status = name_output(output, path, several, config, err);

    if (status == LFADS_OK)
        status = read_recording(&raw, path, config, err);
    if (status == LFADS_OK)
        status = plan_create(&plan, &raw, config, err);
    if (status == LFADS_OK)
        status = prepared_file_write(&tally, output, &raw, &plan, callbacks, err);
    if (status == LFADS_OK)
        summary_report(output, &raw, &plan, &tally, callbacks);
    if (status == LFADS_OK)
        checks_warn(&raw, &plan, &tally, callbacks);
    tally_free(&tally);
    plan_free(&plan);
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
