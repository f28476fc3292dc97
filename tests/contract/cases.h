/* cases.h - one list of cases of the backend's operations, for every backend present: compared
 * with the reference here, timed by the benchmark.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CASES_H
#define LFADS_TESTS_CASES_H
#include "backend/backend.h"

enum { CASE_ARRAYS = 48 };

/* The arrays of one run of a case. Filled by address, so two runs see the same numbers. */
struct arrays {
    struct {
        void *memory;
        size_t count;
        bool wide, compared; /* acc instead of real; an output */
    } array[CASE_ARRAYS];
    size_t used;
};

/* COUNT normal numbers times SCALE, an input. */
real *case_input(struct arrays *arrays, size_t count, double scale);
/* The same, but compared after the run: outputs, and what an operation changes in place. */
real *case_output(struct arrays *arrays, size_t count, double scale);
/* Wide sums, zero before the run. */
acc *case_sums(struct arrays *arrays, size_t count);
void arrays_release(struct arrays *arrays);

struct operation_case {
    const char *name; /* the operation's */
    /* Makes the arrays and calls the operation for ROWS rows of N numbers. */
    void (*run)(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
};

/* Cases of whole time loops (sequences.c). */
void case_gru_sequence(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
void case_gru_sequence_backward(const struct backend *be, struct arrays *arrays, size_t rows,
                                size_t n);

/* Of controller and generator (decoders.c): factors fed back under dropout; external inputs beside
 * the inferred ones; nothing fed back; two samples of a trial, driven by their means. */
#define DECODER_CASES(X)                                                                           \
    X(decoder_fed)                                                                                 \
    X(decoder_driven)                                                                              \
    X(decoder_apart)                                                                               \
    X(decoder_sampled)                                                                             \
    X(decoder_fed_backward)                                                                        \
    X(decoder_driven_backward)                                                                     \
    X(decoder_apart_backward)
#define DECODER_CASE(name)                                                                         \
    void case_##name(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
DECODER_CASES(DECODER_CASE)
#undef DECODER_CASE

/* Ends with a case without name. */
extern const struct operation_case operation_cases[];
#endif
