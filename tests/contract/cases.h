/* cases.h - the cases of the backend's operations, in which tests compare every available backend
 * with the reference. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CASES_H
#define LFADS_TESTS_CASES_H
#include "backend/backend.h"

enum { CASE_ARRAYS = 48, PERTURBED_UNITS = 16 };

/* The arrays of one run of a case. Inputs are addressed random numbers, so they are the same in all
 * runs; in perturbed run n they differ from these by up to PERTURBED_UNITS units in the last place.
 */
struct arrays {
    struct {
        void *memory;
        size_t count;
        bool wide, compared; /* of acc instead of real; compared after the run */
    } array[CASE_ARRAYS];
    size_t used;
    uint32_t perturbed; /* number of the perturbed run; 0: not perturbed */
};

/* Adds an input of COUNT normal numbers times SCALE. */
real *case_input(struct arrays *arrays, size_t count, double scale);
/* Adds an array that is filled in the same way and compared after the run: an output, or one that
 * the operation changes in place. */
real *case_output(struct arrays *arrays, size_t count, double scale);
/* Adds sums, zero before the run and compared after it. */
acc *case_sums(struct arrays *arrays, size_t count);
/* Add an input of floats, whatever real is; an input of zeros. */
float *case_floats(struct arrays *arrays, size_t count, double scale);
uint32_t *case_words(struct arrays *arrays, size_t count);
/* Maps a tape [rows,units] of normal numbers to valid values: gates ru to (0,1), candidates c to
 * (-1,1). */
void case_gates(struct arrays *arrays, real *ru, real *c, size_t rows, size_t units);
void arrays_release(struct arrays *arrays);

/* Return X, which is element I of an array, perturbed for perturbed run number TIME (perturbed.c).
 */
real perturbed_input(real x, uint32_t time, size_t array, size_t i);
real perturbed_gate(real x, uint32_t time, size_t place, size_t i);

struct operation_case {
    const char *name; /* of the operation */
    /* Creates the arrays and calls the operation for ROWS rows of N elements. */
    void (*run)(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
};

#define OPERATION(name, arguments)                                                                 \
    void case_##name(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
#include "backend/operations.def"
#undef OPERATION

/* Cases of a GRU's time loop (sequences.c). */
void case_gru_sequence(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
void case_gru_sequence_backward(const struct backend *be, struct arrays *arrays, size_t rows,
                                size_t n);

/* Cases of the time loop of controller and generator (decoders.c): with feedback of factors
 * and dropout; with external inputs besides inferred ones; without feedback; with two samples per
 * trial, driven by the posterior means. */
#define DECODER_CASES(X)                                                                           \
    X(decoder_feedback)                                                                            \
    X(decoder_ext_inputs)                                                                          \
    X(decoder_no_feedback)                                                                         \
    X(decoder_samples)                                                                             \
    X(decoder_feedback_backward)                                                                   \
    X(decoder_ext_inputs_backward)                                                                 \
    X(decoder_no_feedback_backward)
#define DECODER_CASE(name)                                                                         \
    void case_##name(const struct backend *be, struct arrays *arrays, size_t rows, size_t n);
DECODER_CASES(DECODER_CASE)
#undef DECODER_CASE

/* The cases of every operation of operations.def, and those of whole time loops. Each list ends
 * with a name of NULL. */
extern const struct operation_case operation_cases[], loop_cases[];
#endif
