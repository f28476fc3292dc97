/* table.cu - opens a device: its table, streams and errors; and the module's entry point.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cuda/cuda.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/cuda/kernels.h"

enum { WORKSPACE = 4 << 20, WORKSPACE_HOPPER = 32 << 20 }; /* as cuBLAS recommends */

/* ---- errors ---- */

void cuda_fail(struct cuda_context *c, enum lfads_status status, const char *format, ...)
{
    va_list words;

    if (c->failed)
        return;
    c->failed = true;
    c->error.status = status;
    int used = snprintf(c->error.text, sizeof c->error.text, "gpu:%d (%s): ", c->device, c->name);

    va_start(words, format);
    vsnprintf(c->error.text + used, sizeof c->error.text - (size_t)used, format, words);
    va_end(words);
}

bool cuda_check(struct cuda_context *c, cudaError_t error)
{
    if (error == cudaSuccess)
        return true;
    cudaGetLastError();
    if (error == cudaErrorMemoryAllocation)
        cuda_fail(c, LFADS_NO_MEMORY,
                  "%s: it has too little memory left; end what else computes on it", c->operation);
    else
        cuda_fail(c, LFADS_IO, "%s: %s (%s); start again, on --device=cpu if it happens again",
                  c->operation, cudaGetErrorString(error), cudaGetErrorName(error));
    return false;
}

bool cuda_check_blas(struct cuda_context *c, cublasStatus_t status)
{
    if (status == CUBLAS_STATUS_SUCCESS)
        return true;
    if (status == CUBLAS_STATUS_ALLOC_FAILED)
        return cuda_check(c, cudaErrorMemoryAllocation);
    cuda_fail(c, LFADS_IO,
              "%s: cuBLAS says %s; start again, on --device=cpu if it happens "
              "again",
              c->operation, cublasGetStatusString(status));
    return false;
}

/* Operations may be called on any host thread, and CUDA's current device is a property of the
 * thread. */
struct cuda_context *cuda_begin(const struct backend *self, const char *function)
{
    struct cuda_context *c = (struct cuda_context *)self->context;

    c->operation = strncmp(function, "cuda_", 5) == 0 ? function + 5 : function;
    if (!c->failed)
        cuda_check(c, cudaSetDevice(c->device));
    return c;
}

/* ---- the table ---- */

static uint64_t launches(SELF) { return ((struct cuda_context *)self->context)->launches; }

/* Operations per clock and processor in float32, and on tensor cores in TF32 and BF16 (NVIDIA's
 * tables of arithmetic throughput). */
static const struct {
    int capability, float32, tf32, bf16;
} rates[] = {
    {70, 128, 0, 0},     {75, 128, 0, 0},     {80, 128, 1024, 2048}, {86, 256, 256, 512},
    {87, 256, 256, 512}, {89, 256, 256, 512}, {90, 256, 2048, 4096},
};

static double peak(SELF)
{
    const struct cuda_context *c = (const struct cuda_context *)self->context;
    int kilohertz = 0, rate = 0;

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (rates[i].capability == c->capability)
            rate = c->compute == CUBLAS_COMPUTE_32F             ? rates[i].float32
                   : c->compute == CUBLAS_COMPUTE_32F_FAST_TF32 ? rates[i].tf32
                                                                : rates[i].bf16;
    if (cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, c->device) != cudaSuccess)
        return 0;
    return (double)rate * c->processors * kilohertz * 1e-6;
}

