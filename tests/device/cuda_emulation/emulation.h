/* emulation.h - what tests may ask of the emulated device.
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

/* The CUDA backend in float32 on the emulated device; one a process. */
const struct backend *emulation_backend(void);
/* The last of a block's threads, of a grid's blocks and of a graph's branches first instead of
 * last: what depends on an order that CUDA does not promise gives other numbers. */
void emulation_reverse(bool reverse);
/* Device memory there is in all; what is allocated already stays. */
void emulation_limit_memory(size_t bytes);
/* Shared memory that a block may have, 96 KiB at most: asked for when a device is opened. */
void emulation_limit_shared(size_t bytes);
/* The compute capability that the device says it has, major*10 + minor. */
void emulation_set_capability(int capability);
/* Makes the COUNTth launch from now on fail as a launch out of bounds does; 0: none. */
void emulation_fail_launch(uint64_t count);
/* Graphs that could be launched now. */
size_t emulation_graphs(void);
/* Bytes of device memory in use. */
size_t emulation_memory_in_use(void);
#ifdef __cplusplus
}
#endif
#endif
