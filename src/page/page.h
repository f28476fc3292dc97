/* page.h - what a report is made of, and its parts in the order of the page.
 *
 * A part writes HTML to page->out and leaves itself out if the files lack what it shows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PAGE_PAGE_H
#define LFADS_PAGE_PAGE_H
#include <stdio.h>

#include "base/file.h"
#include "config/config.h"
#include "config/hyperparams.h"
#include "infer/arrays.h"
#include "infer/evaluation.h"
#include "infer/labels.h"
#include "infer/unit_names.h"
#include "page/costs_table.h"
#include "report/events_read.h"

enum { PAGE_HUES = 24, PAGE_ABOUT_UNIT = 100 };

/* A session: its results, data and scores. E trials, T bins, N channels. */
struct page_session {
    const char *name, *set, *data_file, *run_file; /* set: "train" or "valid" */
    struct lfads_evaluation what;
    struct evaluation s;
    struct lfads_score score;
    struct lfads_baselines baselines; /* empty without training trials */
    struct labels labels;
    const size_t *condition; /* [E]: below labels.count; NULL: the file names none */
    double bin_s;            /* width of a bin in seconds; 0: unknown */
    double psth_sd;          /* bins: of the Gaussian that smooths PSTHs in pictures */
    struct array factors;    /* [E,T,F] */
    struct array states;     /* initial conditions: posterior means of g0 [E,D] or gen_ics [E,G] */
    bool states_are_g0;
    struct array inputs;      /* inferred inputs [E,T,U]; values NULL: none */
    struct array true_inputs; /* the data file's [E,T,V], likewise */
    struct array spread;      /* standard deviation of the rates over samples [E,T,N], likewise */
    double kl;                /* nats a trial, of the initial conditions; NaN: not known */
    double step;              /* updates of the checkpoint that the results are of */
    size_t *trial, trials;    /* shown trials */
    size_t *unit, units;      /* shown channels */
};

struct page {
    const struct lfads_report_request *what;
    const struct lfads_callbacks *callbacks;
    struct lfads_error *err;
    FILE *out;
    char hyperparams_file[FILE_PATH];
    char *hyperparams; /* JSON text */
    struct lfads_config *config;
    struct lfads_runs *runs; /* owns the sessions' names and files */
    struct costs_table costs;
    struct events_scalar learning_rate;
    struct page_session *sessions; /* [count] those with results */
    size_t count;
    char missing[300]; /* names of sessions without results */
};

/* ---- page_files.c, page_session.c ---- */

/* Reads flags, costs and learning rates, and finds each session's files; computes results if there
 * are none. page_release frees PAGE, also after a failure. */
enum lfads_status page_find(struct page *page);
/* Reads a session whose files are found, scores it and chooses what is shown. */
enum lfads_status page_read_session(struct page_session *session, struct page *page);
void page_release_session(struct page_session *session);
void page_release(struct page *page);
/* Sets TEXT to the name of condition C; "" without conditions. */
void page_condition(char text[40], const struct page_session *session, size_t c);
/* Sets TEXT to what unit J is called; ABOUT, too, for people who point at it: with its channel, if
 * that is another number, and whether it is held out. */
void page_unit(char text[UNIT_NAME], const struct page_session *session, size_t j);
void page_about_unit(char about[PAGE_ABOUT_UNIT], const struct page_session *session, size_t j);
/* Sets MOST [MAX] to the conditions with most trials, in their order; returns how many. */
size_t page_conditions(size_t *most, size_t max, const struct page_session *session);
/* Sets CLASS to condition C's class of colour: one of eight, or of 24 hues in order. */
void page_colour(char class[8], const struct page_session *session, size_t c);
/* The same where a few conditions are shown, of which C is number INDEX: one of eight. */
void page_colour_of_few(char class[8], const struct page_session *session, size_t c, size_t index);

/* ---- parts ---- */
void page_head(struct page *page);
enum lfads_status page_verdict(struct page *page);
void page_training(struct page *page);
enum lfads_status page_scores(struct page *page, const struct page_session *session);
/* The member at OFFSET, which is a double. */
double page_score_member(const struct lfads_score *score, size_t offset);
enum lfads_status page_trials(struct page *page, const struct page_session *session, size_t number);
enum lfads_status page_states(struct page *page, const struct page_session *session);
enum lfads_status page_psths(struct page *page, const struct page_session *session);
enum lfads_status page_inputs(struct page *page, const struct page_session *session);
enum lfads_status page_settings(struct page *page);
void page_foot(struct page *page);
#endif