static void fill_table(struct cuda_context *c)
{
    struct backend *table = &c->table;

    table->name = "cuda";
    table->context = c;
    table->host_memory = false;
    table->memory_create = cuda_memory_create;
    table->memory_free = cuda_memory_free;
    table->memory_available = cuda_memory_available;
    table->upload = cuda_upload;
    table->download = cuda_download;
    table->download_later = cuda_download_later;
    table->host_create = cuda_host_create;
    table->host_free = cuda_host_free;
    table->finish = cuda_finish;
    table->replay = cuda_replay;
    table->record = cuda_record;
    table->recorded = cuda_recorded;
    table->fork = cuda_fork;
    table->join = cuda_join;
    table->gru_sequence = cuda_gru_sequence;
    table->gru_sequence_backward = cuda_gru_sequence_backward;
    table->decoder_sequence = cuda_decoder_sequence;
    table->decoder_sequence_backward = cuda_decoder_sequence_backward;
    table->launches = launches;
    table->peak = peak;
#define OPERATION(operation, arguments) table->operation = cuda_##operation;
#include "backend/operations.def"
#undef OPERATION
}

/* ---- opening ---- */

static bool open_branch(struct cuda_context *c, struct cuda_branch *b)
{
    size_t workspace = c->capability >= 90 ? WORKSPACE_HOPPER : WORKSPACE;

    /* cublasSetStream resets the workspace, so it comes first */
    return cuda_check(c, cudaStreamCreateWithFlags(&b->stream, cudaStreamNonBlocking)) &&
           cuda_check(c, cudaEventCreateWithFlags(&b->done, cudaEventDisableTiming)) &&
           cuda_check(c, cudaMalloc(&b->scratch, SCRATCH)) &&
           cuda_check(c, cudaMalloc(&b->workspace, workspace)) &&
           cuda_check_blas(c, cublasCreate(&b->blas)) &&
           cuda_check_blas(c, cublasSetStream(b->blas, b->stream)) &&
           cuda_check_blas(c, cublasSetWorkspace(b->blas, b->workspace, workspace));
}

static void close_branch(struct cuda_branch *b)
{
    if (b->blas)
        cublasDestroy(b->blas);
    cudaFree(b->workspace);
    cudaFree(b->scratch);
    if (b->done)
        cudaEventDestroy(b->done);
    if (b->stream)
        cudaStreamDestroy(b->stream);
}

static void release(struct backend *backend)
{
    struct cuda_context *c = backend ? (struct cuda_context *)backend->context : NULL;

    if (!c)
        return;
    cudaSetDevice(c->device);
    for (unsigned i = 0; i < MAX_BRANCHES; i++)
        if (c->branches[i].stream)
            cudaStreamSynchronize(c->branches[i].stream);
    cuda_graphs_close(c);
    cuda_memory_close(c);
    for (unsigned i = 0; i < MAX_BRANCHES; i++)
        close_branch(&c->branches[i]);
    if (c->begun)
        cudaEventDestroy(c->begun);
    free(c);
}

static __global__ void nothing_kernel() {}

/* Whether this build has code for the device. */
static bool has_code(struct cuda_context *c)
{
    struct cudaFuncAttributes attributes;
    cudaError_t error = cudaFuncGetAttributes(&attributes, nothing_kernel);

    if (error != cudaErrorInvalidDeviceFunction && error != cudaErrorNoKernelImageForDevice &&
        error != cudaErrorUnsupportedPtxVersion)
        return cuda_check(c, error);
    cudaGetLastError();
    cuda_fail(c, LFADS_IO,
              "its compute capability %d.%d is not among those this build has code for; choose "
              "another device, or build with -DCMAKE_CUDA_ARCHITECTURES=%d",
              c->capability / 10, c->capability % 10, c->capability);
    return false;
}

/* Whether a device is at least as new as the oldest that this build has code for. Only queries it,
 * because a context takes memory of the device. */
static bool is_new_enough(int device)
{
#ifdef __CUDA_ARCH_LIST__
    static const int capabilities[] = {__CUDA_ARCH_LIST__};
#else
    static const int capabilities[] = {700};
#endif
    int major = 0, minor = 0;

    return cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) ==
               cudaSuccess &&
           cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) ==
               cudaSuccess &&
           100 * major + 10 * minor >= capabilities[0];
}

