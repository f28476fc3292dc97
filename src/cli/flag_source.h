/* flag_source.h - the flags of a command, as data: sets of the library's, or the program's own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_FLAG_SOURCE_H
#define LFADS_CLI_FLAG_SOURCE_H
#include <lfads/lfads.h>

/* A flag of the program's own: a field of a record, which is a char *, bool, int64_t or double. */
struct own_flag {
    struct lfads_flag is;
    size_t offset; /* of the field */
};

/* A command's flags, in their order: those of the sets, one set after the other, then its own. */
struct flag_source {
    enum lfads_flags_of sets[2];
    size_t n_sets;
    const struct own_flag *own; /* [n_own] */
    size_t n_own;
};

/* The flags of a run, which train and the commands on a trained model share. */
extern const struct flag_source run_flags;

size_t flags_count(const struct flag_source *source);
/* Returns flag number INDEX, which is below the count. */
struct lfads_flag flags_at(const struct flag_source *source, size_t index);
/* Sets *OF to the set that flag number INDEX belongs to; false for one of the program's own, which
 * is number *OWN of them. */
bool flags_of(enum lfads_flags_of *of, size_t *own, const struct flag_source *source, size_t index);
/* Returns the index of flag NAME; -1 if there is none. */
int flags_find(const struct flag_source *source, const char *name);
/* Returns the name that is most similar to NAME, which the library owns; NULL if none is similar.
 */
const char *flags_nearest(const struct flag_source *source, const char *name);
#endif
