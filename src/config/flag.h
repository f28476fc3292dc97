/* flag.h - a table of flags: what parsing, help, files and tests know of each.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_FLAG_H
#define LFADS_CONFIG_FLAG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum flag_type { FLAG_IS_STRING, FLAG_IS_BOOL, FLAG_IS_INT, FLAG_IS_FLOAT };

/* Where a flag belongs: RUN flags say what to do now, the others describe the model and how it is
 * trained and are remembered by its save directory. */
enum flag_group { FLAG_RUN, FLAG_MODEL, FLAG_TRAINING, FLAG_DATA };

struct flag {
    const char *name;
    enum flag_type type;
    enum flag_group group;
    size_t offset;        /* of its value in the record: char *, bool, int64_t or double */
    const char *standard; /* the default, as text */
    const char *choices;  /* of a string: "a|b", or "" for any text */
    double least, most;   /* of a number */
    bool open_least;      /* a float must be greater than least, not equal */
    const char *help;
};

/* A table and the record its flags are fields of. */
struct flag_table {
    const struct flag *flags;
    size_t count;
};

/* The index of NAME in the table, or -1. */
int flag_find(const struct flag_table *table, const char *name);
/* The table's name nearest to NAME, or NULL where none is near. */
const char *flag_nearest(const struct flag_table *table, const char *name);
/* Whether its default is the greatest integer, which stands for all there are and is written so. */
bool flag_takes_all(const struct flag *flag);

/* Sets every field of RECORD (zeroed before) to its default. */
enum lfads_status flag_defaults(void *record, const struct flag_table *table,
                                struct lfads_error *err);
/* Sets flag number INDEX of RECORD from TEXT. The error names flag, value and what is allowed; the
 * record is then unchanged. */
enum lfads_status flag_set(void *record, const struct flag_table *table, size_t index,
                           const char *text, struct lfads_error *err);
/* Writes the value as text into TEXT of SIZE; numbers so that they read back the same. */
void flag_text(char *text, size_t size, const void *record, const struct flag *flag);
/* Whether the values of FLAG are equal in both records. */
bool flag_equal(const void *a, const void *b, const struct flag *flag);
/* Frees the strings of RECORD. */
void flag_release(void *record, const struct flag_table *table);
/* The shortest decimal text that reads back as VALUE, in Python's form: 0.1, 1e-05, 2000.0. */
void flag_float_text(char *text, size_t size, double value);
/* What a flag takes, for messages and help: "an integer from 0 to 5". */
void flag_range(char *text, size_t size, const struct flag *flag);
#endif
