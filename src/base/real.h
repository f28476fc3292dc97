/* real.h - the type of the model's numbers, and the functions whose names depend on it.
 *
 * The program computes in float. The reference backend and the model are compiled a second
 * time with LFADS_REAL_DOUBLE, for the golden tests and finite differences.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_REAL_H
#define LFADS_BASE_REAL_H
#include <math.h>

#ifdef LFADS_REAL_DOUBLE
typedef double real;
static inline real real_exp(real x) { return exp(x); }
static inline real real_log(real x) { return log(x); }
static inline real real_tanh(real x) { return tanh(x); }
static inline real real_sqrt(real x) { return sqrt(x); }
static inline real real_cos(real x) { return cos(x); }
static inline real real_sin(real x) { return sin(x); }
#else
typedef float real;
static inline real real_exp(real x) { return expf(x); }
static inline real real_log(real x) { return logf(x); }
static inline real real_tanh(real x) { return tanhf(x); }
static inline real real_sqrt(real x) { return sqrtf(x); }
static inline real real_cos(real x) { return cosf(x); }
static inline real real_sin(real x) { return sinf(x); }
#endif

/* The type in which costs and norms are summed. */
typedef double acc;

/* x limited to [-k, k]. */
static inline real real_clip(real x, real k) { return x > k ? k : x < -k ? -k : x; }
/* The logistic function, in a form that does not overflow. */
static inline real real_sigmoid(real x) { return (real)0.5 * real_tanh((real)0.5 * x) + (real)0.5; }
#endif
