/* memory.cu - a device's memory, and copies to it and from it. Memory is allocated as it is asked
 * for, because several runs share a device.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <new>

#include "backend/cuda/cuda.h"

enum {
    ALIGNMENT = 256,
    SLOTS = 4,            /* of the staging buffer: one is filled while others are copied */
    SLOT_BYTES = 16 << 20 /* an upload of more than all slots waits */
};

struct cuda_memory {
    char *staging;           /* [SLOTS][SLOT_BYTES] of pinned memory */
    cudaEvent_t left[SLOTS]; /* the copies from a slot are complete */
    unsigned slot;
    size_t at; /* in the slot */
};

bool cuda_memory_open(struct cuda_context *c)
{
    c->memory = new (std::nothrow) cuda_memory();
    if (!c->memory) {
        cuda_fail(c, LFADS_NO_MEMORY, "no memory for the device's table of memory");
        return false;
    }
    for (unsigned i = 0; i < SLOTS; i++)
        if (!cuda_check(c, cudaEventCreateWithFlags(&c->memory->left[i], cudaEventDisableTiming)))
            return false;
    return cuda_check(c, cudaMallocHost((void **)&c->memory->staging, (size_t)SLOTS * SLOT_BYTES));
}

void cuda_memory_close(struct cuda_context *c)
{
    if (!c->memory)
        return;
    for (unsigned i = 0; i < SLOTS; i++)
        if (c->memory->left[i])
            cudaEventDestroy(c->memory->left[i]);
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
    size_t whole = (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT; /* one byte at least */
    cudaError_t error;
    void *memory;

    if (c->capturing)
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
    if (c->failed)
        return NULL;
    error = cudaMalloc(&memory, whole);
    if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        cuda_fail(
            c, LFADS_NO_MEMORY,
            "%.1f MiB of its memory are needed and %.1f MiB are free; use smaller batches, or "
            "end what else computes on it",
            (double)whole / 1048576, (double)cuda_memory_available(self) / 1048576);
        return NULL;
    }
    if (!cuda_check(c, error))
        return NULL;
    if (!cuda_check(c, cudaMemsetAsync(memory, 0, whole, cuda_now(c)->stream))) {
        cuda_memory_free(self, memory);
        return NULL;
    }
    return memory;
}

/* What still runs may use it, and what was recorded may have been recorded with it. */
void cuda_memory_free(SELF, void *memory)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (!memory)
        return;
    if (c->capturing) { /* rather lost than freed under what is recorded */
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
        return;
    }
    for (unsigned i = 0; i < MAX_BRANCHES; i++)
        cudaStreamSynchronize(c->branches[i].stream);
    cuda_graphs_forget(c);
    cudaFree(memory);
}

/* A captured copy would be repeated with the graph, from memory that has changed since. */
static bool may_copy(struct cuda_context *c, size_t bytes)
{
    if (c->capturing)
        cuda_fail(c, LFADS_USAGE, "%s within a recording", c->operation);
    return bytes && !c->failed;
}

/* Room for BYTES in pinned memory that no upload reads any more. */
static char *staging_room(struct cuda_context *c, size_t bytes)
{
    struct cuda_memory *m = c->memory;

    if (m->at + bytes > SLOT_BYTES) {
        cuda_check(c, cudaEventRecord(m->left[m->slot], cuda_now(c)->stream));
        m->slot = (m->slot + 1) % SLOTS;
        m->at = 0;
        cuda_check(c, cudaEventSynchronize(m->left[m->slot]));
    }
    char *room = m->staging + (size_t)m->slot * SLOT_BYTES + m->at;

    m->at += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return room;
}

void cuda_upload(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cudaStream_t stream = cuda_now(c)->stream;

    if (!may_copy(c, bytes))
        return;
    if (bytes > (size_t)SLOTS * SLOT_BYTES) {
        if (cuda_check(c, cudaMemcpyAsync(dst, src, bytes, cudaMemcpyHostToDevice, stream)))
            cuda_check(c, cudaStreamSynchronize(stream));
        return;
    }
    for (size_t at = 0; at < bytes && !c->failed; at += SLOT_BYTES) {
        size_t some = cuda_least(bytes - at, SLOT_BYTES);
        char *room = staging_room(c, some);

        memcpy(room, (const char *)src + at, some);
        cuda_check(c,
                   cudaMemcpyAsync((char *)dst + at, room, some, cudaMemcpyHostToDevice, stream));
    }
}

void cuda_download_later(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (may_copy(c, bytes))
        cuda_check(c,
                   cudaMemcpyAsync(dst, src, bytes, cudaMemcpyDeviceToHost, cuda_now(c)->stream));
}

void cuda_download(SELF, void *dst, const void *src, size_t bytes)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cudaStream_t stream = cuda_now(c)->stream;

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
