/* test_device.cpp - tests the CUDA backend's memory and errors on the emulated device, and that the
 * emulation finds mistakes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers.h"

#include "backend/cuda/kernels.h"

namespace
{
/* Runs WORK in a separate process and returns its status. */
int status_of(void (*work)())
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        fclose(stderr); /* hides the emulation's messages */
        signal(SIGSEGV, SIG_DFL);
        signal(SIGABRT, SIG_DFL);
        work();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

/* ---- memory ---- */

void test_uploads_of_every_size(void **)
{
    for (size_t count : {1, 1000, 1 << 20, 3 << 20, 5 << 20}) {
        std::vector<float> numbers(count);

        for (size_t i = 0; i < count; i++)
            numbers[i] = (float)(i % 1000);
        float *memory = upload(numbers);

        for (int again = 0; again < 5; again++)
            be->upload(be, memory, numbers.data(), count * sizeof(float));
        assert_memory_equal(download(memory, count).data(), numbers.data(), count * sizeof(float));
        be->memory_free(be, memory);
    }
    expect_finished();
}

void test_too_much_memory(void **)
{
    assert_null(be->memory_create(be, (size_t)1 << 40));
    expect_error("1048576.0 MiB of its memory are needed and ");
}

void test_nothing_is_left(void **)
{
    size_t before = emulation_memory_in_use();
    backend *device;
    lfads_error err;

    assert_int_equal(lfads_cuda_module()->create(&device, 0, "float32", &err), LFADS_OK);
    assert_true(emulation_memory_in_use() > before);
    lfads_cuda_module()->release(device);
    assert_int_equal(emulation_memory_in_use(), before);
    lfads_cuda_module()->release(nullptr);
}

/* ---- errors ---- */

void test_first_error_stays(void **)
{
    float *x = upload({1, 2});

    emulation_fail_launch(1);
    be->exponential(be, x, 2, x, 2, 1, 2);
    be->add_masked(be, x, 2, x, 2, nullptr, 0, 1, 2);
    expect_error("exponential: cudaErrorIllegalAddress");
    be->memory_free(be, x);
}

