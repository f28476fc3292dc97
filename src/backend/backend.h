/* backend.h - a backend: a table of operations and the memory that they work on.
 *
 * The model is written once against this table. `reference` consists of plain loops and defines
 * what each operation computes; `cpu` is fast; a module provides a device's backend (select.h).
 * operations.def lists the operations and their contracts.
 *
 * All arrays that operations read or write lie in the backend's memory. Host code accesses them
 * only through upload and download, unless host_memory is true. Several threads at a time may use a
 * backend only if it has host_memory. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_BACKEND_H
#define LFADS_BACKEND_BACKEND_H
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/philox.h"
#include "base/real.h"

struct backend;

/* The first argument of every operation is the backend itself; CPU kernels do not use it. */
#define SELF const struct backend *self __attribute__((unused))

/* A matrix that a product sets; LD is its row stride in reals. */
struct matrix {
    real *data;
    size_t ld;
};
/* A matrix that a product reads; if TRANSPOSED, the product uses its transpose. If ROUNDED, its
 * rows hold bfloat16 numbers (struct backend: rounds_operands). */
struct operand {
    const real *data;
    size_t ld;
    bool transposed, rounded;
};

static inline struct matrix matrix_of(real *data, size_t ld)
{
    struct matrix matrix = {data, ld};

    return matrix;
}
/* The matrix's rows from ROW on. */
static inline struct matrix matrix_from(struct matrix matrix, size_t row)
{
    return matrix_of(matrix.data + row * matrix.ld, matrix.ld);
}
static inline struct operand operand_of(const real *data, size_t ld)
{
    struct operand operand = {data, ld, false, false};

    return operand;
}
static inline struct operand transpose_of(const real *data, size_t ld)
{
    struct operand operand = {data, ld, true, false};

    return operand;
}

/* A product as in OPERATION(product). */
struct product {
    struct matrix c;
    struct operand a, b;
    size_t m, n, k;
    bool add;
};

/* Gradients of the states after bins FIRST to FIRST+COUNT-1 of a sequence: x times mask,
 * [COUNT,rows,H] with row strides LDX and LDM. x NULL: there are none; mask NULL: ones. */
struct state_gradients {
    const real *x, *mask;
    size_t ldx, ldm, first, count;
};

/* The time loop of a GRU of H units over K bins of ROWS rows; the tape holds the products of all
 * inputs (model/gru.h: gru_step computes one bin). Slot t+1 of h is the state after bin t and slot
 * 0 the initial state. If REVERSE, the loop runs from the last bin to the first: slot t is the
 * state after bin t and slot K the initial state. */
struct gru_sequence {
    real *ru, *rh, *c, *h;    /* [K,rows,2H] [K,rows,H] [K,rows,H] [K+1,rows,H] */
    bool one_bin;             /* ru, rh and c are scratch memory of one bin */
    bool reverse, has_inputs; /* without inputs ru and c are undefined at the start */
    const real *h_ru, *rh_c;  /* [H,2H] [H,H]; backward: transposed, [2H,H] [H,H] */
    const real *b_ru, *b_c;   /* [2H] [H]; forward */
    real clip;
    size_t bins, rows, units; /* K, rows, H */
    /* backward: ru and c become gradients, as gru_step_backward sets them */
    real *dh;  /* [rows,H], in place: of the last state, then of the first one */
    real *drh; /* [rows,H], scratch */
    struct state_gradients dstates; /* are added */
};

/* The time loop of a controller of C units and a generator of G units: T bins of R rows; a trial's
 * samples are consecutive rows. In bin t the controller reads the factors of slot t and computes
 * mean, log variance and sample of n inferred inputs u; u and external inputs (D inputs in total)
 * drive the generator, whose state yields the factors of slot t+1 (model/decoder.c: controller_step
 * and generator_step compute one bin). The backward pass reads transposed weights. */
