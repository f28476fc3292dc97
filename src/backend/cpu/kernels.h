/* kernels.h - the kernels that are compiled for each instruction set, under the set's prefix.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_KERNELS_H
#define LFADS_BACKEND_CPU_KERNELS_H
#include "backend/backend.h"
#include "backend/cpu/vector.h"

#define OPERATION(name, arguments) void KERNEL(name) arguments;
#include "backend/operations.def"
#undef OPERATION
#endif
