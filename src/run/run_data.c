/* run_data.c - finds and reads a run's data set, and compares it with what the checkpoint says
 * about the data of its training. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/numpy_random.h"
#include "config/distribution.h"
#include "config/preset.h"
#include "data/array_datasets.h"
#include "run/auto.h"
#include "run/run_private.h"

/* Chooses the directory for trials that do not fit into memory: TMPDIR, or the directory that the
 * run writes into or its nearest existing parent. */
static void choose_directory(char directory[FILE_PATH], const struct run *run)
{
    const char *requested = getenv("TMPDIR");
    char written[FILE_PATH];

    run_output_directory(written, run->config);
    file_nearest(directory, run->use == RUN_TRAINING ? run->config->lfads_save_dir : written);
    if (requested && *requested && (!file_is_memory(requested) || file_is_memory(directory)))
        snprintf(directory, FILE_PATH, "%s", requested);
}

/* Returns the limits for trials in memory and on disk (--data_in_memory). */
static struct storage_limits choose_storage(const struct run *run, char directory[FILE_PATH])
{
    const struct lfads_config *config = run->config;
    size_t available = memory_available();

    if (strcmp(config->data_in_memory, "true") == 0 || run->request.in_memory ||
        run->request.trained)
        return (struct storage_limits){.memory = available};
    choose_directory(directory, run);
    if (strcmp(config->data_in_memory, "false") == 0)
        return (struct storage_limits){.directory = directory};
    return (struct storage_limits){.memory = available / 2, .directory = directory};
}

/* Sets TEXT to the names of the model's sessions. */
static void list_sessions(char text[400], const struct hyperparams_data *known)
{
    size_t length = 0;

    *text = 0;
    for (size_t i = 0; i < known->count && length < 400; i++)
        length += (size_t)snprintf(text + length, 400 - length, "%s%s", i ? ", " : "",
                                   known->sessions[i].name);
    if (length >= 400)
        memcpy(text + 396, "...", 4);
}

/* Returns session NAME of the checkpoint, NULL if it has none. */
static const struct session_shape *find_known(const struct run *p, const char *name)
{
    for (size_t i = 0; i < p->known.count; i++)
        if (strcmp(p->known.sessions[i].name, name) == 0)
            return &p->known.sessions[i];
    return NULL;
}

/* Whether a new model holds out the channels that a data file says. */
static bool takes_heldout(const struct lfads_config *config)
{
    return !preset_is_original(config) && !config->given[flag_find(config_table(), "heldout_dim")];
}

/* Whether the model's sessions have held-out channels by their files, not by the flag. */
static bool knows_heldout(const struct run *p)
{
    for (size_t i = 0; i < p->known.count; i++)
        if (p->known.sessions[i].heldout != (size_t)p->config->heldout_dim)
            return true;
    return false;
}

/* Takes the arrays in memory as another training has read them, or reads them for others, too. */
static enum lfads_status share_arrays(struct run *p, const struct session_files *files,
                                      const struct session_wants *wants, struct lfads_error *err)
{
    const struct array_reading reading = {
        .sv_seed = p->config->sv_seed,
        .in_memory = !wants->limits.directory,
        .in_file = strcmp(p->config->data_in_memory, "false") == 0 && wants->limits.directory};

    p->shared = session_files_shared(p->request.data);
    return array_dataset_open(&p->dataset, p->shared, files, wants, &reading, err);
}

static enum lfads_status read_files(struct run *p, const struct session_files *files,
                                    struct shared_memory *shared, struct lfads_error *err)
{
    const struct lfads_config *config = p->config;
    bool begins = p->use == RUN_TRAINING && !*p->checkpoint_path; /* the data may choose flags */
    char directory[FILE_PATH];
    struct numpy_random random;
    struct session_wants wants = {
        .limits = choose_storage(p, directory),
        .range = {distribution_find(config->output_dist)->data, config->zig_loc},
        .missing =
            strcmp(config->missing_data, "skip") == 0 || (begins && auto_reads_missing(config)),
        .heldout = (size_t)config->heldout_dim,
        .heldout_of_file = begins ? takes_heldout(config) : knows_heldout(p),
        .factors_of_file = begins && auto_reads_factors(config),
        .ext_inputs_of_file = begins && auto_reads_ext_inputs(config),
        .forward = (size_t)config->forward_steps,
        .sv_rate = config->sv_rate,
        .sv_random = &random,
        .ext_inputs = (size_t)config->ext_input_dim,
        .factors = (size_t)(config->readin_dim ? config->readin_dim : config->factors_dim),
        .test = p->use != RUN_TRAINING || config->sv_rate > 0,
        .prints = p->use == RUN_TRAINING,
        .either_set = p->new_trials};

    if (p->new_trials) {
        const struct session_shape *session = find_known(p, files->file[0].name);

        wants.model_bins = session ? p->known.bins : 0;
        wants.model_channels = session ? session->channels : 0;
        wants.model_heldout = session ? session->heldout : 0;
        wants.heldout = session ? session->heldout : wants.heldout;
    }
    wants.limits.shared = shared;
    numpy_random_seed(&random, (uint32_t)config->sv_seed);
    return p->use == RUN_TRAINING && p->request.data
               ? share_arrays(p, files, &wants, err)
               : dataset_open(&p->dataset, files, &wants, err);
}