struct decoder_sequence {
    struct gru_sequence con, gen; /* with equal bins, rows, clip and one_bin, not in reverse;
                                     has_inputs, drh and dstates are not used */
    size_t samples;               /* per trial; backward: 1 */
    const real *con_ru, *con_c;   /* [T,R/samples,2C] [T,R/samples,C]: products of the controller's
                                     input without the feedback; may be con's ru and c */
    /* feedback: factors; NULL if the model has none */
    const real *fed_ru, *fed_c;    /* [F,2C] [F,C]; backward: [2C,F] [C,F], row stride ldfed */
    const real *fed_mask;          /* [T,R,F], row stride ldm, or NULL */
    real *fed;                     /* [T,R,F] */
    size_t n_factors, ldfed, ldm;  /* F */
    size_t inferred, inputs;       /* n, D */
    bool mean_drives;              /* u is the mean instead of the sample */
    const real *mean_w, *logvar_w; /* [C,n]; backward: [n,C] */
    const real *mean_b, *logvar_b; /* [n]; forward */
    const real *noise;             /* [T,R,n] */
    real *mean, *logvar, *sample;  /* [T,R,n] */
    real *in;                      /* [T,R,D]: u, which this sets, and external inputs */
    const real *in_ru, *in_c;      /* [D,2G] [D,G]; backward: [2G,D] [G,D] */
    const real *out_mask;          /* [T,R,G] or NULL */
    real *out;         /* slots [T+1,R,G]: the generator's states times out_mask; the caller sets
                          slot 0; may be gen.h */
    const real *fac_w; /* [G,F]; backward: [F,G] */
    real *factors;     /* slots [T+1,R,F] */
    /* backward: tapes become gradients and each dh that of the first state, as in gru_sequence;
     * gen.dh lacks the part that comes from the factors of slot 0 */
    real *dfactors; /* slots [T+1,R,F]: gradient of the factors; the feedback's gradient is added */
    real *dmean, *dlogvar, *du; /* [T,R,n]: sample_backward adds to the first two; du is changed */
};

/* The numbers of zero-inflated gamma distributions before they go through a sigmoid, and the scales
 * of alphas and betas: [N], the same in all rows. */
struct zig {
    real *a, *b, *c; /* [T,R,N] */
    const real *alpha_scale, *beta_scale;
    double loc; /* a number that is not 0 exceeds it */
};

/* The optimizer's update of one step, set by limit_update, in the backend's memory. */
struct update {
    real scale;   /* factor that keeps the gradient's norm within the limit */
    real rate;    /* the bias-corrected learning rate */
    real epsilon; /* added to the root of the second moment */
    real decay;   /* share of a parameter that is taken off */
    real halted;  /* not 0 after a gradient that is not finite: the parameters stay */
};

/* What limit_update copies to struct update, in the backend's memory. */
struct update_rates {
    real rate, epsilon, decay;
};

/* The limit of the gradient's norm, in the host's memory. */
struct norm_limit {
    double max;    /* greatest norm */
    double margin; /* added to the norm before it is compared and divided by */
};

/* The optimizer's constants, in the host's memory. */
struct adam_options {
    double beta1, beta2; /* decay of the moments */
};

/* Log rates and log variances are limited to [-SATURATION, SATURATION], so that their exponentials
 * are finite; no gradient passes where the limit acts: model.md (6.8). */
#define SATURATION 80

struct backend {
    const char *name;
    void *context; /* the backend's private data, or NULL */

    /* Arrays that operations.def calls operands hold bfloat16 numbers instead of reals, two in the
     * place of one; a zero ends a row of an odd number of them. Kept arrays hold IEEE 754 half
     * precision numbers in the same places, 1-u for an update gate u; the end of an odd row is
     * undefined. Only in the host's memory, and without the time loops below. */
    bool rounds_operands;

    /* ---- memory ---- */
    bool host_memory; /* the host may read and write the backend's arrays directly */
    /* Allocates BYTES of zeros, aligned to at least 64 bytes; NULL if memory does not suffice. */
    void *(*memory_create)(SELF, size_t bytes);
    void (*memory_free)(SELF, void *memory); /* takes NULL */
    /* Returns the number of free bytes. */
    size_t (*memory_available)(SELF);
    /* Copies from host to backend, in the order of operations; the caller may change SRC after
     * return. */
    void (*upload)(SELF, void *dst, const void *src, size_t bytes);
    /* Copies from backend to host; waits for the operations before it. */
    void (*download)(SELF, void *dst, const void *src, size_t bytes);
    /* Does the same without waiting: DST, from host_create, is complete after finish. */
    void (*download_later)(SELF, void *dst, const void *src, size_t bytes);
    /* Allocates BYTES of zeroed host memory that the device can access; NULL if memory does not
     * suffice. */
    void *(*host_create)(SELF, size_t bytes);
    void (*host_free)(SELF, void *memory); /* takes NULL */
    /* Waits for all operations; returns the first error since the last call. */
    enum lfads_status (*finish)(SELF, struct lfads_error *err);

