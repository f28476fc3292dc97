/* table.c - selects the best instruction set of this processor.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/cpu.h"

struct instruction_set {
    const char *name;
    const struct backend *(*table)(void);
};

static struct instruction_set best_set(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return (struct instruction_set){"AVX-512", cpu_avx512_table};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return (struct instruction_set){"AVX2", cpu_avx2_table};
#elif defined(__aarch64__)
    return (struct instruction_set){"NEON", cpu_neon_table};
#endif
    return (struct instruction_set){"plain C", cpu_plain_table};
}

const struct backend *backend_cpu(void) { return best_set().table(); }

const char *cpu_instruction_set(void) { return best_set().name; }
