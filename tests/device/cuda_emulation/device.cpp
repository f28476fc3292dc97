/* device.cpp - the emulated device: its memory, which the host cannot access, and its kernels.
 * SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <map>
#include <utility>
#include <vector>

#include "cuda_runtime.h"
#include "emulation.h"
#include "fibers.h"

#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(memory, bytes) ((void)(memory), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(memory, bytes) ((void)(memory), (void)(bytes))
#endif

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace
{
const size_t SPACE = (size_t)8 << 30; /* address space in bytes */
const size_t LINE = 256, PAGE = 4096, FILLED = 32 << 10;
const size_t HUGE_PAGE = (size_t)2 << 20; /* changing its rights is hundreds of times faster */
const size_t SHARED_MAX = 96 << 10, SHARED_DEFAULT = 48 << 10;

struct device {
    char *space = nullptr;
    size_t opened_bytes = 0; /* from the start of the space to the end of the last allocation */
    int opened = 0;
    size_t limit = (size_t)2 << 30, used = 0;
    std::map<char *, size_t> allocations, pinned;
    char *shared = nullptr; /* followed by an inaccessible page */
    char *block_shared = nullptr;
    std::map<const void *, size_t> shared_allowed;
    size_t max_shared = SHARED_MAX; /* that the device reports */
    int capability = 80;
    bool reverse = false;
    uint64_t failing_launch = 0;
    cudaError_t last_error = cudaSuccess;
};
device d;

size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

void protect(int rights)
{
    if (d.opened_bytes && mprotect(d.space, d.opened_bytes, rights) != 0) {
        perror("emulated device memory");
        abort();
    }
}

bool within(const std::map<char *, size_t> &ranges, const void *memory, size_t bytes)
{
    char *start = (char *)const_cast<void *>(memory);
    auto next = ranges.upper_bound(start);

    if (next == ranges.begin())
        return false;
    --next;
    return start + bytes <= next->first + next->second;
}

cudaError_t keep(cudaError_t error)
{
    if (error != cudaSuccess)
        d.last_error = error;
    return error;
}
} // namespace

emulation::access::access()
{
    if (d.opened++ == 0)
        protect(PROT_READ | PROT_WRITE);
}

emulation::access::~access()
{
    if (--d.opened == 0)
        protect(PROT_NONE);
}

bool emulation::reversed() { return d.reverse; }
bool emulation::on_device(const void *memory, size_t bytes)
{
    return within(d.allocations, memory, bytes);
}
bool emulation::is_pinned(const void *memory, size_t bytes)
{
    return within(d.pinned, memory, bytes);
}

/* ---- memory ---- */

/* Returns the first gap between allocations that holds BYTES and a line of padding. */
static char *find_gap(size_t bytes)
{
    char *gap = d.space;

    for (const auto &[start, size] : d.allocations) {
        if ((size_t)(start - gap) >= bytes + LINE)
            return gap;
        gap = start + round_up(size, LINE) + LINE;
    }
    return gap + bytes <= d.space + SPACE ? gap : nullptr;
}

static void reserve_space()
{
    void *space = mmap(nullptr, SPACE + HUGE_PAGE, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (space == MAP_FAILED) {
        perror("emulated device memory");
        abort();
    }
    d.space = (char *)round_up((size_t)space, HUGE_PAGE);
    madvise(d.space, SPACE, MADV_HUGEPAGE); /* an optimisation, which may fail */
}

cudaError_t cudaMalloc(void **memory, size_t bytes)
{
    *memory = nullptr;
    if (emulation::capturing())
        return keep(cudaErrorStreamCaptureUnsupported);
    if (!d.space)
        reserve_space();
    char *start = d.used + bytes <= d.limit ? find_gap(bytes) : nullptr;

    if (!start)
        return keep(cudaErrorMemoryAllocation);
    d.allocations[start] = bytes;
    d.used += bytes;
    if ((size_t)(start - d.space) + bytes > d.opened_bytes)
        d.opened_bytes = round_up((size_t)(start - d.space) + bytes + LINE, HUGE_PAGE);
    {
        emulation::access access;

        ASAN_UNPOISON_MEMORY_REGION(start, bytes);
        /* fills with NaN, of a large allocation only the start: protecting used pages is slow */
        memset(start, 0xff, bytes < FILLED ? bytes : FILLED);
        ASAN_POISON_MEMORY_REGION(start + bytes, LINE);
    }
    *memory = start;
    return cudaSuccess;
}

cudaError_t cudaFree(void *memory)
{
    auto found = d.allocations.find((char *)memory);

    if (!memory)
        return cudaSuccess;
    if (found == d.allocations.end() || emulation::capturing())
        return keep(cudaErrorInvalidValue);
    d.used -= found->second;
    ASAN_POISON_MEMORY_REGION(found->first, found->second);
    d.allocations.erase(found);
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void **memory, size_t bytes)
{
    *memory = malloc(bytes ? bytes : 1);
    if (!*memory)
        return keep(cudaErrorMemoryAllocation);
    d.pinned[(char *)*memory] = bytes;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void *memory)
{
    d.pinned.erase((char *)memory);
    free(memory);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    bool down = kind == cudaMemcpyDeviceToHost;
    const void *host = down ? dst : src;

    if (!emulation::on_device(down ? src : dst, bytes) || emulation::on_device(host, 1))
        return keep(cudaErrorInvalidValue);
    /* a replayed copy needs host memory that remains valid */
    if (emulation::capturing() && !emulation::is_pinned(host, bytes))
        return keep(cudaErrorStreamCaptureUnsupported);
    return keep(emulation::submit(stream, [=] { memcpy(dst, src, bytes); }));
}

cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream)
{
    if (!emulation::on_device(memory, bytes))
        return keep(cudaErrorInvalidValue);
    return keep(emulation::submit(stream, [=] { memset(memory, value, bytes); }));
}

