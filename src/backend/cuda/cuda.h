/* cuda.h - shared by the files of the CUDA backend: an open device, and how kernels are launched.
 *
 * The files are CUDA C++ for nvcc. A C++ compiler compiles them, too, against the emulation of
 * CUDA's runtime in tests/device/cuda_emulation (docs/gpu.md), so they contain nothing that only
 * nvcc accepts. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CUDA_H
#define LFADS_BACKEND_CUDA_H
#include <cublas_v2.h>
#include <cuda_runtime.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <tuple>

extern "C" {
#include "backend/backend.h"
}

enum {
    WARP = 32,
    THREADS = 256,           /* of a block, by default */
    BLOCKS_A_PROCESSOR = 16, /* at most; kernels loop over the remaining elements */
    SCRATCH = 4 << 20        /* bytes per branch, for sums of blocks */
};

/* A stream of operations and the memory that only they use. */
struct cuda_branch {
    cudaStream_t stream;
    cublasHandle_t blas;
    void *workspace; /* of blas, which would otherwise allocate during a capture */
    void *scratch;   /* [SCRATCH] bytes */
    cudaEvent_t done;
    bool used; /* since the last join */
};

struct cuda_memory; /* memory.cu */
struct cuda_graphs; /* graph.cu */

/* An open device: the context of its table. */
struct cuda_context {
    struct backend table;
    int device, processors;
    int capability; /* major*10 + minor */
    size_t max_shared;
    char name[64];
    cublasComputeType_t compute;
    struct cuda_branch branches[MAX_BRANCHES];
    unsigned branch;
    bool forked, capturing;
    cudaEvent_t begun; /* the operations before the first fork are complete */
    struct cuda_memory *memory;
    struct cuda_graphs *graphs;
    uint64_t launches;
    const char *operation; /* in progress, for error messages */
    bool failed;
    struct lfads_error error; /* the first one since the last finish */
};

/* To be called at the start of an operation; returns its context. FUNCTION is cuda_<operation>. */
struct cuda_context *cuda_begin(const struct backend *self, const char *function);
static inline struct cuda_branch *cuda_current(struct cuda_context *c)
{
    return &c->branches[c->branch];
}
/* Keep the first error; true if there is none. Too little memory becomes LFADS_NO_MEMORY. */
bool cuda_check(struct cuda_context *c, cudaError_t error);
bool cuda_check_blas(struct cuda_context *c, cublasStatus_t status);
/* Keeps an error that CUDA did not report, one sentence. LFADS_USAGE: the caller is at fault, not
 * the device. */
void cuda_fail(struct cuda_context *c, enum lfads_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool cuda_memory_open(struct cuda_context *c);
void cuda_memory_close(struct cuda_context *c);
void *cuda_memory_create(SELF, size_t bytes);
void cuda_memory_free(SELF, void *memory);
size_t cuda_memory_available(SELF);
void cuda_upload(SELF, void *dst, const void *src, size_t bytes);
void cuda_download(SELF, void *dst, const void *src, size_t bytes);
void cuda_download_later(SELF, void *dst, const void *src, size_t bytes);
void *cuda_host_create(SELF, size_t bytes);
void cuda_host_free(SELF, void *memory);
enum lfads_status cuda_finish(SELF, struct lfads_error *err);

bool cuda_graphs_open(struct cuda_context *c);
/* Discards all graphs; none may be running. */
void cuda_graphs_forget(struct cuda_context *c);
void cuda_graphs_close(struct cuda_context *c);
bool cuda_replay(SELF, const void *owner, uint64_t key);
void cuda_record(SELF, const void *owner, uint64_t key);
bool cuda_recorded(SELF, const void *owner, uint64_t key);
void cuda_fork(SELF, unsigned branch);
void cuda_join(SELF);

bool cuda_sequence_open(struct cuda_context *c);
bool cuda_gru_sequence(SELF, const struct gru_sequence *sequence);
bool cuda_gru_sequence_backward(SELF, const struct gru_sequence *sequence);
bool cuda_decoder_open(struct cuda_context *c);
bool cuda_decoder_sequence(SELF, const struct decoder_sequence *sequence);
bool cuda_decoder_sequence_backward(SELF, const struct decoder_sequence *sequence);

#define OPERATION(name, arguments) void cuda_##name arguments;
#include "backend/operations.def"
#undef OPERATION

/* ---- launching ---- */

/* Launches KERNEL in the current branch; does nothing after an error. */
template <class... P, class... A>
void cuda_launch(struct cuda_context *c, void (*kernel)(P...), dim3 grid, dim3 block, size_t shared,
                 A... arguments)
{
    std::tuple<P...> values(static_cast<P>(arguments)...);
    void *pointers[sizeof...(P)];

    if (c->failed)
        return;
    std::apply(
        [&](auto &...value) {
            size_t i = 0;

            ((pointers[i++] = const_cast<void *>(static_cast<const void *>(&value))), ...);
        },
        values);
    c->launches++;
    cuda_check(c, cudaLaunchKernel(kernel, grid, block, pointers, shared, cuda_current(c)->stream));
}

/* Whether MEMORY is aligned for reads of four numbers at a time. */
__host__ __device__ static inline bool cuda_by_four(const void *memory)
{
    return (uintptr_t)memory % sizeof(float4) == 0;
}
static inline size_t cuda_min(size_t a, size_t b) { return a < b ? a : b; }
static inline unsigned cuda_blocks(const struct cuda_context *c, size_t count, size_t a_block)
{
    size_t max = (size_t)c->processors * BLOCKS_A_PROCESSOR;

    return (unsigned)cuda_min((count + a_block - 1) / a_block, max);
}

/* Launches KERNEL, whose loop is FOR_EACH, for COUNT elements; does nothing if COUNT is 0. */
template <class K, class... A>
void cuda_each(struct cuda_context *c, K kernel, size_t count, A... arguments)
{
    if (count)
        cuda_launch(c, kernel, dim3(cuda_blocks(c, count, THREADS)), dim3(THREADS), 0,
                    arguments...);
}

/* Threads of a block over N columns: the smallest power of two that covers them, at most MAX. */
static inline unsigned cuda_width(size_t n, unsigned max)
{
    unsigned width = 1;

    while (width < max && width < n)
        width *= 2;
    return width;
}

/* Launches KERNEL, whose loop is FOR_ROWS, for ROWS rows of N elements. Columns are along a block's
 * x, so that neighbours in memory are neighbours in a warp for any N. */
template <class K, class... A>
void cuda_rows(struct cuda_context *c, K kernel, size_t rows, size_t n, A... arguments)
{
    unsigned width = cuda_width(n, THREADS / 2), height = THREADS / width;
    unsigned across = n ? cuda_blocks(c, n, width) : 0;
    size_t down = (rows + height - 1) / height;
    size_t max = (size_t)c->processors * BLOCKS_A_PROCESSOR / (across ? across : 1) + 1;

    down = cuda_min(cuda_min(down, max), 65535);
    if (rows && n)
        cuda_launch(c, kernel, dim3(across, (unsigned)down), dim3(width, height), 0, arguments...);
}
#endif
