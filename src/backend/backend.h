/* backend.h - what computes: a table of operations over memory of its own.
 *
 * The model is written once against this table. `reference` is plain loops and defines what each
 * operation means; `cpu` is the fast one. Operations and their contracts: operations.def.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_BACKEND_H
#define LFADS_BACKEND_BACKEND_H
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/philox.h"
#include "base/real.h"

struct backend;

/* The first argument of every operation is the backend itself; CPU kernels need nothing of it. */
#define SELF const struct backend *self __attribute__((unused))

struct backend {
    const char *name;
    void *context; /* the backend's own, or NULL */
#define OPERATION(name, arguments) void(*name) arguments;
#include "backend/operations.def"
#undef OPERATION
};

/* Plain loops, in float or double: the definition. */
const struct backend *backend_reference(void);
#ifndef LFADS_REAL_DOUBLE
/* oneDNN products and vector mathematics for the instruction set found at run time. */
const struct backend *backend_cpu(void);
#endif
#endif
