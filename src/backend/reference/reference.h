/* reference.h - the functions of the reference backend, one for each operation. The CPU
 * backend uses those that a kernel of its own would not speed up.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_REFERENCE_H
#define LFADS_BACKEND_REFERENCE_H
#include "backend/backend.h"

#define OPERATION(name, arguments) void reference_##name arguments;
#include "backend/operations.def"
#undef OPERATION
#endif
