/* many_devices.c - a module with up to three devices that compute nothing, for tests of selection.
 * $LFADS_TEST_DEVICES has a letter for each: u: usable; o: too old; f: its memory is full; r: it
 * does not support the request. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"

static const char *devices(void)
{
    const char *letters = getenv("LFADS_TEST_DEVICES");

    return letters ? letters : "";
}

static enum lfads_status probe(size_t *count, struct lfads_error *err)
{
    *count = strlen(devices());
    return *count ? LFADS_OK : lfads_fail(err, LFADS_IO, "no device at all");
}

static enum lfads_status create(struct backend **out, size_t device, const char *precision,
                                struct lfads_error *err)
{
    static const char *const names[] = {"many 0", "many 1", "many 2"};

    (void)precision;
    *out = NULL;
    switch (devices()[device]) {
    case 'o':
        return lfads_fail(err, LFADS_IO, "device %zu is too old", device);
    case 'f':
        return lfads_fail(err, LFADS_NO_MEMORY, "device %zu is full", device);
    case 'r':
        return lfads_fail(err, LFADS_USAGE, "device %zu refuses", device);
    }
    *out = calloc(1, sizeof **out);
    if (*out)
        (*out)->name = names[device];
    return LFADS_OK;
}

static void release(struct backend *backend) { free(backend); }

__attribute__((visibility("default"))) const struct backend_module *lfads_cuda_module(void)
{
    static const struct backend_module module = {BACKEND_MODULE_VERSION, sizeof(real), probe,
                                                 create, release};

    return &module;
}
