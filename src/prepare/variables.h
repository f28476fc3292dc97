/* variables.h - the named arrays of a file, whatever its format: what every reader makes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_VARIABLES_H
#define LFADS_PREPARE_VARIABLES_H
#include <stdbool.h>
#include <stddef.h>

#include "base/file.h"

enum { VARIABLE_AXES = 4 };

/* An array of numbers or of texts, or an array of lists of numbers. The last axis varies fastest.
 */
struct variable {
    char *name;
    size_t rank, dims[VARIABLE_AXES], count; /* COUNT: product of the dims */
    double *numbers; /* [count], or of lists as many as they have together; NULL: texts */
    char **texts;    /* [count]; NULL: numbers */
    size_t *ends;    /* [count]: list i ends before numbers[ends[i]]; NULL: no lists */
};

struct variables {
    char path[FILE_PATH]; /* of the file, for errors */
    struct variable *item;
    size_t count;
    char *skipped;   /* names of what was not read, and why; NULL: none */
    double rate;     /* samples a second that the file states for times in samples; 0: none */
    bool in_seconds; /* the format states that times are in seconds */
    bool from_one;   /* the first row of a table is 1, as in MATLAB */
    const char
        *table; /* the table of trials to read where a format has several; NULL: its usual one */
    const char *series[2]; /* names of series to read, with commas, in formats that have many */
    bool has_table;        /* that table was read */
};

void variables_free(struct variables *variables);
/* Sets *OUT to COUNT+1 zeroed items of SIZE bytes, which the caller frees; fails, naming PATH, if
 * memory for them can't be had. */
enum lfads_status variables_allocate(void *out, size_t count, size_t size, const char *path,
                                     struct lfads_error *err);
/* Adds an empty array NAME of these axes. *OUT is valid until the next one is added. */
enum lfads_status variables_add(struct variable **out, struct variables *variables,
                                const char *name, size_t rank, const size_t *dims,
                                struct lfads_error *err);
/* Adds [COUNT] numbers, which VARIABLES then owns; on failure they are freed. */
enum lfads_status variables_add_numbers(struct variables *variables, const char *name,
                                        double *numbers, size_t count, struct lfads_error *err);
/* Adds [COUNT] texts, each ended by NUL, that lie one after the other in BYTES of PACKED; fails if
 * there are fewer. */
enum lfads_status variables_add_texts(struct variables *variables, const char *name,
                                      const char *packed, size_t bytes, size_t rank,
                                      const size_t *dims, struct lfads_error *err);
/* Removes array I; those behind it move. */
void variables_remove(struct variables *variables, size_t i);
/* Notes that NAME was not read, because it WHY ("holds Python objects"). */
enum lfads_status variables_skip(struct variables *variables, const char *name, const char *why,
                                 struct lfads_error *err);
/* Returns the array NAME; NULL if there is none. Upper and lower case are the same. */
struct variable *variables_find(const struct variables *variables, const char *name);
/* The same for the first of NAMES, words between blanks, that exists; else for the first that is
 * meant by the name of one array (names.h). */
struct variable *variables_find_any(const struct variables *variables, const char *names);
/* The same for arrays in groups or structures, whose names end in one of NAMES behind a / or a dot:
 * the first name that one array has. ALSO decides which arrays count; NULL: all. */
struct variable *variables_find_inside(const struct variables *variables, const char *names,
                                       bool (*also)(const struct variable *));
/* The last part of a name: what is behind its last / or dot. */
const char *variable_last_name(const struct variable *variable);
/* Fails with the sentence that WHAT ("times of spikes") is missing, with the names that there are
 * and REMEDY. */
enum lfads_status variables_missing(const struct variables *variables, const char *what,
                                    const char *remedy, struct lfads_error *err);
/* Turns an array whose first axis varies fastest into one whose last axis does; the axes keep their
 * order. */
enum lfads_status variable_from_columns(struct variable *variable, const char *path,
                                        struct lfads_error *err);
/* Removes axes of length 1, as long as one is left. */
void variable_squeeze(struct variable *variable);
/* Whether all finite numbers are whole. */
bool variable_is_whole(const struct variable *variable);
/* Writes entry I as text: a number in the shortest form that reads back. */
void variable_text(char *text, size_t size, const struct variable *variable, size_t i);
#endif
