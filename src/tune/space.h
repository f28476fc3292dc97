/* space.h - the values that a tuning searches: which flags, from where to where, how they change
 * (tuning.md, "The space").
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_SPACE_H
#define LFADS_TUNE_SPACE_H
#include "config/config.h"
#include "tune/rules.h"

enum { SPACE_VALUES = 32 };

struct space_value {
    char name[64]; /* of a flag; or dropout_rate, which stands for 1 - keep_prob */
    size_t flag;   /* its number in config_table */
    double low, high;
    double first;  /* of all members; NaN: drawn for each */
    double weight; /* how far it changes */
    bool log;      /* is drawn uniformly in its logarithm */
    bool limits;   /* later values, too, lie from low to high */
};

struct space {
    struct space_value value[SPACE_VALUES];
    size_t count;
};

/* Sets SPACE to the built-in one of that name, or to what the file NAME says. Fails for anything
 * that is not the name of a numeric flag with a range, an error names the file's line. ANY: flags
 * that shape the model are allowed. */
enum lfads_status space_read(struct space *space, const char *name, bool any,
                             struct lfads_error *err);
/* Whether NAME is a built-in space, which is made for costs that are means. */
bool space_is_built_in(const char *name);
/* Sets *TEXT, which the caller frees, to lines that space_read reads. */
enum lfads_status space_text(char **text, const struct space *space, struct lfads_error *err);
/* Removes value number I. */
void space_remove(struct space *space, size_t i);

/* Sets VALUES [count] to first values of a member. */
void space_draw(double *values, const struct space *space, struct stream *stream);
/* Changes VALUES [count], by --explore=log or linear. */
void space_explore(double *values, const struct space *space, bool log, struct stream *stream);
/* Sets the flags of CONFIG. */
enum lfads_status space_apply(struct lfads_config *config, const struct space *space,
                              const double *values, struct lfads_error *err);
#endif
