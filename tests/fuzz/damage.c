/* damage.c - valid files with a byte changed, or cut short: every one is refused, or read right.
 * What has no checksum may be read wrong, and is counted; what has one may not.
 *
 *   damage FLIPS data|checkpoint FILE [throughout]
 *
 * FLIPS bytes, evenly spread and each changed to some other value, one at a time; and a cut at
 * every 1 KiB. THROUGHOUT: every byte of the file is covered by some checksum. Otherwise, in a data
 * file, the chunks of data sets with Fletcher32 are; gzip's Adler-32 misses a change of a few small
 * numbers now and then. SPDX-License-Identifier: Apache-2.0 */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/session.h"
#include "save/checkpoint.h"
#include "target.h"

enum { MOST_RANGES = 4096, KIB = 1024 };

static const struct session_wants wants = {
    .range.data = DATA_COUNTS, .factors = 2, .limits = {.memory = 1 << 28}};

/* A file's bytes, what is read from it, and where damage must be noticed. */
struct subject {
    uint8_t *bytes;
    size_t length;
    bool checkpoint, throughout;
    struct session *session;
    struct checkpoint state;
    size_t begin[MOST_RANGES], end[MOST_RANGES], ranges;
    long refused, right, wrong, unnoticed;
    long crashes, loops; /* of libhdf5, among the refused */
};

static bool same_set(const struct session *a, const struct session *b, int set)
{
    const struct session_trials *x = &a->set[set], *y = &b->set[set];
    size_t n = a->bins * a->channels;
    float *p = calloc(2 * n, sizeof *p);
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++) {
        session_read_trial(p, a, (enum session_set)set, TRIAL_OBSERVED, i, NULL);
        session_read_trial(p + n, b, (enum session_set)set, TRIAL_OBSERVED, i, NULL);
        same = memcmp(p, p + n, n * sizeof *p) == 0;
    }
    free(p);
    return same;
}

static bool same_doubles(const double *a, const double *b, size_t count)
{
    return (a == NULL) == (b == NULL) && (!a || memcmp(a, b, count * sizeof *a) == 0);
}

static bool same_session(const struct session *a, const struct session *b)
{
    return a->bins == b->bins && a->channels == b->channels && same_set(a, b, SESSION_TRAIN) &&
           same_set(a, b, SESSION_VALID) && a->conversion == b->conversion &&
           same_doubles(a->alignment_matrix, b->alignment_matrix, a->channels * wants.factors) &&
           same_doubles(a->alignment_bias, b->alignment_bias, a->channels);
}

static bool same_state(const struct checkpoint *a, const struct checkpoint *b)
{
    return a->step == b->step && a->epoch == b->epoch && a->batches == b->batches &&
           a->seed == b->seed && a->recorded == b->recorded && a->n_costs == b->n_costs &&
           memcmp(&a->learning_rate, &b->learning_rate, sizeof(double)) == 0 &&
           memcmp(&a->lowest_valid, &b->lowest_valid, sizeof(double)) == 0 &&
           memcmp(a->sums, b->sums, sizeof a->sums) == 0 &&
           same_doubles(a->costs, b->costs, a->n_costs) &&
           strcmp(a->hyperparameters, b->hyperparameters) == 0;
}

/* Reads the file as it is now. */
static enum lfads_status read_file(struct session **session, struct checkpoint *state,
                                   bool checkpoint, struct lfads_error *err)
{
    enum lfads_status status = checkpoint ? checkpoint_read(state, "f", err)
                                          : session_open(session, "f", "s", &wants, err);

    target_check(status, err);
    return status;
}

/* COVERED: damage here must be noticed, or be none. */
static void try_one(struct subject *s, const uint8_t *bytes, size_t length, bool covered)
{
    struct session *session = NULL;
    struct checkpoint state = {.step = 0};
    struct lfads_error err = {.text = ""};
    bool same;

    target_write("f", bytes, length);
    if (read_file(&session, &state, s->checkpoint, &err) != LFADS_OK) {
        s->refused++;
        s->crashes += strstr(err.text, "libhdf5 crashed") != NULL;
        s->loops += strstr(err.text, "comes to no end") != NULL;
        checkpoint_release(&state);
        return;
    }
    same = s->checkpoint ? same_state(&state, &s->state) : same_session(session, s->session);
    s->right += same;
    s->wrong += !same;
    s->unnoticed += !same && covered;
    session_close(session);
    checkpoint_release(&state);
}

