/* table.c - the reference backend: the definition of every operation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/reference/reference.h"

#include "backend/host_memory.h"

const struct backend *backend_reference(void)
{
    static const struct backend table = {
        .name = "reference",
        HOST_MEMORY,
#define OPERATION(operation, arguments) .operation = reference_##operation,
#include "backend/operations.def"
#undef OPERATION
    };

    return &table;
}
