/* check_cpu.c - compares the CPU backend's kernels for each instruction set with the reference, and
 * its products in bfloat16. Reports the instruction sets that the processor lacks as not run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <omp.h>
#include <stdio.h>

#include "backend/cpu/cpu.h"
#include "check.h"

static int check_set(const struct backend *be, const char *set)
{
    return check_backend(&(struct checked){.be = be, .set = set, .only = ""});
}

static int check_bf16(void)
{
    struct backend *be;
    struct lfads_error err;
    int failed;

    if (backend_cpu_bf16_create(&be, &err) != LFADS_OK) {
        printf("bf16 not run: %s\n", err.text);
        return 0;
    }
    failed = check_backend(&(struct checked){
        .be = be, .set = "bfloat16", .only = "product", .operand_unit = ldexp(1, -8)});
    backend_cpu_bf16_free(be);
    return failed;
}

int main(void)
{
    int failed;

    omp_set_num_threads(1); /* oneDNN's, which wait without a pause */
    failed = check_set(backend_cpu(), "best set of this processor");
    if (backend_cpu() != cpu_plain_table())
        failed += check_set(cpu_plain_table(), "plain");
#ifdef __x86_64__
    if (backend_cpu() == cpu_avx2_table())
        printf("AVX2 is the best set\n");
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        failed += check_set(cpu_avx2_table(), "AVX2");
    else
        printf("AVX2 not run: this processor lacks it\n");
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
        printf("AVX-512 not run: this processor lacks it\n");
#endif
    return (failed + check_bf16()) != 0;
}
