/* flag.h - a table of flags, from which parsing, help, files and tests are made.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_FLAG_H
#define LFADS_CONFIG_FLAG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum flag_type { FLAG_IS_STRING, FLAG_IS_BOOL, FLAG_IS_INT, FLAG_IS_FLOAT };

/* RUN flags say what to do now. The other groups describe the model and its training; the save
 * directory remembers them. SEARCH flags are those of tune alone. */
enum flag_group { FLAG_RUN, FLAG_MODEL, FLAG_TRAINING, FLAG_DATA, FLAG_SEARCH };

struct flag {
    const char *name;
    enum flag_type type;
    enum flag_group group;
    size_t offset;        /* of the value in the record: char *, bool, int64_t or double */
    const char *standard; /* the default, as text */
    const char *choices;  /* for a string: "a|b"; "": any text */
    double min, max;      /* for a number. Of a string, min 1: the default is for calls as the
                             original's, else there is none; max: most bytes, 0: 4095 */
    bool open_min;        /* a float must be greater than min, not equal to it */
    const char *help;
};

/* A table, whose flags are fields of one record. */
struct flag_table {
    const struct flag *flags;
    size_t count;
};

/* The index of NAME in the table, or -1. */
int flag_find(const struct flag_table *table, const char *name);
/* Returns the name in the table that is most similar to NAME; NULL if none is similar. */
const char *flag_nearest(const struct flag_table *table, const char *name);
/* Whether the default is the greatest integer, which stands for "all there are" and is written so.
 */
bool flag_takes_all(const struct flag *flag);

/* Sets every field of RECORD, which is zeroed, to its default. */
enum lfads_status flag_defaults(void *record, const struct flag_table *table,
                                struct lfads_error *err);
/* Sets flag number INDEX of RECORD from TEXT. On failure RECORD is unchanged and the error names
 * the flag, the value and the allowed range. */
enum lfads_status flag_set(void *record, const struct flag_table *table, size_t index,
                           const char *text, struct lfads_error *err);
/* Writes the value as text to TEXT of SIZE bytes; a number so that reading the text gives the same
 * number. */
void flag_text(char *text, size_t size, const void *record, const struct flag *flag);
/* Whether a boolean takes TEXT for its value. */
bool flag_is_truth(const char *text);
/* Returns the value as text: that of a string whole, RECORD's; others as flag_text writes them to
 * TEXT. */
const char *flag_value(char *text, size_t size, const void *record, const struct flag *flag);
/* The value of a flag that is a string. */
const char *flag_string(const void *record, const struct flag *flag);
/* Whether the values of FLAG are equal in both records. */
bool flag_equal(const void *a, const void *b, const struct flag *flag);
/* Whether the flag's field in RECORD has the value that holds without the flag. */
bool flag_is_standard(const void *record, const struct flag *flag);
/* Frees the strings of RECORD. */
void flag_release(void *record, const struct flag_table *table);
/* Writes the shortest decimal text that reads back as VALUE, in Python's form: 0.1, 1e-05, 2000.0.
 */
void flag_float_text(char *text, size_t size, double value);
/* Writes which values a flag takes, for messages and help: "an integer from 0 to 5". */
void flag_range(char *text, size_t size, const struct flag *flag);
#endif
