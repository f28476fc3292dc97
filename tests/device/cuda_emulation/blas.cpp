/* blas.cpp - the products of the emulated cuBLAS.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cublas_v2.h"
#include "device.h"

struct emulated_blas {
    cudaStream_t stream;
};

const char *cublasGetStatusString(cublasStatus_t status)
{
    return status == CUBLAS_STATUS_SUCCESS ? "success" : "an error of cuBLAS";
}

cublasStatus_t cublasCreate(cublasHandle_t *handle)
{
    *handle = new emulated_blas{};
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasDestroy(cublasHandle_t handle)
{
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream)
{
    handle->stream = stream;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetWorkspace(cublasHandle_t, void *workspace, size_t bytes)
{
    return emulation::on_device(workspace, bytes) ? CUBLAS_STATUS_SUCCESS
                                                  : CUBLAS_STATUS_INVALID_VALUE;
}

/* Rounds X to the bits that COMPUTE keeps of an operand, to the nearest. */
static float rounded(float x, cublasComputeType_t compute)
{
    unsigned drop = compute == CUBLAS_COMPUTE_32F_FAST_TF32   ? 13
                    : compute == CUBLAS_COMPUTE_32F_FAST_16BF ? 16
                                                              : 0;
    uint32_t word;

    if (!drop || !isfinite(x))
        return x;
    memcpy(&word, &x, sizeof word);
    word += ((uint32_t)1 << (drop - 1)) - 1 + (word >> drop & 1);
    word &= ~(((uint32_t)1 << drop) - 1);
    memcpy(&x, &word, sizeof x);
    return x;
}

/* Returns the index of an element of a column-major matrix to which OP is applied. */
static size_t index_of(cublasOperation_t op, size_t row, size_t column, size_t ld)
{
    return op == CUBLAS_OP_N ? row + column * ld : column + row * ld;
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b,
                            int m, int n, int k, const void *alpha, const void *a, cudaDataType,
                            int lda, const void *b, cudaDataType, int ldb, const void *beta,
                            void *c, cudaDataType, int ldc, cublasComputeType_t compute,
                            cublasGemmAlgo_t)
{
    float scale = *(const float *)alpha, keep = *(const float *)beta;
    const float *x = (const float *)a, *y = (const float *)b;
    float *z = (float *)c;

    if (m < 0 || n < 0 || k < 0 || lda < (op_a == CUBLAS_OP_N ? m : k) || lda < 1 ||
        ldb < (op_b == CUBLAS_OP_N ? k : n) || ldb < 1 || ldc < m || ldc < 1)
        return CUBLAS_STATUS_INVALID_VALUE;
    emulation::submit(handle->stream, [=] {
        for (size_t j = 0; j < (size_t)n; j++)
            for (size_t i = 0; i < (size_t)m; i++) {
                float sum = 0, *dst = z + i + j * (size_t)ldc;

                for (size_t l = 0; l < (size_t)k; l++)
                    sum += rounded(x[index_of(op_a, i, l, (size_t)lda)], compute) *
                           rounded(y[index_of(op_b, l, j, (size_t)ldb)], compute);
                *dst = scale * sum + (keep == 0 ? 0 : keep * *dst);
            }
    });
    return CUBLAS_STATUS_SUCCESS;
}
