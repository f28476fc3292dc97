/* session_reader.c - reads and checks the parts of a data file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "data/session_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/sample_validation.h"
#include "data/shape_fit.h"
#include "data/trial_reader.h"

/* Reads the trials of a data set whose shape is right, and subtracts their memory from the limits.
 */
static enum lfads_status read_trials(struct trial_store *store, double *sum, struct reading *r,
                                     struct trial_reader reader)
{
    enum lfads_status status;
    size_t used;

    reader.file = &r->file;
    reader.limits = r->limits;
    reader.rounded = &r->session->rounded;
    reader.missing_all = &r->session->missing;
    status = trial_reader_read(store, sum, &reader, r->err);
    used = trial_store_memory(store);
    r->limits.memory -= used < r->limits.memory ? used : r->limits.memory;
    return status;
}

static enum lfads_status read_ext(struct reading *r, enum session_set set)
{
    struct session_trials *trials = &r->session->set[set];
    size_t width = r->session->ext_inputs;
    char name[40], wanted[100];
    const size_t expected[] = {trials->count, SHAPE_ANY, width};
    struct h5_shape shape;
    enum lfads_status status;
    double sum;

    snprintf(name, sizeof name, "%s_ext_input", session_set_name(set));
    snprintf(wanted, sizeof wanted, "[%zu,%zu,%zu] (--ext_input_dim=%zu)", trials->count,
             r->session->bins, width, width);
    if (!h5_has(&r->file, name))
        return lfads_fail(r->err, LFADS_BAD_DATA,
                          "%s: there is no data set %s, and --ext_input_dim=%zu needs it: "
                          "[trials,bins,%zu]; --ext_input_dim=0 leaves external inputs unread",
                          r->file.path, name, width, width);
    status = session_reader_shape(&shape, r, name, 3, expected, wanted);
    if (status != LFADS_OK)
        return status;
    /* an array for the encoders may come with inputs for its bins only; zeros follow them */
    if (shape.dims[0] != trials->count || shape.dims[2] != width ||
        (shape.dims[1] != r->session->bins && shape.dims[1] != r->session->encoded_bins))
        return session_reader_wrong_shape(r, name, &shape, wanted);
    return read_trials(&trials->array[TRIAL_EXT], &sum, r,
                       (struct trial_reader){.name = name,
                                             .trials = trials->count,
                                             .bins = r->session->bins,
                                             .file_bins = shape.dims[1],
                                             .width = width,
                                             .range = {.data = DATA_REALS}});
}

/* Notes whether the file has true rates, and checks their shape. They serve plots and scores only
 * and are read on demand. */
static enum lfads_status find_truth(struct reading *r, enum session_set set)
{
    struct session_trials *trials = &r->session->set[set];
    const size_t expected[] = {trials->count, r->session->bins, r->session->channels};
    char name[40], wanted[100];
    struct h5_shape shape;
    enum lfads_status status;

    snprintf(name, sizeof name, "%s_truth", session_set_name(set));
    if (session_lacks(&r->file, name))
        return LFADS_OK;
    snprintf(wanted, sizeof wanted, "[%zu,%zu,%zu] (or none), as of %s_data,", trials->count,
             r->session->bins, r->session->channels, session_set_name(set));
    status = session_reader_shape(&shape, r, name, 3, expected, wanted);
    if (status == LFADS_OK &&
        (shape.dims[0] != trials->count || shape.dims[1] != r->session->bins ||
         shape.dims[2] != r->session->channels))
        status = session_reader_wrong_shape(r, name, &shape, wanted);
    trials->has_truth = status == LFADS_OK;
    return status;
}

/* The data set's name: a file with one array has SET_data; one with an array for the encoders has
 * SET_encod_data and SET_recon_data. */
static void data_name(char name[40], const struct session *s, enum session_set set, bool encoded)
{
    snprintf(name, 40, "%s_%s", session_set_name(set),
             !s->has_encoded ? "data"
             : encoded       ? "encod_data"
                             : "recon_data");
}

