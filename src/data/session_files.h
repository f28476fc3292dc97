/* session_files.h - the files of a data set and the names of their sessions (files.md, "Names of
 * sessions").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_FILES_H
#define LFADS_DATA_SESSION_FILES_H
#include "base/file.h"
#include "config/session_shape.h"

struct h5_arrays;

struct session_file {
    char *path;
    const struct h5_arrays *arrays; /* in place of a file, for which path stands; or NULL */
    char *name;                     /* of the session */
    bool earlier;                   /* the name is that of earlier programs, which the model has */
    char *label; /* in the names of results: the session's name, or that and the file's */
};
struct session_files {
    struct session_file *file; /* [count] */
    size_t count;
};

/* The sessions of a trained model: a file that one of them is named after keeps that name. */
struct session_known {
    const struct session_shape *session; /* [count] */
    size_t count;
    const char *stem; /* of the model's data files; "": it was trained on files without one */
};

/* Lists all files of DIRECTORY whose names begin with STEM, in the byte order of their names;
 * directories, and names that begin with a dot, are passed over. Fails if there is none, if one has
 * no name after the stem, or if two sessions have one name. session_files_release frees FILES,
 * after a failure too. */
enum lfads_status session_files_find(struct session_files *files, const char *directory,
                                     const char *stem, const struct session_known *known,
                                     struct lfads_error *err);
/* Takes the files of LIST (config/file_list.h), in its order. Fails if one is missing or a
 * directory, or if two sessions have one name. */
enum lfads_status session_files_take(struct session_files *files, const char *list,
                                     const struct session_known *known, struct lfads_error *err);
/* Takes the sessions of DATA, which must outlive FILES, in its order; only session SESSION, unless
 * it is NULL. Fails if there is none. */
enum lfads_status session_files_of_arrays(struct session_files *files,
                                          const struct lfads_data *data, const char *session,
                                          struct lfads_error *err);
/* Returns what trainings have read of DATA, which owns it (array_datasets.h). */
struct array_datasets;
struct array_datasets *session_files_shared(const struct lfads_data *data);
/* Names the only file after session NAME of the model, for trials that are not those of its
 * training; its label tells them apart. */
enum lfads_status session_files_rename(struct session_files *files, const char *name,
                                       struct lfads_error *err);
void session_files_release(struct session_files *files);
#endif
