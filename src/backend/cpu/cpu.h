/* cpu.h - the instruction sets that the kernels are compiled for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_H
#define LFADS_BACKEND_CPU_H
#include "backend/backend.h"

const struct backend *cpu_plain_table(void);
#ifdef __x86_64__
const struct backend *cpu_avx2_table(void);
const struct backend *cpu_avx512_table(void);
/* AVX-512 with AVX512-BF16, whose operations round operands; its products do not read these. */
const struct backend *cpu_bf16_table(void);
#elif defined(__aarch64__)
const struct backend *cpu_neon_table(void);
#endif

/* The instruction set that backend_cpu uses on this processor: "AVX-512", "AVX2", "NEON" or
 * "plain C". */
const char *cpu_instruction_set(void);
/* Whether backend_cpu_bf16_create can succeed on this processor. */
bool cpu_has_bf16(void);
#endif
