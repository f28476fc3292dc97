/* session_keys.h - what a data file has besides the data sets that are read: arrays of each trial,
 * which go along into the results, and keys that nothing uses (files.md, "Other keys").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_KEYS_H
#define LFADS_DATA_SESSION_KEYS_H
#include "h5/h5.h"

struct session_keys {
    struct h5_texts all; /* the file's, as h5_keys gives them */
    bool *used;          /* [all.count] */
    const char **note;   /* [all.count]: why it is not used, in brackets, or NULL */
    const char **meant;  /* [all.count]: what is likely meant behind the set's name, or NULL */
};

/* Names of data sets, which lie in session_keys. */
struct key_list {
    const char **name; /* [count] */
    size_t count;
};

enum { UNUSED_TEXT = 400 };

/* Reads the names at the file's root. session_keys_free frees KEYS, after a failure too. */
enum lfads_status session_keys_read(struct session_keys *keys, const struct h5_file *file,
                                    struct lfads_error *err);
void session_keys_free(struct session_keys *keys);
/* Notes that NAME, if it is there, is not used, and WHY, such as " (a group)". */
void session_keys_note(struct session_keys *keys, const char *name, const char *why);
/* Sets LIST to the arrays of each of TRIALS trials whose names begin with SET ("train", "valid")
 * and
 * _, which this program does not read itself and can copy. The caller frees LIST's name. */
enum lfads_status session_keys_take(struct key_list *list, struct session_keys *keys,
                                    const struct h5_file *file, const char *set, size_t trials,
                                    struct lfads_error *err);
/* The axis of SHAPE that is one of trials: 0, or 1 of a vector that MATLAB wrote; H5_MOST_RANK:
 * none.
 */
size_t session_keys_axis(const struct h5_shape *shape, size_t trials);
/* Notes the arrays that are to have an entry for each of CHANNELS channels, and have not. */
void session_keys_check_units(struct session_keys *keys, const struct h5_file *file,
                              size_t channels);
/* The same for the labels of the TRIALS trials of SET. */
void session_keys_check_trials(struct session_keys *keys, const struct h5_file *file,
                               const char *set, size_t trials);
/* Sets TEXT to the names that nothing uses, and, of a training, to those that are copied into
 * results and read like a key that is used; "": there are none. */
void session_keys_unused(char text[UNUSED_TEXT], const struct session_keys *keys, bool training);
/* Fails because the file has no data set NAME; says what it has, in its groups too. */
enum lfads_status session_keys_missing(const struct h5_file *file, const char *name,
                                       struct lfads_error *err);
#endif
