/* check_cpu.c - the CPU backend's kernels for each instruction set against the reference.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#ifdef __x86_64__
#include "backend/cpu/cpu.h"
#endif

int main(void)
{
    int failed = check_backend(backend_cpu(), "best set of this processor", "", NULL);

#ifdef __x86_64__
    failed += check_backend(cpu_plain_table(), "plain", "", NULL);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        failed += check_backend(cpu_avx2_table(), "AVX2", "", NULL);
#endif
    return failed != 0;
}
