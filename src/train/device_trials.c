/* device_trials.c - sets of trials on a device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/device_trials.h"

#include <stdlib.h>

struct place {
    void *data; /* [count,T,N], bytes or floats; NULL: not there */
    float *ext; /* [count,T,E] */
};

struct device_trials {
    const struct run *run;
    uint32_t *trials, *list;            /* [batch_size]: the device's, and the host's */
    size_t room;                        /* bytes of the device that sets may still take */
    struct place (*sets)[SESSION_SETS]; /* a session each */
};

/* What operations take: bytes where the host has them, else floats. */
static bool is_bytes(const struct trial_store *store) { return store->type == NUMBER_UINT8; }

static size_t device_bytes(const struct trial_store *store)
{
    return store->records * store->numbers * (is_bytes(store) ? sizeof(uint8_t) : sizeof(float));
}

/* Whether the device can have the set: the host has it in memory, and need not change it. */
static bool is_gathered(const struct run *p, const struct session *s, enum session_set set)
{
    bool jittered = set == SESSION_TRAIN && p->config->temporal_spike_jitter_width > 0;
    const struct session_trials *trials = &s->set[set];

    return !jittered && trials->count && trials->data.memory &&
           (!s->ext_inputs || trials->ext.memory);
}

/* The store's records on the device, as BYTES or floats; NULL where there is no memory. */
static void *upload(const struct run *p, const struct trial_store *store, bool bytes)
{
    const struct backend *be = p->be;
    size_t count = store->records * store->numbers, size = bytes ? 1 : sizeof(float);
    float *unpacked = bytes ? NULL : malloc(count * sizeof *unpacked);
    void *data = bytes || unpacked ? be->memory_create(be, count * size) : NULL;

    if (unpacked)
        trial_store_unpack(unpacked, store->memory, store->type, count);
    if (data)
        be->upload(be, data, bytes ? store->memory : unpacked, count * size);
    free(unpacked);
    return data;
}

static void take_set(struct device_trials *r, size_t session, enum session_set set)
{
    const struct run *p = r->run;
    const struct session *s = p->dataset->sessions[session];
    const struct trial_store *data = &s->set[set].data, *ext = &s->set[set].ext;
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

struct device_trials *device_trials_create(const struct run *run, size_t batch_size)
{
    const struct backend *be = run->be;
    struct device_trials *r = be->host_memory ? NULL : calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->run = run;
    r->sets = calloc(run->dataset->count, sizeof *r->sets);
    r->list = calloc(batch_size, sizeof *r->list);
    r->trials = be->memory_create(be, batch_size * sizeof *r->trials);
    if (!r->sets || !r->list || !r->trials) {
        device_trials_free(r);
        be->finish(be, NULL); /* the host will fill all batches */
        return NULL;
    }
    r->room = be->memory_available(be) / 4 * 3; /* the rest is for the device's own needs */
    for (size_t s = 0; s < run->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            take_set(r, s, (enum session_set)set);
    return r;
}

void device_trials_free(struct device_trials *on_device)
{
    const struct backend *be;

    if (!on_device)
        return;
    be = on_device->run->be;
    for (size_t s = 0; on_device->sets && s < on_device->run->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++) {
            be->memory_free(be, on_device->sets[s][set].data);
            be->memory_free(be, on_device->sets[s][set].ext);
        }
    be->memory_free(be, on_device->trials);
    free(on_device->sets);
    free(on_device->list);
    free(on_device);
}

bool device_trials_has(const struct device_trials *on_device, size_t session, enum session_set set)
{
    return on_device && on_device->sets[session][set].data;
}

void device_trials_select(struct device_trials *on_device, const size_t *trials, size_t count)
{
    const struct backend *be = on_device->run->be;

    for (size_t b = 0; b < count; b++)
        on_device->list[b] = (uint32_t)trials[b];
    be->upload(be, on_device->trials, on_device->list, count * sizeof *on_device->list);
}

void device_trials_gather(const struct device_trials *on_device, size_t session,
                          enum session_set set, real *x, real *ext, size_t count)
{
    const struct backend *be = on_device->run->be;
    const struct session *s = on_device->run->dataset->sessions[session];
    const struct place *place = &on_device->sets[session][set];

    be->gather_trials(be, x, place->data, is_bytes(&s->set[set].data), on_device->trials, s->bins,
                      count, s->channels);
    if (place->ext)
        be->gather_trials(be, ext, place->ext, false, on_device->trials, s->bins, count,
                          s->ext_inputs);
}
