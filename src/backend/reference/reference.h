/* reference.h - the functions of the reference backend, one for each operation. The CPU
 * backend uses those that a kernel of its own would not speed up.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_REFERENCE_H
#define LFADS_BACKEND_REFERENCE_H
#include "backend/backend.h"

#define OPERATION(name, arguments) void reference_##name arguments;
#include "backend/operations.def"
#undef OPERATION

/* A log rate or log variance as the operations use it. */
static inline real reference_saturated(real x) { return real_clip(x, SATURATION); }
/* Returns DX, the gradient with respect to reference_saturated(x), as that with respect to x. */
static inline real reference_unless_saturated(real dx, real x)
{
    return x > SATURATION || x < -SATURATION ? (real)0 : dx;
}
/* Whether Y, e^x times MASK, has the limit of x: the last float below it counts too. */
static inline bool reference_is_highest(real y, real mask)
{
    return y > 0 && y > mask * real_exp(SATURATION) * (real)0.999999;
}
#endif