/* ---- the device ---- */

cudaError_t cudaGetLastError()
{
    cudaError_t error = d.last_error;

    d.last_error = cudaSuccess;
    return error;
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    return device == 0 ? cudaSuccess : keep(cudaErrorInvalidDevice);
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int)
{
    switch (attribute) {
    case cudaDevAttrClockRate:
        *value = 1500000;
        break;
    case cudaDevAttrMultiProcessorCount:
        *value = 3;
        break;
    case cudaDevAttrComputeCapabilityMajor:
        *value = d.capability / 10;
        break;
    case cudaDevAttrComputeCapabilityMinor:
        *value = d.capability % 10;
        break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        *value = (int)d.max_shared;
        break;
    }
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int)
{
    snprintf(properties->name, sizeof properties->name, "emulated device");
    properties->major = d.capability / 10;
    properties->minor = d.capability % 10;
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *available, size_t *total)
{
    *total = d.limit;
    *available = d.limit > d.used ? d.limit - d.used : 0;
    return cudaSuccess;
}

const char *cudaGetErrorName(cudaError_t error)
{
    switch (error) {
    case cudaErrorMemoryAllocation:
        return "cudaErrorMemoryAllocation";
    case cudaErrorIllegalAddress:
        return "cudaErrorIllegalAddress";
    case cudaErrorStreamCaptureUnsupported:
        return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureUnjoined:
        return "cudaErrorStreamCaptureUnjoined";
    default:
        return error == cudaSuccess ? "cudaSuccess" : "another CUDA error";
    }
}

const char *cudaGetErrorString(cudaError_t error) { return cudaGetErrorName(error); }

/* ---- kernels ---- */

void *emulation::shared_memory() { return d.block_shared; }

cudaError_t emulation::allow_shared(const void *kernel, size_t bytes)
{
    if (bytes > SHARED_MAX)
        return keep(cudaErrorInvalidValue);
    d.shared_allowed[kernel] = bytes;
    return cudaSuccess;
}

cudaError_t emulation::check_shape(const void *kernel, dim3 grid, dim3 block, size_t shared)
{
    size_t threads = (size_t)block.x * block.y * block.z, max_shared = SHARED_DEFAULT;

    if (d.shared_allowed.count(kernel) && d.shared_allowed[kernel] > max_shared)
        max_shared = d.shared_allowed[kernel];
    if (!threads || threads > 1024 || !grid.x || !grid.y || !grid.z || grid.x > 0x7fffffff ||
        grid.y > 65535 || grid.z > 65535 || shared > max_shared)
        return keep(cudaErrorInvalidValue);
    if (d.failing_launch && --d.failing_launch == 0)
        return keep(cudaErrorIllegalAddress);
    return cudaSuccess;
}

static std::vector<std::pair<float *, const float *>> &pending_copies()
{
    static std::vector<std::pair<float *, const float *>> copies[1024];

    return copies[(threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x];
}

void emulation::copy_async(float *dst, const float *src)
{
    if (d.reverse)
        *dst = *src;
    else
        pending_copies().push_back({dst, src});
}

void emulation::wait_for_copies()
{
    for (auto &copy : pending_copies())
        *copy.first = *copy.second;
    pending_copies().clear();
}

static void select_thread(unsigned thread)
{
    threadIdx.x = thread % blockDim.x;
    threadIdx.y = thread / blockDim.x % blockDim.y;
    threadIdx.z = thread / blockDim.x / blockDim.y;
}

void emulation::run_grid(dim3 grid, dim3 block, size_t shared, const std::function<void()> &body)
{
    size_t blocks = (size_t)grid.x * grid.y * grid.z;
    unsigned threads = block.x * block.y * block.z;

    if (!d.shared) {
        d.shared = (char *)mmap(nullptr, SHARED_MAX + PAGE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(d.shared + SHARED_MAX, PAGE, PROT_NONE);
    }
    d.block_shared = d.shared + SHARED_MAX - round_up(shared, 16);
    gridDim = grid;
    blockDim = block;
    for (size_t i = 0; i < blocks; i++) {
        size_t block_index = d.reverse ? blocks - 1 - i : i;

        blockIdx.x = (unsigned)(block_index % grid.x);
        blockIdx.y = (unsigned)(block_index / grid.x % grid.y);
        blockIdx.z = (unsigned)(block_index / grid.x / grid.y);
        memset(d.block_shared, 0xff, shared);
        run_threads(threads, d.reverse, body, select_thread);
    }
}

/* ---- settings of tests ---- */

void emulation_reverse(bool reverse) { d.reverse = reverse; }
void emulation_limit_memory(size_t bytes) { d.limit = bytes; }
void emulation_limit_shared(size_t bytes)
{
    d.max_shared = bytes < SHARED_MAX ? bytes : SHARED_MAX;
}
void emulation_set_capability(int capability) { d.capability = capability; }
void emulation_fail_launch(uint64_t count) { d.failing_launch = count; }
size_t emulation_memory_in_use(void) { return d.used; }