/* Sets bins and channels from the training set's shapes. */
static enum lfads_status set_sizes(const struct reading *r, const struct h5_shape *shape)
{
    struct session *s = r->session;
    size_t heldout;
    enum lfads_status status;

    s->bins = shape->dims[1];
    s->channels = shape->dims[2];
    if (s->has_encoded)
        return LFADS_OK;
    status = session_reader_heldout(&heldout, r, s->channels);
    if (status != LFADS_OK)
        return status;
    if (heldout >= s->channels)
        return lfads_fail(r->err, LFADS_USAGE,
                          "--heldout_dim=%zu must be below the %zu channels of %s: the encoders "
                          "need channels to read",
                          heldout, s->channels, r->file.path);
    if (r->wants->forward >= s->bins)
        return lfads_fail(r->err, LFADS_USAGE,
                          "--forward_steps=%zu must be below the %zu bins of a trial of %s: the "
                          "encoders need bins to read",
                          r->wants->forward, s->bins, r->file.path);
    s->encoded_bins = s->bins - r->wants->forward;
    s->encoded_channels = s->channels - heldout;
    return LFADS_OK;
}

/* The encoders can read any finite number; counts are checked because other numbers are a mistake.
 */
static struct data_range encoded_range(const struct reading *r)
{
    return (struct data_range){r->wants->range.data == DATA_COUNTS ? DATA_COUNTS : DATA_REALS, 0};
}

/* Reads the encoders' array [n,T_enc,N_in]. Its channels and bins are the first ones of the
 * observed array. */
static enum lfads_status read_encoded(struct reading *r, enum session_set set)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];
    const size_t expected[] = {trials->count, set == SESSION_TRAIN ? SHAPE_ANY : s->encoded_bins,
                               set == SESSION_TRAIN ? SHAPE_ANY : s->encoded_channels};
    char name[40], wanted[120];
    struct h5_shape shape;
    enum lfads_status status;
    double sum;

    data_name(name, s, set, true);
    snprintf(wanted, sizeof wanted, "[%zu,bins,channels] of at most %zu bins and %zu channels",
             trials->count, s->bins, s->channels);
    status = session_reader_shape(&shape, r, name, 3, expected, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[0] != trials->count || shape.dims[1] - 1 >= s->bins ||
        shape.dims[2] - 1 >= s->channels)
        return session_reader_wrong_shape(r, name, &shape, wanted);
    if (!s->encoded_bins) {
        s->encoded_bins = shape.dims[1];
        s->encoded_channels = shape.dims[2];
    }
    snprintf(wanted, sizeof wanted, "[trials,%zu,%zu] as of train_encod_data", s->encoded_bins,
             s->encoded_channels);
    if (shape.dims[1] != s->encoded_bins || shape.dims[2] != s->encoded_channels)
        return session_reader_wrong_shape(r, name, &shape, wanted);
    return read_trials(&trials->array[TRIAL_ENCODED], &sum, r,
                       (struct trial_reader){.name = name,
                                             .trials = trials->count,
                                             .bins = s->encoded_bins,
                                             .file_bins = s->encoded_bins,
                                             .width = s->encoded_channels,
                                             .range = encoded_range(r),
                                             .missing = r->wants->missing});
}

/* Reads the observed array, whose shape is right. */
static enum lfads_status read_observed(struct reading *r, enum session_set set, const char *name)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];

    if (r->wants->prints)
        trials->print = calloc(trials->count + 1, sizeof *trials->print);
    if (r->wants->missing)
        trials->missing = calloc(trials->count + 1, sizeof *trials->missing);
    if ((r->wants->prints && !trials->print) || (r->wants->missing && !trials->missing))
        return lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", r->file.path);
    return read_trials(&trials->array[TRIAL_OBSERVED], &trials->sum, r,
                       (struct trial_reader){.name = name,
                                             .trials = trials->count,
                                             .bins = s->bins,
                                             .file_bins = s->bins,
                                             .width = s->channels,
                                             .range = r->wants->range,
                                             .missing = r->wants->missing,
                                             .missing_of = trials->missing,
                                             .checksum = &trials->checksum,
                                             .print_of = trials->print});
}

