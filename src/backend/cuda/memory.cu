/* memory.cu - a device's memory, and copies to it and from it. Each request is an allocation of its
 * own, without a pool, because several runs share a device.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <new>

#include "backend/cuda/cuda.h"

enum {
    ALIGNMENT = 256,
    SLOTS = 4,            /* of the staging buffer: one is filled while others are copied */
    SLOT_BYTES = 16 << 20 /* an upload larger than all slots bypasses them and waits */
};

struct cuda_memory {
    char *staging;             /* [SLOTS][SLOT_BYTES] of pinned memory */
    cudaEvent_t copied[SLOTS]; /* the copies from a slot are complete */
    unsigned slot;
    size_t offset; /* of free memory in the slot */
};

bool cuda_memory_open(struct cuda_context *c)
{
    c->memory = new (std::nothrow) cuda_memory();
    if (!c->memory) {
        cuda_fail(c, LFADS_NO_MEMORY, "no memory for the device's table of memory");
        return false;
    }
    for (unsigned i = 0; i < SLOTS; i++)
        if (!cuda_check(c, cudaEventCreateWithFlags(&c->memory->copied[i], cudaEventDisableTiming)))
            return false;
    return cuda_check(c, cudaMallocHost((void **)&c->memory->staging, (size_t)SLOTS * SLOT_BYTES));
}

void cuda_memory_close(struct cuda_context *c)
{
    if (!c->memory)
        return;
    for (unsigned i = 0; i < SLOTS; i++)
        if (c->memory->copied[i])
            cudaEventDestroy(c->memory->copied[i]);
    cudaFreeHost(c->memory->staging);
    delete c->memory;
}

size_t cuda_memory_available(SELF)
{
    size_t available = 0, total = 0;

    cuda_begin(self, __func__);
    return cudaMemGetInfo(&available, &total) == cudaSuccess ? available : 0;
}

void *cuda_memory_create(SELF, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    size_t rounded = (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT; /* one byte at least */
    cudaError_t error;
    void *memory;

    if (c->capturing)
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
    if (c->failed)
        return NULL;
    error = cudaMalloc(&memory, rounded);
    if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        cuda_fail(
            c, LFADS_NO_MEMORY,
            "%.1f MiB of its memory are needed and %.1f MiB are free; use smaller batches, or "
            "end what else computes on it",
            (double)rounded / 1048576, (double)cuda_memory_available(self) / 1048576);
        return NULL;
    }
    if (!cuda_check(c, error))
        return NULL;
    if (!cuda_check(c, cudaMemsetAsync(memory, 0, rounded, cuda_current(c)->stream))) {
        cuda_memory_free(self, memory);
        return NULL;
    }
    return memory;
}

/* Waits for running operations and discards graphs: both may use the memory. */
void cuda_memory_free(SELF, void *memory)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (!memory)
        return;
    if (c->capturing) { /* a leak is better than a graph that uses freed memory */
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
        return;
    }
    for (unsigned i = 0; i < MAX_BRANCHES; i++)
        cudaStreamSynchronize(c->branches[i].stream);
    cuda_graphs_forget(c);
    cudaFree(memory);
}

/* Refuses copies during a capture: the graph would repeat them from host memory that has changed.
 */
static bool may_copy(struct cuda_context *c, size_t bytes)
{
    if (c->capturing)
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
    return bytes && !c->failed;
}

/* BYTES of pinned memory that no upload in progress reads. */
static char *staging_slot(struct cuda_context *c, size_t bytes)
{
    struct cuda_memory *m = c->memory;

    if (m->offset + bytes > SLOT_BYTES) {
        cuda_check(c, cudaEventRecord(m->copied[m->slot], cuda_current(c)->stream));
        m->slot = (m->slot + 1) % SLOTS;
        m->offset = 0;
        cuda_check(c, cudaEventSynchronize(m->copied[m->slot]));
    }
    char *staged = m->staging + (size_t)m->slot * SLOT_BYTES + m->offset;

    m->offset += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return staged;
}

void cuda_upload(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cudaStream_t stream = cuda_current(c)->stream;

    if (!may_copy(c, bytes))
        return;
    if (bytes > (size_t)SLOTS * SLOT_BYTES) {
        if (cuda_check(c, cudaMemcpyAsync(dst, src, bytes, cudaMemcpyHostToDevice, stream)))
            cuda_check(c, cudaStreamSynchronize(stream));
        return;
    }
    for (size_t offset = 0; offset < bytes && !c->failed; offset += SLOT_BYTES) {
        size_t n = cuda_min(bytes - offset, SLOT_BYTES);
        char *staged = staging_slot(c, n);

        memcpy(staged, (const char *)src + offset, n);
        cuda_check(
            c, cudaMemcpyAsync((char *)dst + offset, staged, n, cudaMemcpyHostToDevice, stream));
    }
}

void cuda_download_later(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (may_copy(c, bytes))
        cuda_check(
            c, cudaMemcpyAsync(dst, src, bytes, cudaMemcpyDeviceToHost, cuda_current(c)->stream));
}

void cuda_download(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cudaStream_t stream = cuda_current(c)->stream;

    if (may_copy(c, bytes) &&
        cuda_check(c, cudaMemcpyAsync(dst, src, bytes, cudaMemcpyDeviceToHost, stream)))
        cuda_check(c, cudaStreamSynchronize(stream));
}

void *cuda_host_create(SELF, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    void *memory = NULL;

    cudaError_t error = cudaMallocHost(&memory, bytes ? bytes : 1);

    if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        cuda_fail(c, LFADS_NO_MEMORY, "%.1f MiB of the host's memory can't be pinned for it",
                  (double)bytes / 1048576);
        return NULL;
    }
    if (!cuda_check(c, error))
        return NULL;
    memset(memory, 0, bytes);
    return memory;
}

void cuda_host_free(SELF, void *memory)
{
    cuda_begin(self, __func__);
    if (memory)
        cudaFreeHost(memory);
}

enum lfads_status cuda_finish(SELF, struct lfads_error *err)
{
    struct cuda_context *c = (struct cuda_context *)self->context;

    cuda_join(self);
    c->operation = "the work on it";
    cuda_check(c, cudaStreamSynchronize(c->branches[0].stream));
    if (!c->failed)
        return LFADS_OK;
    c->failed = false;
    return lfads_fail(err, c->error.status, "%s", c->error.text);
}
