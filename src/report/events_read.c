/* events_read.c - reads event files record by record. A damaged record ends its file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/events_read.h"

#include <dirent.h>
#include <events.pb-c.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum {
    LENGTH = 8,
    CHECKSUM = 4,
    MOST_BYTES = 1 << 16, /* of a record of scalars: longer ones are pictures */
    MOST_VALUES = 1 << 22
};

static bool add_value(struct events_scalar *out, int64_t step, double value)
{
    size_t room = out->count + 1;

    if (out->count >= MOST_VALUES)
        return true;
    if ((room & out->count) == 0) { /* room grows at powers of two */
        int64_t *steps = realloc(out->step, 2 * room * sizeof *steps);
        double *values;

        if (!steps)
            return false;
        out->step = steps;
        values = realloc(out->value, 2 * room * sizeof *values);
        if (!values)
            return false;
        out->value = values;
    }
    out->step[out->count] = step;
    out->value[out->count++] = value;
    return true;
}

/* Adds the values of TAG in a record; false without memory. */
static bool add_record(struct events_scalar *out, const uint8_t *record, size_t length,
                       const char *tag)
{
    LfadsEvents__Event *event = lfads_events__event__unpack(NULL, length, record);
    bool fine = true;

    if (event && event->what_case == LFADS_EVENTS__EVENT__WHAT_SUMMARY)
        for (size_t i = 0; i < event->summary->n_value && fine; i++) {
            const LfadsEvents__Value *value = event->summary->value[i];

            if (value->content_case == LFADS_EVENTS__VALUE__CONTENT_SIMPLE_VALUE &&
                strcmp(value->tag, tag) == 0)
                fine = add_value(out, event->step, (double)value->simple_value);
        }
    if (event)
        lfads_events__event__free_unpacked(event, NULL);
    return fine;
}

/* Reads FILE to its end; false without memory. */
static bool read_records(struct events_scalar *out, FILE *file, uint8_t *record, const char *tag)
{
    uint8_t head[LENGTH + CHECKSUM];

    while (fread(head, 1, sizeof head, file) == sizeof head) {
        uint64_t length = 0;

        for (size_t i = LENGTH; i-- > 0;)
            length = length << 8 | head[i];
        if (length > MOST_BYTES) {
            if (length > INT32_MAX || fseek(file, (long)length + CHECKSUM, SEEK_CUR) != 0)
                return true;
            continue;
        }
        if (fread(record, 1, length + CHECKSUM, file) != length + CHECKSUM)
            return true;
        if (!add_record(out, record, length, tag))
            return false;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sets *NAMES to the event files of DIRECTORY, whose names sort by time. */
static bool list_files(char ***names, size_t *count, const char *directory)
{
    DIR *dir = opendir(directory);
    bool fine = true;

    *names = NULL;
    *count = 0;
    for (const struct dirent *entry; dir && fine && (entry = readdir(dir));) {
        char **grown;

        if (strncmp(entry->d_name, "events.out.tfevents.", 20) != 0)
            continue;
        grown = realloc(*names, (*count + 1) * sizeof **names);
        *names = grown ? grown : *names;
        fine = grown && (grown[*count] = strdup(entry->d_name));
        *count += fine;
    }
    if (dir)
        closedir(dir);
    if (*names)
        qsort(*names, *count, sizeof **names, compare);
    return fine;
}

/* Of equal steps keeps the last; a run that continued wrote steps again. */
static void sort_steps(struct events_scalar *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        int64_t step = s->step[i];
        double value = s->value[i];

        while (kept > 0 && s->step[kept - 1] >= step)
            kept--;
        s->step[kept] = step;
        s->value[kept++] = value;
    }
    s->count = kept;
}

enum lfads_status events_read(struct events_scalar *out, const char *directory, const char *tag,
                              struct lfads_error *err)
{
    char **names;
    size_t count;
    uint8_t *record = malloc(MOST_BYTES + CHECKSUM);
    bool fine;

    *out = (struct events_scalar){.count = 0};
    fine = list_files(&names, &count, directory) && record;
    for (size_t i = 0; names && i < count; i++) {
        char path[FILE_PATH];
        FILE *file =
            file_join(path, directory, names[i], NULL) == LFADS_OK ? file_open(path) : NULL;

        if (file) {
            fine = fine && read_records(out, file, record, tag);
            fclose(file);
        }
        free(names[i]);
    }
    free(names);
    free(record);
    if (!fine)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", directory);
    sort_steps(out);
    return LFADS_OK;
}

void events_scalar_free(struct events_scalar *scalar)
{
    free(scalar->step);
    free(scalar->value);
    *scalar = (struct events_scalar){.count = 0};
}
