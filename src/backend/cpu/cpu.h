/* cpu.h - the tables of the instruction sets that the kernels are compiled for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_H
#define LFADS_BACKEND_CPU_H
#include "backend/backend.h"

const struct backend *cpu_plain_table(void);
#ifdef __x86_64__
const struct backend *cpu_avx2_table(void);
const struct backend *cpu_avx512_table(void);
#endif
#endif
