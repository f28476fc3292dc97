/* resident.c - sets of trials on a device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/resident.h"

#include <stdlib.h>

struct place {
    void *data; /* [count,T,N], bytes or floats; NULL: not there */
    float *ext; /* [count,T,E] */
};

struct resident {
    const struct project *project;
    uint32_t *trials, *list;            /* [batch_size]: the device's, and the host's */
    size_t room;                        /* bytes of the device that sets may still take */
    struct place (*sets)[SESSION_SETS]; /* a session each */
};

/* What operations take: bytes where the host has them, else floats. */
static bool is_bytes(const struct store *store) { return store->kind == STORE_BYTES; }

static size_t device_bytes(const struct store *store)
{
    return store->records * store->numbers * (is_bytes(store) ? sizeof(uint8_t) : sizeof(float));
}

/* Whether the device can have the set: the host has it in memory, and need not change it. */
static bool is_gathered(const struct project *p, const struct session *s, enum session_set set)
{
    bool jittered = set == SESSION_TRAIN && p->config->temporal_spike_jitter_width > 0;
    const struct session_trials *trials = &s->set[set];

    return !jittered && trials->count && trials->data.memory &&
           (!s->ext_inputs || trials->ext.memory);
}

/* The store's records on the device, as BYTES or floats; NULL where there is no memory. */
static void *upload(const struct project *p, const struct store *store, bool bytes)
{
    const struct backend *be = p->be;
    size_t count = store->records * store->numbers, size = bytes ? 1 : sizeof(float);
    float *unpacked = bytes ? NULL : malloc(count * sizeof *unpacked);
    void *data = bytes || unpacked ? be->memory_create(be, count * size) : NULL;

    if (unpacked)
        store_unpack(unpacked, store->memory, store->kind, count);
    if (data)
        be->upload(be, data, bytes ? store->memory : unpacked, count * size);
    free(unpacked);
    return data;
}

static void take_set(struct resident *r, size_t session, enum session_set set)
{
    const struct project *p = r->project;
    const struct session *s = p->dataset->sessions[session];
    const struct store *data = &s->set[set].data, *ext = &s->set[set].ext;
    struct place *place = &r->sets[session][set];
    size_t floats = s->ext_inputs ? ext->records * ext->numbers * sizeof(float) : 0;

    if (!is_gathered(p, s, set) || device_bytes(data) + floats > r->room)
        return;
    place->data = upload(p, data, is_bytes(data));
    place->ext = floats ? upload(p, ext, false) : NULL;
    if (!place->data || (floats && !place->ext)) {
        p->be->memory_free(p->be, place->data);
        place->data = NULL;
        r->room = 0;                /* somebody else has taken it */
        p->be->finish(p->be, NULL); /* the host will fill these batches: no error */
        return;
    }
    r->room -= device_bytes(data) + floats;
}

struct resident *resident_create(const struct project *project, size_t batch_size)
{
    const struct backend *be = project->be;
    struct resident *r = be->host_memory ? NULL : calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->project = project;
    r->sets = calloc(project->dataset->count, sizeof *r->sets);
    r->list = calloc(batch_size, sizeof *r->list);
    r->trials = be->memory_create(be, batch_size * sizeof *r->trials);
    if (!r->sets || !r->list || !r->trials) {
        resident_free(r);
        be->finish(be, NULL); /* the host will fill all batches */
        return NULL;
    }
    r->room = be->memory_available(be) / 4 * 3; /* the rest is for the device's own needs */
    for (size_t s = 0; s < project->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            take_set(r, s, (enum session_set)set);
    return r;
}

void resident_free(struct resident *resident)
{
    const struct backend *be;

    if (!resident)
        return;
    be = resident->project->be;
    for (size_t s = 0; resident->sets && s < resident->project->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++) {
            be->memory_free(be, resident->sets[s][set].data);
            be->memory_free(be, resident->sets[s][set].ext);
        }
    be->memory_free(be, resident->trials);
    free(resident->sets);
    free(resident->list);
    free(resident);
}

bool resident_has(const struct resident *resident, size_t session, enum session_set set)
{
    return resident && resident->sets[session][set].data;
}

void resident_choose(struct resident *resident, const size_t *trials, size_t count)
{
    const struct backend *be = resident->project->be;

    for (size_t b = 0; b < count; b++)
        resident->list[b] = (uint32_t)trials[b];
    be->upload(be, resident->trials, resident->list, count * sizeof *resident->list);
}

void resident_gather(const struct resident *resident, size_t session, enum session_set set, real *x,
                     real *ext, size_t count)
{
    const struct backend *be = resident->project->be;
    const struct session *s = resident->project->dataset->sessions[session];
    const struct place *place = &resident->sets[session][set];

    be->gather_trials(be, x, place->data, is_bytes(&s->set[set].data), resident->trials, s->bins,
                      count, s->channels);
    if (place->ext)
        be->gather_trials(be, ext, place->ext, false, resident->trials, s->bins, count,
                          s->ext_inputs);
}
