/* cuda_runtime.h - replaces CUDA's runtime: with it, src/backend/cuda compiles with a C++ compiler
 * and runs on the processor, every thread of every block. It reproduces the behaviour of a GPU that
 * reveals mistakes (docs/gpu.md says what it shows and what it does not).
 *
 * Names, arguments and error codes are those of CUDA's runtime, limited to those that the backend
 * uses. Device memory is accessible only while a kernel or copy runs. The threads of a block run
 * one at a time from barrier to barrier, blocks one after another; an operation on a stream runs
 * immediately; a captured graph runs its branches in another order than that of the capture.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATED_CUDA_RUNTIME_H
#define LFADS_TESTS_EMULATED_CUDA_RUNTIME_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include <functional>
#include <tuple>

#define LFADS_EMULATED_CUDA

#define __global__
#define __device__
#define __constant__
#define __host__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};
struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};

/* ---- in kernels ---- */
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulation
{
/* The dynamic shared memory of the block in progress, filled with NaN before it starts. */
void *shared_memory();
void block_barrier(const char *file, int line);
/* Returns the WORD of lane LANE of the caller's warp, whose lanes all call this at the same line.
 */
uint64_t exchange(uint64_t word, unsigned lane, const char *file, int line);
/* cp.async: a copy into shared memory, which may happen at any time until its thread waits for its
 * copies. The emulation copies at the latest time; in the reverse order, immediately. */
void copy_async(float *dst, const float *src);
void wait_for_copies();
unsigned current_lane();

template <class T> T exchanged(T value, unsigned lane, const char *file, int line)
{
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves at most 64 bits");
    uint64_t word = 0;

    __builtin_memcpy(&word, &value, sizeof value);
    word = exchange(word, lane, file, line);
    __builtin_memcpy(&value, &word, sizeof value);
    return value;
}
} // namespace emulation

#define __syncthreads() emulation::block_barrier(__FILE__, __LINE__)
#define __shfl_xor_sync(mask, value, lanes)                                                        \
    emulation::exchanged(value, emulation::current_lane() ^ (lanes), __FILE__, __LINE__)

template <class T> T __ldg(const T *address) { return *address; }

/* ---- errors ---- */
enum cudaError_t {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInsufficientDriver = 35,
    cudaErrorInvalidDeviceFunction = 98,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorNoKernelImageForDevice = 209,
    cudaErrorUnsupportedPtxVersion = 222,
    cudaErrorIllegalAddress = 700,
    cudaErrorStreamCaptureUnsupported = 900,
    cudaErrorStreamCaptureInvalidated = 901,
    cudaErrorStreamCaptureUnjoined = 904
};
const char *cudaGetErrorName(cudaError_t error);
const char *cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError();

/* ---- the device ---- */
enum cudaDeviceAttr {
    cudaDevAttrClockRate = 13,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97
};
struct cudaDeviceProp {
    char name[256];
    int major, minor;
};
struct cudaFuncAttributes {
    int maxThreadsPerBlock;
};
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };

cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device);
cudaError_t cudaMemGetInfo(size_t *available, size_t *total);

/* ---- memory ---- */
enum cudaMemcpyKind { cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2 };
typedef struct emulated_stream *cudaStream_t;

cudaError_t cudaMalloc(void **memory, size_t bytes);
cudaError_t cudaFree(void *memory);
cudaError_t cudaMallocHost(void **memory, size_t bytes);
cudaError_t cudaFreeHost(void *memory);
cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaMemsetAsync(void *memory, int value, size_t bytes, cudaStream_t stream);

/* ---- streams, events, graphs ---- */
typedef struct emulated_event *cudaEvent_t;
typedef struct emulated_graph *cudaGraph_t;
typedef struct emulated_executable *cudaGraphExec_t;
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeRelaxed = 2 };

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph);
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *executable, cudaGraph_t graph,
                                          unsigned long long flags);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);

/* ---- kernels ---- */
namespace emulation
{
/* Runs WORK, which accesses device memory, or adds it to the graph that STREAM captures. */
cudaError_t submit(cudaStream_t stream, std::function<void()> work);
/* Check a launch like a device does; run the grid's blocks. */
cudaError_t check_shape(const void *kernel, dim3 grid, dim3 block, size_t shared);
void run_grid(dim3 grid, dim3 block, size_t shared, const std::function<void()> &body);
cudaError_t allow_shared(const void *kernel, size_t bytes);

template <class... P, size_t... I>
std::tuple<P...> values_of(void **arguments, std::index_sequence<I...>)
{
    return std::tuple<P...>(*static_cast<P *>(arguments[I])...);
}
} // namespace emulation

template <class... P>
cudaError_t cudaLaunchKernel(void (*kernel)(P...), dim3 grid, dim3 block, void **arguments,
                             size_t shared, cudaStream_t stream)
{
    cudaError_t error =
        emulation::check_shape(reinterpret_cast<const void *>(kernel), grid, block, shared);
    std::tuple<P...> values =
        emulation::values_of<P...>(arguments, std::make_index_sequence<sizeof...(P)>());

    if (error != cudaSuccess)
        return error;
    return emulation::submit(stream, [=] {
        emulation::run_grid(grid, block, shared, [&] { std::apply(kernel, values); });
    });
}
template <class F> cudaError_t cudaFuncSetAttribute(F *kernel, cudaFuncAttribute, int value)
{
    return emulation::allow_shared(reinterpret_cast<const void *>(kernel), (size_t)value);
}
/* Every kernel has code for devices from 7.0 on. */
template <class F> cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, F *)
{
    int major = 0;

    attributes->maxThreadsPerBlock = 1024;
    cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0);
    return major < 7 ? cudaErrorNoKernelImageForDevice : cudaSuccess;
}
#endif