/* Chooses the session of the model that new trials go through. */
static enum lfads_status choose_session(struct session_files *files, const struct run *p,
                                        struct lfads_error *err)
{
    const char *wanted = p->config->session;
    char sessions[400];

    list_sessions(sessions, &p->known);
    if (files->count != 1)
        return lfads_fail(
            err, LFADS_USAGE,
            "--data_files names %zu files, and new trials go through a model a file at "
            "a time: name them behind the save directory, DIR FILE ...",
            files->count);
    if (*wanted && !find_known(p, wanted))
        return lfads_fail(err, LFADS_USAGE,
                          "--session=%s is none of the sessions of the model in %s: %s", wanted,
                          p->config->lfads_save_dir, sessions);
    if (!*wanted && find_known(p, files->file[0].name))
        wanted = files->file[0].name;
    if (!*wanted && p->known.count == 1)
        wanted = p->known.sessions[0].name;
    if (!*wanted)
        return lfads_fail(err, LFADS_USAGE,
                          "the model in %s has several sessions: say with --session which of them "
                          "recorded %s: %s",
                          p->config->lfads_save_dir, files->file[0].path, sessions);
    return session_files_rename(files, wanted, err);
}

/* Lists the data files and names their sessions. */
static enum lfads_status find_files(struct session_files *files, const struct run *p,
                                    struct lfads_error *err)
{
    const struct lfads_config *config = p->config;
    const struct session_known known = {p->known.sessions, p->known.count, p->known_stem};
    enum lfads_status status;

    if (p->request.data)
        status = session_files_of_arrays(files, p->request.data, p->request.session, err);
    else if (*config->data_files)
        status = session_files_take(files, config->data_files, &known, err);
    else
        status =
            session_files_find(files, config->data_dir, config->data_filename_stem, &known, err);
    return status == LFADS_OK && p->new_trials ? choose_session(files, p, err) : status;
}

/* Whether the model was trained on one session, whose rates are the factors. */
static bool lacks_readout(const struct run *p)
{
    return p->known.count == 1 && strcmp(p->config->output_dist, "poisson") == 0 &&
           p->known.sessions[0].channels == (size_t)p->config->factors_dim;
}

/* Fails for a session that the model can't take in. */
static enum lfads_status check_unknown(const struct run *p, const struct session *s,
                                       struct lfads_error *err)
{
    char sessions[400];

    list_sessions(sessions, &p->known);
    if (p->use != RUN_TRAINING)
        return lfads_fail(
            err, LFADS_BAD_DATA,
            "%s was not trained on session %s (%s) but on %s: choose other data, train "
            "on this session too, or, for new trials of such a session, name the file "
            "after the save directory, or give it the same name",
            p->checkpoint_path, s->name, s->path, sessions);
    if (p->readin == READIN_CHANNELS || lacks_readout(p))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "session %s can't join the model of session %s, which was trained alone: "
                          "a lone session "
                          "%s; %s and train anew, in another --lfads_save_dir",
                          s->name, sessions,
                          p->readin == READIN_CHANNELS
                              ? "without alignment_matrix_cxf reads its channels directly"
                              : "with as many channels as --factors_dim has no read-out",
                          p->readin == READIN_CHANNELS ? "give both an alignment matrix"
                                                       : "name both files");
    return LFADS_OK;
}

enum lfads_status run_check_data(const struct run *run, struct lfads_error *err)
{
    const struct run *p = run;

    for (size_t i = 0; i < p->dataset->count; i++) {
        const struct session *s = p->dataset->sessions[i];
        const struct session_shape *known = find_known(p, s->name);
        uint32_t checksum = session_checksum(s);

        if (!known) {
            enum lfads_status status = check_unknown(p, s, err);

            if (status != LFADS_OK)
                return status;
            continue;
        }
        if (known->channels != s->channels)
            return lfads_fail(
                err, LFADS_BAD_DATA,
                "%s has %zu channels, and session %s of the model in %s has %zu: it is "
                "another recording, or %s",
                s->path, s->channels, s->name, p->config->lfads_save_dir, known->channels,
                s->bins == known->channels
                    ? "its axes are not trials,bins,channels"
                    : "its units were chosen anew: a model reads those that it was trained on");
        if (known->checksum && known->checksum != checksum && !p->new_trials)
            run_warn(p,
                     "%s has other training trials than session %s had when %s was trained: it is "
                     "another recording, or was changed",
                     s->path, s->name, p->checkpoint_path);
    }
    return LFADS_OK;
}

/* Warns of files with the same training trials, copies or links, which a model takes for two
 * sessions. */
