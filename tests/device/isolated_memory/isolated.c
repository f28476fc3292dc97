/* isolated.c - the isolated backend as a module (select.h), so that the whole program can run on
 * it. SPDX-License-Identifier: Apache-2.0 */
#include "isolated.h"

#include <string.h>

#include "memory.h"

static enum lfads_status probe(size_t *count, struct lfads_error *err)
{
    (void)err;
    *count = 1;
    return LFADS_OK;
}

static enum lfads_status create(struct backend **out, size_t device, const char *precision,
                                struct lfads_error *err)
{
    static struct backend table;

    *out = NULL;
    if (device != 0)
        return lfads_fail(err, LFADS_USAGE, "there is no isolated device %zu", device);
    if (strcmp(precision, "float32") != 0)
        return lfads_fail(err, LFADS_USAGE, "the isolated device computes in float32 only");
    table = *backend_isolated();
    *out = &table;
    return LFADS_OK;
}

static void release(struct backend *backend)
{
    (void)backend;
    isolated_memory_end();
}

__attribute__((visibility("default"))) const struct backend_module *lfads_cuda_module(void)
{
    static const struct backend_module module = {.version = BACKEND_MODULE_VERSION,
                                                 .real_size = sizeof(real),
                                                 .probe = probe,
                                                 .create = create,
                                                 .release = release};

    return &module;
}
