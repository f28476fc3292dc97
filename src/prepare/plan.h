/* plan.h - what is taken of a recording: windows in time, in which set each is, units.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PLAN_H
#define LFADS_PREPARE_PLAN_H
#include "prepare/raw.h"

enum { PLAN_REASONS = 8, PLAN_PAIRS = 5 };

/* A trial of the data file. */
struct plan_window {
    size_t trial;    /* row of the trial table; 0 if there is none */
    double origin;   /* time of the left edge of its first bin, in seconds, on the spikes' clock */
    size_t place;    /* of a chopped recording: its first bin on the axis of all its intervals */
    size_t from, to; /* bins from to to-1 were recorded, the others are missing */
    int64_t condition; /* 0 to conditions-1 */
    bool valid;        /* for validation */
};

/* What was left out, and why. */
struct plan_reason {
    size_t count;
    char text[120];
};

/* Two units, rows of their table, and the share of coincident spikes beyond chance. */
struct plan_pair {
    size_t unit[2];
    double share;
};

struct plan {
    size_t bins;         /* of a window */
    double width;        /* of a bin in seconds */
    size_t count, valid; /* windows; those for validation */
    struct plan_window *window;
    size_t overlap,
        total;    /* of a chopped recording: bins; bins of all intervals; total 0: it is not */
    bool missing; /* some window has bins that were not recorded */
    size_t conditions;
    char **condition_names; /* [conditions] */
    size_t units;
    size_t *unit;   /* [units]: rows of the table of units, in the order of the channels */
    size_t heldout; /* the last ones, which are held out */
    size_t pairs;   /* that fire together beyond chance, and are kept; the first of them */
    struct plan_pair pair[PLAN_PAIRS];
    size_t trial_reasons, unit_reasons;
    struct plan_reason trial_reason[PLAN_REASONS], unit_reason[PLAN_REASONS];
};

/* Sets PLAN up: windows, conditions, sets, units, in this order. plan_free frees it, after a
 * failure too. */
enum lfads_status plan_create(struct plan *plan, const struct raw *raw,
                              const struct lfads_prepare_config *config, struct lfads_error *err);
void plan_free(struct plan *plan);

/* The steps. */
enum lfads_status plan_windows(struct plan *plan, const struct raw *raw,
                               const struct lfads_prepare_config *config, struct lfads_error *err);
/* Cuts the bins of each window that were not recorded, and leaves out windows without others. */
enum lfads_status plan_recorded(struct plan *plan, const struct raw *raw, struct lfads_error *err);
/* Cuts what was recorded into windows that overlap. */
enum lfads_status plan_chop(struct plan *plan, const struct raw *raw,
                            const struct lfads_prepare_config *config, struct lfads_error *err);
enum lfads_status plan_conditions(struct plan *plan, const struct raw *raw,
                                  const struct lfads_prepare_config *config,
                                  struct lfads_error *err);
enum lfads_status plan_split(struct plan *plan, const struct raw *raw,
                             const struct lfads_prepare_config *config, struct lfads_error *err);
enum lfads_status plan_units(struct plan *plan, const struct raw *raw,
                             const struct lfads_prepare_config *config, struct lfads_error *err);
/* Looks among the units with CHOSEN [units of the recording] for pairs that fire together beyond
 * chance; notes them or clears CHOSEN, as the flags say. */
enum lfads_status plan_crosstalk(struct plan *plan, bool *chosen, const struct raw *raw,
                                 const struct lfads_prepare_config *config,
                                 struct lfads_error *err);
/* Moves the units that are held out behind the others. */
enum lfads_status plan_hold_out(struct plan *plan, const struct raw *raw,
                                const struct lfads_prepare_config *config, struct lfads_error *err);
/* Notes that COUNT trials or units are left out; none if COUNT is 0. */
void plan_note(struct plan_reason *reasons, size_t *used, size_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#endif
