/* device.h - the emulated device's memory and switches, shared by the files of the emulation.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_EMULATED_DEVICE_H
#define LFADS_TESTS_EMULATED_DEVICE_H
#include <stddef.h>

namespace emulation
{
/* Device memory is accessible while an object of this type exists. */
struct access {
    access();
    ~access();
};
bool reversed();
bool capturing(); /* whether a stream captures */
/* Return whether BYTES at MEMORY lie within one allocation of the device, or of pinned host memory.
 */
bool on_device(const void *memory, size_t bytes);
bool is_pinned(const void *memory, size_t bytes);
} // namespace emulation
#endif
