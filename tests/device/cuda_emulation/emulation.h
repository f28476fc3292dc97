/* emulation.h - tests' interface to the emulated device.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATION_H
#define LFADS_TESTS_EMULATION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "backend/backend.h"

/* Returns the CUDA backend in float32 on the emulated device, of which a process has one. */
const struct backend *emulation_backend(void);
/* Reverses the order of a block's threads, a grid's blocks and a graph's branches: a result that
 * depends on an order that CUDA does not guarantee changes. */
void emulation_reverse(bool reverse);
/* Sets the size of the device's memory; existing allocations remain. */
void emulation_limit_memory(size_t bytes);
/* Sets the maximum of shared memory of a block, at most 96 KiB, for devices that are opened later.
 */
void emulation_limit_shared(size_t bytes);
/* Sets the compute capability that the device reports, major*10 + minor. */
void emulation_set_capability(int capability);
/* Makes the COUNTth launch from now on fail like an access out of bounds; 0: none. */
void emulation_fail_launch(uint64_t count);
/* Returns the number of existing graphs. */
size_t emulation_graphs(void);
/* Returns the bytes of device memory in use. */
size_t emulation_memory_in_use(void);
#ifdef __cplusplus
}
#endif
#endif