void expect_refusal(lfads_status status, const char *precision, const char *words)
{
    backend *device;
    lfads_error err;

    assert_int_equal(lfads_cuda_module()->create(&device, 0, precision, &err), status);
    assert_null(device);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

void test_devices_that_cannot(void **)
{
    lfads_error err;
    size_t count;

    expect_refusal(LFADS_USAGE, "half", "choose float32, tf32 or bf16");
    emulation_set_capability(75);
    expect_refusal(LFADS_USAGE, "tf32", "(compute capability 7.5, 8.0 is needed)");
    emulation_set_capability(61);
    expect_refusal(LFADS_IO, "float32", "compute capability 6.1");
    assert_int_not_equal(lfads_cuda_module()->probe(&count, &err), LFADS_OK);
    assert_int_equal(count, 0);
    emulation_set_capability(80);
    assert_int_equal(lfads_cuda_module()->probe(&count, &err), LFADS_OK);
    assert_int_equal(count, 1);
    emulation_limit_memory(emulation_memory_in_use() + ((size_t)12 << 20));
    expect_refusal(LFADS_NO_MEMORY, "float32", "too little memory");
    emulation_limit_memory((size_t)2 << 30);
}

/* ---- precision ---- */

float product_in(const char *precision)
{
    backend *device;
    lfads_error err;
    float number = 1 + 1.0f / 512, result;

    assert_int_equal(lfads_cuda_module()->create(&device, 0, precision, &err), LFADS_OK);
    auto *x = (float *)device->memory_create(device, sizeof number);
    auto *y = (float *)device->memory_create(device, sizeof number);

    device->upload(device, x, &number, sizeof number);
    device->product(device, matrix_of(y, 1), operand_of(x, 1), operand_of(x, 1), 1, 1, 1, false);
    device->download(device, &result, y, sizeof result);
    lfads_cuda_module()->release(device);
    return result;
}

void test_precisions_reach_cublas(void **)
{
    float exact = 1 + 1.0f / 512;

    assert_float_equal(product_in("float32"), exact * exact, 0);
    assert_float_equal(product_in("tf32"), exact * exact, 0); /* ten bits hold the operand */
    assert_float_equal(product_in("bf16"), 1, 0);             /* seven bits do not */
}

/* ---- the emulation itself ---- */

__global__ void missing_barrier(float *x)
{
    SHARED_MEMORY(float, shared);

    shared[threadIdx.x] = (float)threadIdx.x;
    x[threadIdx.x] = shared[threadIdx.x ^ 1];
}

__global__ void missing_wait(float *x)
{
    SHARED_MEMORY(float, shared);

    emulation::copy_async(shared + threadIdx.x, x + threadIdx.x);
    x[threadIdx.x] = shared[threadIdx.x];
    emulation::wait_for_copies();
}

__global__ void divergent_barrier(float *)
{
    if (threadIdx.x % 2)
        __syncthreads();
}

__global__ void two_barriers(float *)
{
    if (threadIdx.x % 2)
        __syncthreads();
    else
        __syncthreads();
}

__global__ void divergent_shuffle(float *x)
{
    if (threadIdx.x < 16)
        x[threadIdx.x] = __shfl_xor_sync(0xffffffffu, 1.0f, 1);
}

__global__ void beyond_shared(float *)
{
    SHARED_MEMORY(float, shared);

    shared[64] = 0;
}

void launch(void (*kernel)(float *), float *x)
{
    cuda_launch((cuda_context *)be->context, kernel, dim3(1), dim3(64), 64 * sizeof(float), x);
}

float *device_array;

void test_host_cannot_reach_memory(void **)
{
    device_array = upload(std::vector<float>(64));
    int status = status_of([] { *(volatile float *)device_array = 1; });

    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
    assert_int_equal(status_of([] { (void)download(device_array, 64); }), 0);
}

void test_mistakes_are_found(void **)
{
    launch(missing_barrier, device_array);
    assert_true(isnan(download(device_array, 1)[0])); /* thread 0 reads before thread 1 writes */
    be->clear(be, device_array, 64);
    launch(missing_wait, device_array);
    assert_true(isnan(download(device_array, 1)[0]));
    for (auto work : {+[] { launch(divergent_barrier, device_array); },
                      +[] { launch(two_barriers, device_array); },
                      +[] { launch(divergent_shuffle, device_array); },
                      +[] { launch(beyond_shared, device_array); }}) {
        int status = status_of(work);

        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
    }
    be->memory_free(be, device_array);
}

/* A branch that is not joined, and one that does not wait for its input. */
void test_missing_edges_are_found(void **)
{
    auto *c = (cuda_context *)be->context;
    float *x = upload({1}), *y = upload({0});
    cudaGraphExec_t executable;
    cudaGraph_t graph;
    cudaStream_t main = c->branches[0].stream, other = c->branches[1].stream;

    cudaStreamBeginCapture(main, cudaStreamCaptureModeRelaxed);
    cudaEventRecord(c->begun, main);
    cudaStreamWaitEvent(other, c->begun, 0);
    cudaMemsetAsync(x, 0, sizeof *x, other);
    assert_int_equal(cudaStreamEndCapture(main, &graph), cudaErrorStreamCaptureUnjoined);

    cudaStreamBeginCapture(main, cudaStreamCaptureModeRelaxed);
    cudaEventRecord(c->begun, main);
    cudaStreamWaitEvent(other, c->begun, 0);
    be->copy_masked(be, y, 1, x, 1, nullptr, 0, 1, 1); /* y = 1, as captured */
    cudaMemsetAsync(x, 0, sizeof *x, other);
    cudaEventRecord(c->branches[1].done, other);
    cudaStreamWaitEvent(main, c->branches[1].done, 0);
    assert_int_equal(cudaStreamEndCapture(main, &graph), cudaSuccess);
    cudaGraphInstantiateWithFlags(&executable, graph, 0);
    cudaGraphLaunch(executable, main);
    expect(y, {0}); /* the replay runs the other branch first */
    cudaGraphExecDestroy(executable);
    cudaGraphDestroy(graph);
    be->memory_free(be, x);
    be->memory_free(be, y);
}

/* Log factorials from the table and beyond it: at a log rate of 0 the log-likelihood of a count k
 * is -1 - log k!. */
void test_log_factorials(void **)
{
    const size_t n = 80;
    std::vector<float> counts(n);
    std::vector<double> sums(n);
    float *rates = upload(std::vector<float>(n, 0));

    for (size_t k = 0; k < n; k++)
        counts[k] = (float)k;
    float *x = upload(counts);
    auto *loglik = (double *)be->memory_create(be, n * sizeof(double));

    be->poisson(be, loglik, rates, x, nullptr, false, 1, n, 1, 1);
    be->download(be, sums.data(), loglik, n * sizeof(double));
    for (size_t k = 0; k < n; k++) {
        double expected = -1 - lgamma((double)k + 1);

        assert_true(fabs(sums[k] - expected) <= 4e-16 * fabs(expected));
    }
    be->memory_free(be, rates);
    be->memory_free(be, x);
    be->memory_free(be, loglik);
}
} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(test_uploads_of_every_size),
        cmocka_unit_test(test_log_factorials),
        cmocka_unit_test(test_too_much_memory),
        cmocka_unit_test(test_nothing_is_left),
        cmocka_unit_test(test_first_error_stays),
        cmocka_unit_test(test_devices_that_cannot),
        cmocka_unit_test(test_precisions_reach_cublas),
        cmocka_unit_test(test_host_cannot_reach_memory),
        cmocka_unit_test(test_mistakes_are_found),
        cmocka_unit_test(test_missing_edges_are_found),
    };

    be = emulation_backend();
    return cmocka_run_group_tests_name("device", tests, nullptr, nullptr);
}