static bool is_covered(const struct subject *s, size_t at)
{
    for (size_t i = 0; i < s->ranges; i++)
        if (at >= s->begin[i] && at < s->end[i])
            return true;
    return s->throughout;
}

/* Notes the chunks of a data set that has Fletcher32. */
static herr_t note_chunks(hid_t file, const char *name, const H5L_info_t *info, void *payload)
{
    struct subject *s = payload;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT), list = H5Dget_create_plist(set);
    hid_t space = H5Dget_space(set);
    hsize_t count = 0, size, place[H5S_MAX_RANK];
    haddr_t address;
    unsigned mask;
    bool summed = false;

    (void)info;
    for (int i = 0; i < H5Pget_nfilters(list); i++)
        summed = summed || H5Pget_filter2(list, (unsigned)i, NULL, NULL, NULL, 0, NULL, NULL) ==
                               H5Z_FILTER_FLETCHER32;
    if (summed)
        H5Dget_num_chunks(set, space, &count);
    for (hsize_t i = 0; i < count && s->ranges < MOST_RANGES; i++) {
        H5Dget_chunk_info(set, space, i, place, &mask, &address, &size);
        s->begin[s->ranges] = (size_t)address;
        s->end[s->ranges++] = (size_t)(address + size);
    }
    H5Sclose(space);
    H5Pclose(list);
    H5Dclose(set);
    return 0;
}

static bool begin(struct subject *s, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t got;
    hid_t id;

    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    s->length = (size_t)ftell(file);
    rewind(file);
    s->bytes = malloc(s->length);
    got = s->bytes ? fread(s->bytes, 1, s->length, file) : 0;
    fclose(file);
    if (got != s->length)
        return false;
    if (!s->checkpoint) {
        id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, note_chunks, s);
        H5Fclose(id);
    }
    target_write("f", s->bytes, s->length);
    return read_file(&s->session, &s->state, s->checkpoint, &(struct lfads_error){.text = ""}) ==
           LFADS_OK;
}

int main(int argc, char **argv)
{
    struct subject *s = calloc(1, sizeof *s);
    long flips = argc > 3 ? strtol(argv[1], NULL, 10) : 0;

    s->checkpoint = argc > 3 && strcmp(argv[2], "checkpoint") == 0;
    s->throughout = argc > 4;
    if (argc < 4 || !begin(s, argv[3])) {
        fprintf(stderr, "usage: damage FLIPS data|checkpoint FILE [throughout]\n");
        return 2;
    }
    for (long i = 0; i < flips; i++) {
        size_t at = (size_t)((double)i * (double)s->length / (double)flips);
        uint8_t change = (uint8_t)(1 + (i * 37 + i / 255) % 255);

        s->bytes[at] ^= change;
        try_one(s, s->bytes, s->length, is_covered(s, at));
        s->bytes[at] ^= change;
    }
    printf(
        "%s: %ld bytes changed: %ld refused (libhdf5 crashed on %ld and looped on %ld), %ld read "
        "right, %ld read wrong, %ld of these where there is a checksum\n",
        argv[3], flips, s->refused, s->crashes, s->loops, s->right, s->wrong, s->unnoticed);
    s->refused = s->right = 0;
    for (size_t cut = 0; cut < s->length; cut += KIB)
        try_one(s, s->bytes, cut, true);
    printf("%s: cut at every KiB: %ld refused, %ld read right\n", argv[3], s->refused, s->right);
    session_close(s->session);
    checkpoint_release(&s->state);
    free(s->bytes);
    flips = s->unnoticed;
    free(s);
    return flips != 0;
}
