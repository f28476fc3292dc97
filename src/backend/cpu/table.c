/* table.c - picks the instruction set of the processor at hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/cpu.h"

const struct backend *backend_cpu(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return cpu_avx512_table();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return cpu_avx2_table();
#endif
    return cpu_plain_table();
}
