/* dataset.c - finds and reads the files of a data set.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/dataset.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* The names of the directory's files that start with the stem, in byte order. */
struct listing {
    char **names;
    size_t count;
};

static void listing_release(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->names[i]);
    free(listing->names);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_name(struct listing *listing, const char *name)
{
    char **names = realloc(listing->names, (listing->count + 1) * sizeof *names);

    if (!names)
        return false;
    listing->names = names;
    names[listing->count] = strdup(name);
    return names[listing->count] && ++listing->count;
}

static enum lfads_status list_files(struct listing *listing, const char *directory,
                                    const char *stem, struct lfads_error *err)
{
    DIR *dir = opendir(directory);
    bool fine = true;

    if (!dir)
        return lfads_fail(err, errno == ENOMEM ? LFADS_NO_MEMORY : LFADS_BAD_DATA,
                          "can't read --data_dir=%s: %s", directory, strerror(errno));
    for (const struct dirent *entry; fine && (entry = readdir(dir));)
        if (entry->d_name[0] != '.' && strncmp(entry->d_name, stem, strlen(stem)) == 0)
            fine = add_name(listing, entry->d_name);
    closedir(dir);
    if (!fine)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to list %s", directory);
    if (listing->count == 0)
        return lfads_fail(err, LFADS_BAD_DATA,
                          "there is no file in --data_dir=%s whose name starts with "
                          "--data_filename_stem=%s",
                          directory, stem);
    qsort(listing->names, listing->count, sizeof *listing->names, compare);
    return LFADS_OK;
}

static enum lfads_status open_sessions(struct dataset *dataset, const struct listing *listing,
                                       const char *directory, const char *stem,
                                       const struct session_wants *wants, struct lfads_error *err)
{
    size_t skip = strlen(stem) + 1, used = 0;

    for (size_t i = 0; i < listing->count; i++) {
        char path[FILE_PATH];
        enum lfads_status status = file_join(path, directory, listing->names[i], err);
        struct session_wants remaining = *wants;
        struct session *session;

        remaining.limits.memory -= used < remaining.limits.memory ? used : remaining.limits.memory;
        if (status == LFADS_OK && strlen(listing->names[i]) <= skip)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s has no session's name after --data_filename_stem=%s and one "
                                "character: rename it or choose another stem",
                                path, stem);
        if (status == LFADS_OK)
            status = session_open(&dataset->sessions[i], path, listing->names[i] + skip, &remaining,
                                  err);
        if (status != LFADS_OK)
            return status;
        dataset->count++;
        session = dataset->sessions[i];
        used += session_memory(session);
        if (i > 0 && session->bins != dataset->bins)
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s has %zu bins a trial, but session %s has %zu: all sessions must "
                              "have the same",
                              path, session->bins, dataset->sessions[0]->name, dataset->bins);
        if (i > 0 && (session->has_encoded != dataset->sessions[0]->has_encoded ||
                      session->encoded_bins != dataset->sessions[0]->encoded_bins))
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s and session %s have arrays for the encoders of different length, "
                              "or one has none: all sessions must have the same",
                              path, dataset->sessions[0]->name);
        dataset->bins = session->bins;
    }
    return LFADS_OK;
}

enum lfads_status dataset_open(struct dataset **out, const char *directory, const char *stem,
                               const struct session_wants *wants, struct lfads_error *err)
{
    struct listing listing = {NULL, 0};
    struct dataset *dataset = calloc(1, sizeof *dataset);
    enum lfads_status status = LFADS_OK;

    *out = NULL;
    if (!dataset)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
    status = list_files(&listing, directory, stem, err);
    if (status == LFADS_OK) {
        dataset->sessions = calloc(listing.count, sizeof(struct session *));
        status = dataset->sessions ? open_sessions(dataset, &listing, directory, stem, wants, err)
                                   : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a data set");
    }
    listing_release(&listing);
    if (status != LFADS_OK) {
        dataset_close(dataset);
        return status;
    }
    *out = dataset;
    return LFADS_OK;
}

void dataset_close(struct dataset *dataset)
{
    if (!dataset)
        return;
    for (size_t i = 0; i < dataset->count; i++)
        session_close(dataset->sessions[i]);
    free(dataset->sessions);
    free(dataset);
}

int dataset_find(const struct dataset *dataset, const char *name)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (strcmp(dataset->sessions[i]->name, name) == 0)
            return (int)i;
    return -1;
}
