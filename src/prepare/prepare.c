/* prepare.c - prepares recordings: reads, plans, writes, reports.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/progress.h"
#include "prepare/checks.h"
#include "prepare/idle_flags.h"
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

/* Makes the directory of OUTPUT, if it has one. */
static enum lfads_status make_directory(const char *output, struct lfads_error *err)
{
    char directory[FILE_PATH];
    const char *slash = strrchr(output, '/');

    if (!slash || slash == output)
        return LFADS_OK;
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - output), output);
    return file_make_directory(directory, err);
}

/* Fails if OUTPUT is one of the files to read, which it would replace. */
static enum lfads_status check_inputs(const char *output, const char *const *recordings,
                                      size_t count, const struct lfads_prepare_config *config,
                                      struct lfads_error *err)
{
    bool same = path_same(output, config->trials) || path_same(output, config->series);

    for (size_t i = 0; i < count; i++)
        same = same || path_same(output, recordings[i]);
    return same ? lfads_fail(err, LFADS_USAGE,
                             "--output=%s is one of the files to read, which it would replace: "
                             "name another",
                             output)
                : LFADS_OK;
}

/* Fails if two recordings would be written to one file, or over one that is read. */
static enum lfads_status check_outputs(const char *const *recordings, size_t count,
                                       const struct lfads_prepare_config *config,
                                       struct lfads_error *err)
{
    char one[FILE_PATH], other[FILE_PATH];
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        status = name_output(one, recordings[i], count > 1, config, err);
        if (status == LFADS_OK)
            status = check_inputs(one, recordings, count, config, err);
        for (size_t k = 0; k < i && status == LFADS_OK; k++) {
            status = name_output(other, recordings[k], count > 1, config, err);
            if (status == LFADS_OK && strcmp(one, other) == 0)
                status =
                    lfads_fail(err, LFADS_USAGE,
                               "%.300s and %.300s would both be written to %.300s: rename one, "
                               "or prepare them one by one",
                               recordings[k], recordings[i], one);
        }
    }
    return status;
}

/* One recording on its way through the steps. */
struct job {
    struct raw raw;
    struct plan plan;
    struct prepared_extras extras;
};

static enum lfads_status begin(struct job *job, const char *path,
                               const struct lfads_prepare_config *config, struct lfads_error *err)
{
    enum lfads_status status;

    *job = (struct job){.raw = {.path = path}};
    status = read_recording(&job->raw, job->extras.series, path, config, err);
    return status == LFADS_OK ? plan_create(&job->plan, &job->raw, config, err) : status;
}

static void end(struct job *job)
{
    plan_free(&job->plan);
    series_free(&job->extras.series[0]);
    series_free(&job->extras.series[1]);
    raw_free(&job->raw);
}

/* Prepares the recording at PATH. ALIGNED: its part of an alignment; NULL: none. */
static enum lfads_status prepare(const char *path, bool several, const struct aligned *aligned,
                                 size_t index, const struct lfads_prepare_config *config,
                                 const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct job job;
    struct tally tally = {.unit = NULL};
    char output[FILE_PATH];
    enum lfads_status status = name_output(output, path, several, config, err);

    if (status != LFADS_OK)
        return status;
    status = begin(&job, path, config, err);
    if (aligned->count > 0) {
        job.extras.alignment = &aligned->session[index];
        job.extras.factors = aligned->factors;
    }
    if (status == LFADS_OK)
        status = checks_refuse(&job.raw, &job.plan, err);
    if (status == LFADS_OK)
        status = make_directory(output, err);
    if (status == LFADS_OK)
        status =
            prepared_file_write(&tally, output, &job.raw, &job.plan, &job.extras, callbacks, err);
    if (status == LFADS_OK) {
        summary_report(output, &job.raw, &job.plan, &tally, callbacks);
        idle_flags_report(&job.raw, config, callbacks);
        checks_warn(&job.raw, &job.plan, &tally, callbacks);
    }
    tally_free(&tally);
    end(&job);
    return status;
}

/* Aligns the recordings: reads each once for its condition means; they are read again to be
 * written, so that one at a time is in memory. */
static enum lfads_status align(struct aligned *aligned, const char *const *recordings, size_t count,
                               const struct lfads_prepare_config *config, struct lfads_error *err)
{
    enum lfads_status status = aligned_create(aligned, count, (size_t)config->align_factors, err);

    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        struct job job;

        status = begin(&job, recordings[i], config, err);
        if (status == LFADS_OK)
            status = aligned_collect(aligned, i, &job.raw, &job.plan, err);
        end(&job);
    }
    return status == LFADS_OK ? aligned_fit(aligned, err) : status;
}

enum lfads_status lfads_prepare(const char *const *recordings, size_t count,
                                const struct lfads_prepare_config *config,
                                const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct aligned aligned = {.count = 0};
    struct prepare_used used = {.seed = false};
    struct lfads_prepare_config noting; /* its strings belong to CONFIG */
    struct lfads_callbacks own;
    enum lfads_status status;

    if (!recordings || !config)
        return lfads_fail_null(err, "lfads_prepare", recordings ? "config" : "recordings");
    if (count == 0)
        return lfads_fail(err, LFADS_USAGE, "there is no recording to prepare: name its file");
    for (size_t i = 0; i < count; i++)
        if (!recordings[i])
            return lfads_fail(err, LFADS_USAGE, "lfads_prepare: recording %zu is NULL", i);
    if (!*config->output)
        return lfads_fail(err, LFADS_USAGE,
                          "--output is needed: the data file to write, such as data/monkey_day1");
    if (config->align_factors > 0 && count < 2)
        return lfads_fail(err, LFADS_USAGE,
                          "--align_factors is for several recordings, and there is one");
    status = callbacks_take(&own, &callbacks, "lfads_prepare", err);
    if (status == LFADS_OK)
        status = check_outputs(recordings, count, config, err);
    noting = *config;
    noting.used = &used;
    if (status == LFADS_OK && config->align_factors > 0)
        status = align(&aligned, recordings, count, &noting, err);
    for (size_t i = 0; i < count && status == LFADS_OK; i++)
        status = prepare(recordings[i], count > 1, &aligned, i, &noting, callbacks, err);
    aligned_free(&aligned);
    return status;
}