static bool describe(struct cuda_context *c)
{
    struct cudaDeviceProp properties;
    int shared;

    if (!cuda_check(c, cudaGetDeviceProperties(&properties, c->device)) ||
        !cuda_check(
            c, cudaDeviceGetAttribute(&c->processors, cudaDevAttrMultiProcessorCount, c->device)) ||
        !cuda_check(
            c, cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, c->device)))
        return false;
    snprintf(c->name, sizeof c->name, "%.60s", properties.name);
    c->capability = properties.major * 10 + properties.minor;
    c->max_shared = (size_t)shared;
    return has_code(c);
}

static bool choose_precision(struct cuda_context *c, const char *precision)
{
    static const struct {
        const char *name;
        cublasComputeType_t compute;
        int min_capability;
    } choices[] = {
        {"float32", CUBLAS_COMPUTE_32F, 0},
        {"tf32", CUBLAS_COMPUTE_32F_FAST_TF32, 80},
        {"bf16", CUBLAS_COMPUTE_32F_FAST_16BF, 80},
    };

    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        if (strcmp(precision, choices[i].name) == 0) {
            c->compute = choices[i].compute;
            if (c->capability >= choices[i].min_capability)
                return true;
            cuda_fail(c, LFADS_USAGE,
                      "has no products in %s (compute capability %d.%d, 8.0 is needed); use "
                      "float32",
                      precision, c->capability / 10, c->capability % 10);
            return false;
        }
    cuda_fail(c, LFADS_USAGE, "has no precision '%s'; choose float32, tf32 or bf16", precision);
    return false;
}

static enum lfads_status create(struct backend **out, size_t device, const char *precision,
                                struct lfads_error *err)
{
    struct cuda_context *c = (struct cuda_context *)calloc(1, sizeof *c);
    bool opened;

    *out = NULL;
    if (!c)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a device");
    c->device = (int)device;
    c->operation = "opening the device";
    fill_table(c);
    opened = cuda_check(c, cudaSetDevice(c->device)) && describe(c) &&
             choose_precision(c, precision) &&
             cuda_check(c, cudaEventCreateWithFlags(&c->begun, cudaEventDisableTiming)) &&
             cuda_sequence_open(c) && cuda_decoder_open(c);
    for (unsigned i = 0; i < MAX_BRANCHES && opened; i++)
        opened = open_branch(c, &c->branches[i]);
    opened = opened && cuda_graphs_open(c) && cuda_memory_open(c);
    if (!opened) {
        enum lfads_status status = lfads_fail(err, c->error.status, "%s", c->error.text);

        release(&c->table);
        return status;
    }
    *out = &c->table;
    return LFADS_OK;
}

static enum lfads_status probe(size_t *count, struct lfads_error *err)
{
    int found = 0;
    cudaError_t error = cudaGetDeviceCount(&found);

    *count = 0;
    cudaGetLastError();
    if (error == cudaErrorInsufficientDriver)
        return lfads_fail(err, LFADS_IO,
                          "the NVIDIA driver is missing or older than this build's CUDA; install a "
                          "newer driver");
    if (error == cudaErrorNoDevice || (error == cudaSuccess && found < 1))
        return lfads_fail(err, LFADS_IO, "no NVIDIA GPU is found");
    if (error != cudaSuccess)
        return lfads_fail(err, LFADS_IO, "CUDA can't be used: %s (%s)", cudaGetErrorString(error),
                          cudaGetErrorName(error));
    for (int i = 0; i < found; i++)
        if (is_new_enough(i)) {
            *count = (size_t)found;
            return LFADS_OK;
        }
    cudaGetLastError();
    return lfads_fail(err, LFADS_IO,
                      "none of %d GPUs is of a compute capability that this build has code for",
                      found);
}

extern "C" __attribute__((visibility("default"))) const struct backend_module *
lfads_cuda_module(void)
{
    static const struct backend_module module = {BACKEND_MODULE_VERSION, sizeof(real), probe,
                                                 create, release};

    return &module;
}
