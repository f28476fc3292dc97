/* reference.h - the functions of the reference backend, one for each operation. Other backends on
 * the CPU use them where there is nothing to gain.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_REFERENCE_H
#define LFADS_BACKEND_REFERENCE_H
#include "backend/backend.h"

#define OPERATION(name, arguments) void reference_##name arguments;
#include "backend/operations.def"
#undef OPERATION
#endif
