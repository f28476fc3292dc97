/* device_trials.c - sets of trials on a device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/device_trials.h"

#include <stdlib.h>

/* A set's arrays on the device, [count,T,width] bytes or floats; all NULL if it is not uploaded. */
struct device_set {
    void *array[TRIAL_ARRAYS];
};

struct device_trials {
    const struct run *run;
    uint32_t *trials, *list;                 /* [batch_size] on the device and on the host */
    size_t available;                        /* bytes of the device for further sets */
    struct device_set (*sets)[SESSION_SETS]; /* one per session */
};

/* Whether the device gets bytes, as the host has them; otherwise it gets floats. */
static bool is_bytes(const struct trial_store *store) { return store->type == NUMBER_UINT8; }

static size_t device_bytes(const struct trial_store *store)
{
    return store->records * store->numbers * (is_bytes(store) ? sizeof(uint8_t) : sizeof(float));
}

/* Whether batches can be gathered on the device: the host has the set in memory and does not jitter
 * it. */
static bool is_gathered(const struct run *p, const struct session *s, enum session_set set)
{
    bool possible = set != SESSION_TRAIN || p->config->temporal_spike_jitter_width == 0;
    const struct session_trials *trials = &s->set[set];

    for (int array = 0; array < TRIAL_ARRAYS; array++)
        if (session_width(s, (enum trial_array)array))
            possible = possible && trials->array[array].memory;
    return possible && trials->count;
}

/* Copies the store's records to the device, as bytes or floats; NULL if memory is short. */
static void *upload(const struct run *p, const struct trial_store *store)
{
    const struct backend *be = p->be;
    bool bytes = is_bytes(store);
    size_t count = store->records * store->numbers;
    float *unpacked = bytes ? NULL : malloc(count * sizeof *unpacked);
    void *data = bytes || unpacked ? be->memory_create(be, device_bytes(store)) : NULL;

    if (unpacked)
        trial_store_unpack(unpacked, store->memory, store->type, count);
    if (data)
        be->upload(be, data, bytes ? store->memory : unpacked, device_bytes(store));
    free(unpacked);
    return data;
}

static void free_set(const struct backend *be, struct device_set *set)
{
    for (int array = 0; array < TRIAL_ARRAYS; array++) {
        be->memory_free(be, set->array[array]);
        set->array[array] = NULL;
    }
}

static bool upload_set(const struct run *p, struct device_set *on_device, const struct session *s,
                       enum session_set set)
{
    bool done = true;

    for (int array = 0; array < TRIAL_ARRAYS && done; array++)
        if (session_width(s, (enum trial_array)array)) {
            on_device->array[array] = upload(p, &s->set[set].array[array]);
            done = on_device->array[array];
        }
    return done;
}

static void add_set(struct device_trials *r, size_t session, enum session_set set)
{
    const struct run *p = r->run;
    const struct session *s = p->dataset->sessions[session];
    size_t bytes = 0;

    for (int array = 0; array < TRIAL_ARRAYS; array++)
        if (session_width(s, (enum trial_array)array))
            bytes += device_bytes(&s->set[set].array[array]);
    if (!is_gathered(p, s, set) || bytes > r->available)
        return;
    if (!upload_set(p, &r->sets[session][set], s, set)) {
        free_set(p->be, &r->sets[session][set]);
        r->available = 0;           /* another program has taken the memory */
        p->be->finish(p->be, NULL); /* the host will fill these batches: no error */
        return;
    }
    r->available -= bytes;
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
    r->available =
        be->memory_available(be) / 4 * 3; /* the rest stays free for graphs and libraries */
    for (size_t s = 0; s < run->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            add_set(r, s, (enum session_set)set);
    return r;
}

void device_trials_free(struct device_trials *on_device)
{
    const struct backend *be;

    if (!on_device)
        return;
    be = on_device->run->be;
    for (size_t s = 0; on_device->sets && s < on_device->run->dataset->count; s++)
        for (int set = 0; set < SESSION_SETS; set++)
            free_set(be, &on_device->sets[s][set]);
    be->memory_free(be, on_device->trials);
    free(on_device->sets);
    free(on_device->list);
    free(on_device);
}

bool device_trials_has(const struct device_trials *on_device, size_t session, enum session_set set)
{
    return on_device && on_device->sets[session][set].array[TRIAL_OBSERVED];
}

void device_trials_select(struct device_trials *on_device, const size_t *trials, size_t count)
{
    const struct backend *be = on_device->run->be;

    for (size_t b = 0; b < count; b++)
        on_device->list[b] = (uint32_t)trials[b];
    be->upload(be, on_device->trials, on_device->list, count * sizeof *on_device->list);
}

void device_trials_gather(const struct device_trials *on_device, size_t session,
                          enum session_set set, real *const dst[TRIAL_ARRAYS], size_t count)
{
    const struct backend *be = on_device->run->be;
    const struct session *s = on_device->run->dataset->sessions[session];
    const struct device_set *from = &on_device->sets[session][set];

    for (int array = 0; array < TRIAL_ARRAYS; array++)
        if (from->array[array])
            be->gather_trials(be, dst[array], from->array[array],
                              is_bytes(&s->set[set].array[array]), on_device->trials,
                              session_bins(s, (enum trial_array)array), count,
                              session_width(s, (enum trial_array)array));
}