/* Sets EXPECTED [3] to what is known of the observed array's axes: by the training set or, for that
 * itself, by the validation set, if the file has it in a shape that tells. */
static void expect_observed(size_t *expected, const struct reading *r, enum session_set set)
{
    const struct session *s = r->session;
    struct h5_shape train, valid;
    char train_name[40], valid_name[40];

    expected[0] = SHAPE_ANY;
    expected[1] = s->bins;
    expected[2] = s->channels;
    data_name(train_name, s, SESSION_TRAIN, false);
    data_name(valid_name, s, SESSION_VALID, false);
    if (set != SESSION_TRAIN || !h5_has(&r->file, valid_name) ||
        h5_shape(&train, &r->file, train_name, NULL) != LFADS_OK ||
        h5_shape(&valid, &r->file, valid_name, NULL) != LFADS_OK || train.rank == 3)
        return;
    if (valid.rank == 3) {
        expected[1] = valid.dims[1];
        expected[2] = valid.dims[2];
    } else if (train.rank == 2 && valid.rank == 2 && train.dims[1] == valid.dims[1] &&
               train.dims[0] != valid.dims[0]) { /* of one channel: trials differ, bins do not */
        expected[1] = train.dims[1];
        expected[2] = 1;
    }
}

static enum lfads_status draw_sv(struct reading *r, enum session_set set)
{
    const struct session *s = r->session;

    return r->wants->sv_rate > 0
               ? sample_validation_draw(&r->session->set[set].array[TRIAL_SV], s->set[set].count,
                                        s->encoded_bins * s->encoded_channels, r->wants->sv_rate,
                                        r->wants->sv_random, &r->limits, r->err)
               : LFADS_OK;
}

enum lfads_status session_reader_parts(struct reading *r, enum session_set set,
                                       const struct trial_parts *parts, size_t count)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];
    bool test = set == SESSION_TEST, missing = r->wants->missing && !test;
    enum lfads_status status;

    trials->count = count;
    if (missing) {
        trials->missing = calloc(count + 1, sizeof *trials->missing);
        if (!trials->missing)
            return lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", r->file.path);
    }
    status = read_trials(&trials->array[TRIAL_OBSERVED], &trials->sum, r,
                         (struct trial_reader){.name = parts->count ? parts->part[0].name : "",
                                               .parts = parts,
                                               .trials = count,
                                               .bins = s->bins,
                                               .file_bins = s->bins,
                                               .width = s->channels,
                                               .range = test ? encoded_range(r) : r->wants->range,
                                               .checksum = &trials->checksum,
                                               .missing = r->wants->missing,
                                               .missing_of = trials->missing});
    return status == LFADS_OK ? draw_sv(r, set) : status;
}

/* Reads test trials, of which a file may have what the encoders read; the rest is not known. */
static enum lfads_status read_test(struct reading *r)
{
    struct session *s = r->session;
    const size_t expected[] = {SHAPE_ANY, s->encoded_bins, s->encoded_channels};
    const struct trial_parts none = {.count = 0};
    char wanted[100];
    struct h5_shape shape;
    enum lfads_status status;

    if (!s->has_encoded || !r->wants->test || !h5_has(&r->file, "test_encod_data"))
        return LFADS_OK;
    snprintf(wanted, sizeof wanted, "[trials,%zu,%zu] as of train_encod_data", s->encoded_bins,
             s->encoded_channels);
    status = session_reader_shape(&shape, r, "test_encod_data", 3, expected, wanted);
    if (status != LFADS_OK || shape.dims[0] == 0)
        return status;
    s->set[SESSION_TEST].count = shape.dims[0];
    status = read_encoded(r, SESSION_TEST);
    if (status == LFADS_OK && s->ext_inputs)
        status = read_ext(r, SESSION_TEST);
    return status == LFADS_OK ? session_reader_parts(r, SESSION_TEST, &none, shape.dims[0])
                              : status;
}