    /* ---- optional: NULL if not implemented ---- */
    /* The backend stores the operations between record and recorded under OWNER's KEY, until memory
     * is freed, and executes them. replay executes them again, on the same arrays; it returns false
     * if none are stored. Uploads and downloads are not recorded. If recorded returns false,
     * nothing was executed: the caller issues the operations again. */
    bool (*replay)(SELF, const void *owner, uint64_t key);
    void (*record)(SELF, const void *owner, uint64_t key);
    bool (*recorded)(SELF, const void *owner, uint64_t key);
    /* Operations after fork(BRANCH) belong to that branch, below MAX_BRANCHES, until the next fork
     * or join. Branches may run at the same time, after the operations before the first fork.
     * Operations after join belong to branch 0 and run after all branches. */
    void (*fork)(SELF, unsigned branch);
    void (*join)(SELF);
    /* Run a whole time loop. If these sizes do not fit or would be slower, they return false
     * without effect, and the caller computes bin by bin. */
    bool (*gru_sequence)(SELF, const struct gru_sequence *sequence);
    bool (*gru_sequence_backward)(SELF, const struct gru_sequence *sequence);
    bool (*decoder_sequence)(SELF, const struct decoder_sequence *sequence);
    bool (*decoder_sequence_backward)(SELF, const struct decoder_sequence *sequence);
    /* Computes products one after the other; operands that neighbours share may be prepared once.
     * No result is an operand. */
    void (*products)(SELF, const struct product *products, size_t count);
    /* Announces that the matrix [rows,cols] at OFFSET of VECTOR, from memory_create, has changed
     * and is the right operand of many products: a backend may keep a copy in another format until
     * memory_free. The caller announces a vector's matrices in the order of their offsets, never
     * while other threads compute. */
    void (*pack)(SELF, const real *vector, size_t offset, size_t rows, size_t cols);
    /* Returns the number of kernels launched so far. */
    uint64_t (*launches)(SELF);
    /* Returns the device's peak in GFLOP/s at its precision; 0 if unknown. */
    double (*peak)(SELF);

#define OPERATION(name, arguments) void(*name) arguments;
#include "backend/operations.def"
#undef OPERATION
};

/* Returns an array of rows of N elements, without gaps, that operations.def calls an operand or
 * kept. */
static inline struct matrix operand_array(const struct backend *be, real *data, size_t n)
{
    return matrix_of(data, be->rounds_operands ? (n + 1) / 2 : n);
}
/* Returns what products read of such an array. */
static inline struct operand operand_in(const struct backend *be, struct matrix array)
{
    struct operand operand = {array.data, array.ld, false, be->rounds_operands};

    return operand;
}

enum { MAX_BRANCHES = 5 };

/* Plain loops, in float or double: the definition. */
const struct backend *backend_reference(void);
#ifndef LFADS_REAL_DOUBLE
/* oneDNN products and vector mathematics for the instruction set found at run time. */
const struct backend *backend_cpu(void);
/* The same with products whose operands are rounded to bfloat16 and summed in float. Fails on a
 * processor without AVX512-BF16. backend_cpu_bf16_free frees *OUT; it takes NULL. */
enum lfads_status backend_cpu_bf16_create(struct backend **out, struct lfads_error *err);
void backend_cpu_bf16_free(struct backend *backend);
#endif

/* ---- modules: backends in separate libraries, loaded on request (select.h) ---- */

enum { BACKEND_MODULE_VERSION = 8 }; /* raised by any change of this file or operations.def */

struct backend_module {
    int version;      /* BACKEND_MODULE_VERSION of the module's build */
    size_t real_size; /* sizeof(real) in the module's build */
    /* Sets *COUNT to the number of devices; fails, with the reason, if there is no driver, no
     * device, or none new enough. */
    enum lfads_status (*probe)(size_t *count, struct lfads_error *err);
    /* Opens device number DEVICE to compute in PRECISION ("float32", "tf32", "bf16"). release frees
     * *OUT. */
    enum lfads_status (*create)(struct backend **out, size_t device, const char *precision,
                                struct lfads_error *err);
    void (*release)(struct backend *backend); /* takes NULL */
};

/* The only function that lfads_cuda.so exports. */
const struct backend_module *lfads_cuda_module(void);
#endif
