/* cases.h - one list of cases of the backend's operations, by which every backend present is
 * compared with the reference. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CASES_H
#define LFADS_TESTS_CASES_H
#include "backend/backend.h"

enum { CASE_ARRAYS = 48, SHAKEN_UNITS = 16 };

/* The arrays of one run of a case. Filled by address, so two runs see the same numbers; or, SHAKEN
 * for the n-th time, numbers that are moved by up to SHAKEN_UNITS units of their last places. */
struct arrays {
    struct {
        void *memory;
        size_t count;
        bool wide, compared; /* acc instead of real; an output */
    } array[CASE_ARRAYS];
    size_t used;
    uint32_t shaken; /* 0: not */
};

/* COUNT normal numbers times SCALE, an input. */
real *case_input(struct arrays *arrays, size_t count, double scale);
/* The same, but compared after the run: outputs, and what an operation changes in place. */
real *case_output(struct arrays *arrays, size_t count, double scale);
/* Wide sums, zero before the run, compared. */
acc *case_sums(struct arrays *arrays, size_t count);
/* Inputs that are floats whatever real is; words, zero before the run. */
float *case_floats(struct arrays *arrays, size_t count, double scale);
uint32_t *case_words(struct arrays *arrays, size_t count);
/* The tape as forward leaves it, ROWS rows of all bins: gates ru within (0,1), candidates c within
 * (-1,1). */
void case_gates(struct arrays *arrays, real *ru, real *c, size_t rows, size_t units);
void arrays_release(struct arrays *arrays);

/* What an array of a run that is shaken for the TIME-th time has in place I for X (shaken.c). */
real shaken_input(real x, uint32_t time, size_t array, size_t i);
real shaken_gate(real x, uint32_t time, size_t place, size_t i);

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

/* Every operation of operations.def; the optional ones over whole time loops. Each ends with a case
 * without name. */
extern const struct operation_case operation_cases[], loop_cases[];
#endif