static enum lfads_status read_set(struct reading *r, enum session_set set)
{
    struct session *s = r->session;
    struct session_trials *trials = &s->set[set];
    char name[40], wanted[100] = "[trials,bins,channels] with at least one of each";
    size_t expected[3];
    struct h5_shape shape;
    enum lfads_status status;

    data_name(name, s, set, false);
    expect_observed(expected, r, set);
    status = session_reader_shape(&shape, r, name, 3, expected, wanted);
    if (status != LFADS_OK)
        return status;
    if (shape.dims[1] == 0 || shape.dims[2] == 0 || (set == SESSION_TRAIN && shape.dims[0] == 0))
        return session_reader_wrong_shape(r, name, &shape, wanted);
    if (!s->bins)
        status = set_sizes(r, &shape);
    if (status != LFADS_OK)
        return status;
    snprintf(wanted, sizeof wanted, "%s[trials,%zu,%zu] as of train_%s",
             shape.dims[1] == s->bins && shape.dims[0] == s->set[SESSION_TRAIN].count
                 ? "(unless the axes of both are in reverse order) "
                 : "",
             s->bins, s->channels, s->has_encoded ? "recon_data" : "data");
    if (shape.dims[1] != s->bins || shape.dims[2] != s->channels)
        return session_reader_wrong_shape(r, name, &shape, wanted);
    trials->count = shape.dims[0];
    status = read_observed(r, set, name);
    if (status == LFADS_OK && s->has_encoded)
        status = read_encoded(r, set);
    if (status == LFADS_OK && s->ext_inputs)
        status = read_ext(r, set);
    if (status == LFADS_OK)
        status = draw_sv(r, set);
    return status == LFADS_OK ? find_truth(r, set) : status;
}

/* Whether the file has validation trials only, where they are enough. */
static bool lacks_training(const struct reading *r)
{
    char train[40], valid[40];

    data_name(train, r->session, SESSION_TRAIN, false);
    data_name(valid, r->session, SESSION_VALID, false);
    return r->wants->either_set && !h5_has(&r->file, train) && h5_has(&r->file, valid);
}

static enum lfads_status read_sets(struct reading *r)
{
    const struct session *s = r->session;
    char name[40];
    enum lfads_status status = LFADS_OK;

    data_name(name, s, SESSION_TRAIN, false);
    if (!lacks_training(r))
        status = h5_has(&r->file, name) ? read_set(r, SESSION_TRAIN)
                                        : session_keys_missing(&r->file, name, r->err);
    data_name(name, s, SESSION_VALID, false);
    if (status == LFADS_OK && !session_lacks(&r->file, name))
        status = read_set(r, SESSION_VALID);
    return status == LFADS_OK ? read_test(r) : status;
}

enum lfads_status session_reader_read(struct reading *r)
{
    struct session *s = r->session;
    enum lfads_status status = session_keys_read(&s->keys, &r->file, r->err);

    if (status != LFADS_OK)
        return status;
    s->has_encoded = h5_has(&r->file, "train_encod_data") ||
                     (r->wants->either_set && h5_has(&r->file, "valid_encod_data"));
    s->has_sv = r->wants->sv_rate > 0;
    status = session_reader_has_tensors(r)     ? session_reader_tensors(r)
             : session_reader_has_lone_test(r) ? session_reader_lone_test(r)
                                               : read_sets(r);
    for (int set = 0; set < SESSION_ALL_SETS && status == LFADS_OK; set++)
        if (s->set[set].count && !s->from_tensors)
            status = session_keys_take(&s->set[set].kept, &s->keys, &r->file,
                                       session_set_name((enum session_set)set), s->set[set].count,
                                       r->err);
    if (status == LFADS_OK)
        status = session_reader_alignments(r);
    if (status == LFADS_OK)
        session_reader_note_unused(r);
    return status;
}