static void warn_of_copies(const struct run *p)
{
    for (size_t i = 0; i < p->dataset->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct session *a = p->dataset->sessions[j], *b = p->dataset->sessions[i];

            if (session_checksum(a) && session_checksum(a) == session_checksum(b) &&
                a->channels == b->channels)
                run_warn(p, "%s and %s have the same training trials: are they one recording?",
                         a->path, b->path);
        }
}

/* A bin of a second or more is taken for one that is written in other units. */
static const double widest_bin = 1;

static void warn_of_bin_width(const struct run *p, const struct session *s)
{
    if (s->bin_width >= widest_bin)
        run_warn(p,
                 "%s: dt=%g says that a bin has %g seconds, by which figures and scores are drawn "
                 "and smoothed: if it has %g ms, write %g",
                 s->path, s->bin_width, s->bin_width, s->bin_width, s->bin_width / 1000);
}

/* Warns of validation trials of which some are training trials, too. */
static enum lfads_status warn_of_overlap(const struct run *p, const struct session *s,
                                         struct lfads_error *err)
{
    const struct session_trials *train = &s->set[SESSION_TRAIN], *valid = &s->set[SESSION_VALID];
    size_t common;
    enum lfads_status status = session_count_copies(&common, s, err);

    if (status == LFADS_OK && common > 0 &&
        (train->count != valid->count || train->checksum != valid->checksum))
        run_warn(p,
                 "%s: %zu of %zu validation trials are among the training trials, too, and can't "
                 "show whether the model is over-fitted: take others",
                 s->path, common, valid->count);
    return status;
}

/* Warns of data that show nothing: validation trials that are the training trials, no spikes. */
static void warn_of_emptiness(const struct run *p, const struct session *s)
{
    const struct session_trials *train = &s->set[SESSION_TRAIN], *valid = &s->set[SESSION_VALID];

    if (train->count && train->count == valid->count && train->checksum == valid->checksum)
        run_warn(p,
                 "%s: the validation trials are the training trials, which can't show whether the "
                 "model is over-fitted: take others",
                 s->path);
    if (train->sum == 0 && distribution_find(p->config->output_dist)->data == DATA_COUNTS)
        run_warn(p, "%s: the training trials have no spike", s->path);
}

/* Fails if a session has nothing to train on. */
static enum lfads_status check_recorded(const struct run *p, struct lfads_error *err)
{
    for (size_t i = 0; i < p->dataset->count; i++) {
        const struct session *s = p->dataset->sessions[i];
        const struct session_trials *train = &s->set[SESSION_TRAIN];
        size_t numbers = train->count * s->bins * s->channels;

        if (numbers > 0 && session_trials_missing(train) == numbers)
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s: all numbers of the training trials are NaN, which count as not "
                              "recorded: there is nothing to train on",
                              s->path);
    }
    return LFADS_OK;
}

/* Says what was taken for something else than the files have. */
static enum lfads_status report_reading(const struct run *p, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    if (p->use == RUN_TRAINING)
        warn_of_copies(p);
    for (size_t i = 0; i < p->dataset->count && status == LFADS_OK; i++) {
        const struct session *s = p->dataset->sessions[i];
        char unused[UNUSED_TEXT];

        session_keys_unused(unused, &s->keys, p->use == RUN_TRAINING);
        if (*unused)
            run_line(p, "%s: %s: %s", s->path,
                     p->use == RUN_TRAINING ? "keys that are not used"
                                            : "keys that are not used and not copied to results",
                     unused);
        if (p->use == RUN_TRAINING) {
            warn_of_bin_width(p, s);
            warn_of_emptiness(p, s);
            status = warn_of_overlap(p, s, err);
        }
        if (s->rounded)
            run_warn(p, "%s: %zu numbers are whole but for rounding, and are taken as the counts",
                     s->path, s->rounded);
    }
    return status;
}

enum lfads_status run_open_data(struct run *run, struct shared_memory *shared,
                                struct lfads_error *err)
{
    struct run *p = run;
    struct session_files files;
    enum lfads_status status = find_files(&files, p, err);

    if (status == LFADS_OK)
        for (size_t i = 0; i < files.count; i++)
            if (files.file[i].earlier)
                run_warn(p,
                         "%s is taken for session %s of the model, as earlier programs named "
                         "sessions",
                         files.file[i].path, files.file[i].name);
    if (status == LFADS_OK)
        status = read_files(p, &files, shared, err);
    if (status == LFADS_OK && p->use == RUN_TRAINING)
        status = check_recorded(p, err);
    if (status == LFADS_OK)
        status = report_reading(p, err);
    session_files_release(&files);
    return status;
}

enum lfads_status run_find_files(struct session_files *files, const struct lfads_config *config,
                                 struct lfads_error *err)
{
    struct run p = {
        .config = config_copy(config), .use = RUN_TRIALS, .new_trials = *config->data_files != 0};
    enum lfads_status status;

    *files = (struct session_files){.count = 0};
    if (!p.config)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a run");
    status = config_check(p.config, err);
    if (status == LFADS_OK)
        status = run_open_checkpoint(&p, err);
    if (status == LFADS_OK)
        status = find_files(files, &p, err);
    run_release(&p);
    return status;
}
