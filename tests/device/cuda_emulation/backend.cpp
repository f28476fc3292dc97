/* backend.cpp - the CUDA backend on the emulated device, for programs that are linked with it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "emulation.h"

const struct backend *emulation_backend(void)
{
    static backend *opened;
    lfads_error err;

    if (!opened && lfads_cuda_module()->create(&opened, 0, "float32", &err) != LFADS_OK) {
        printf("%s\n", err.text);
        exit(1);
    }
    return opened;
}
