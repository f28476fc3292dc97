/* backend.h - a backend: a table of operations, and the memory that they work on.
 *
 * The model is written once against this table. `reference` is plain loops and defines what each
 * operation means; `cpu` is the fast one; a device's backend comes from a module (select.h).
 * operations.def lists the operations and their contracts.
 *
 * All arrays that operations take lie in the backend's memory. Host code reaches them through
 * upload and download only, unless host_memory is true. Only a backend with host_memory may be used
 * by several threads at a time. SPDX-License-Identifier: Apache-2.0 */
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

/* A matrix that a product sets: its rows are LD numbers apart. */
struct matrix {
    real *at;
    size_t ld;
};
/* A matrix that a product reads; TRANSPOSED: the product takes its transpose. */
struct operand {
    const real *at;
    size_t ld;
    bool transposed;
};

static inline struct matrix matrix_of(real *at, size_t ld)
{
    struct matrix matrix = {at, ld};

    return matrix;
}
static inline struct operand operand_of(const real *at, size_t ld)
{
    struct operand operand = {at, ld, false};

    return operand;
}
static inline struct operand transpose_of(const real *at, size_t ld)
{
    struct operand operand = {at, ld, true};

    return operand;
}

/* The time loop of a GRU of H units over K bins of ROWS rows; the tape holds the products of all
 * inputs (model/gru.h: gru_step computes one bin). Slot t+1 of h is the state after bin t, slot 0
 * the initial state; in REVERSE, from the last bin to the first, slot t and slot K. */
struct gru_sequence {
    real *ru, *rh, *c, *h;    /* [K,rows,2H] [K,rows,H] [K,rows,H] [K+1,rows,H] */
    bool one_bin;             /* ru, rh and c have room for one bin and are scratch */
    bool reverse, has_inputs; /* without inputs ru and c are undefined at first */
    const real *h_ru, *rh_c;  /* [H,2H] [H,H]; backward: transposed, [2H,H] [H,H] */
    const real *b_ru, *b_c;   /* [2H] [H]; forward */
    real clip;
    size_t bins, rows, units; /* K, rows, H */
    /* backward: ru and c become gradients as gru_step_backward leaves them */
    real *dh, *drh; /* [rows,H]: in place, from the last state's gradient to the first's; scratch */
    const real *dstates, *mask; /* [K,rows,H] or NULL: dstates times mask is added to the
                                   gradient of the state after each bin */
};

/* The time loop of a controller of C units and a generator of G units: T bins of R rows, each
 * trial's samples one after the other. In bin t the factors of slot t are fed back to the
 * controller; the controller's state gives mean, log variance and sample of n inferred inputs u; u
 * and external inputs (D inputs in all) drive the generator, whose state gives the factors of slot
 * t+1 (model/decoder.c: controller_step and generator_step compute one bin). The backward pass
 * takes transposed weights. */
struct decoder_sequence {
    struct gru_sequence con, gen; /* their bins, rows, clip and one_bin are the same; not in
                                     reverse; has_inputs, drh, dstates and mask are not used */
    size_t samples;               /* of a trial; backward: 1 */
    const real *con_ru, *con_c;   /* [T,R/samples,2C] [T,R/samples,C]: products of the rest of the
                                     controller's input; may be con's ru and c */
    /* what is fed back; NULL if nothing is */
    const real *fed_ru, *fed_c;    /* [F,2C] [F,C]; backward: [2C,F] [C,F], rows ldfed apart */
    const real *fed_mask;          /* [T,R,F], rows ldm apart, or NULL */
    real *fed;                     /* [T,R,F] */
    size_t n_factors, ldfed, ldm;  /* F */
    size_t inferred, inputs;       /* n, D */
    bool mean_drives;              /* u is the mean, not the sample */
    const real *mean_w, *logvar_w; /* [C,n]; backward: [n,C] */
    const real *mean_b, *logvar_b; /* [n]; forward */
    const real *noise;             /* [T,R,n] */
    real *mean, *logvar, *sample;  /* [T,R,n] */
    real *in;                      /* [T,R,D]: u, which is set, and external inputs */
    const real *in_ru, *in_c;      /* [D,2G] [D,G]; backward: [2G,D] [G,D] */
    const real *out_mask;          /* [T,R,G] or NULL */
    real *out;         /* slots [T+1,R,G]: the generator's states times out_mask; slot 0 is the
                          caller's; may be the states */
    const real *fac_w; /* [G,F]; backward: [F,G] */
    real *factors;     /* slots [T+1,R,F] */
    /* backward: tapes become gradients and each dh that of the first state, as gru_sequence says;
     * gen's lacks what the factors of slot 0 add */
    real *dfactors; /* slots [T+1,R,F]: of the factors, to which what was fed is added */
    real *dmean, *dlogvar, *du; /* [T,R,n]: sample_backward adds to the first two; du is used up */
};

/* How the optimizer moves the parameters in a step: written by limit_update, in the backend's
 * memory. */
struct update {
    real scale;  /* of the gradient, so that its norm is within the limit */
    real rate;   /* the bias-corrected learning rate */
    real halted; /* not 0: a gradient was not finite, and the parameters stay */
};

/* What of the optimizer stays the same from step to step; the host's. */
struct adam_options {
    double beta1, beta2; /* decay of the moments */
    double epsilon;      /* added to the root of the second moment */
};

struct backend {
    const char *name;
    void *context; /* the backend's own, or NULL */

    /* ---- memory ---- */
    bool host_memory; /* the host may read and write the backend's arrays directly */
    /* BYTES of zeros, aligned to 64 bytes at least; NULL if there is no memory. */
    void *(*memory_create)(SELF, size_t bytes);
    void (*memory_free)(SELF, void *memory); /* takes NULL */
    /* Bytes that are free. */
    size_t (*memory_available)(SELF);
    /* Host to backend, in the order of operations; SRC may be changed on return. */
    void (*upload)(SELF, void *dst, const void *src, size_t bytes);
    /* Backend to host; waits for the operations before it. */
    void (*download)(SELF, void *dst, const void *src, size_t bytes);
    /* The same without waiting: DST, from host_create, is complete after finish. */
    void (*download_later)(SELF, void *dst, const void *src, size_t bytes);
    /* Zeroed host memory that the device can reach. */
    void *(*host_create)(SELF, size_t bytes);
    void (*host_free)(SELF, void *memory); /* takes NULL */
    /* Waits for all operations; returns the first error since the last call. */
    enum lfads_status (*finish)(SELF, struct lfads_error *err);

    /* ---- optional: NULL if not implemented ---- */
    /* Operations between record and recorded are stored under OWNER's KEY, until memory is freed,
     * and executed. replay executes them again, on the same arrays; it returns false if none are
     * stored. Uploads and downloads are not recorded. If recorded returns false, nothing was
     * executed: the caller issues the operations again. */
    bool (*replay)(SELF, const void *owner, uint64_t key);
    void (*record)(SELF, const void *owner, uint64_t key);
    bool (*recorded)(SELF, const void *owner, uint64_t key);
    /* Operations after fork(BRANCH) belong to that branch, below MAX_BRANCHES, until the next fork
     * or join. Branches may run at the same time; all begin after the operations before the first
     * fork. Operations after join run after all of them, in branch 0. */
    void (*fork)(SELF, unsigned branch);
    void (*join)(SELF);
    /* A whole time loop at once. False: these sizes do not fit or do not pay; nothing was done, and
     * the caller goes from bin to bin. */
    bool (*gru_sequence)(SELF, const struct gru_sequence *sequence);
    bool (*gru_sequence_backward)(SELF, const struct gru_sequence *sequence);
    bool (*decoder_sequence)(SELF, const struct decoder_sequence *sequence);
    bool (*decoder_sequence_backward)(SELF, const struct decoder_sequence *sequence);
    /* Says that the matrix [rows,cols] at OFFSET of VECTOR, from memory_create, has changed and is
     * the right operand of many products: a backend may keep a copy in another form until
     * memory_free. Calls for a vector's matrices come in the order of their offsets, never while
     * other threads compute. */
    void (*pack)(SELF, const real *vector, size_t offset, size_t rows, size_t cols);
    /* Kernels launched so far; the device's peak in GFLOP/s at its precision, 0 if unknown. */
    uint64_t (*launches)(SELF);
    double (*peak)(SELF);

#define OPERATION(name, arguments) void(*name) arguments;
#include "backend/operations.def"
#undef OPERATION
};

enum { MAX_BRANCHES = 5 };

/* Plain loops, in float or double: the definition. */
const struct backend *backend_reference(void);
#ifndef LFADS_REAL_DOUBLE
/* oneDNN products and vector mathematics for the instruction set found at run time. */
const struct backend *backend_cpu(void);
/* The same with products of numbers rounded to bfloat16, summed in float. Fails on a processor
 * without AVX512-BF16. *OUT is freed by backend_cpu_bf16_free, which takes NULL. */
enum lfads_status backend_cpu_bf16_create(struct backend **out, struct lfads_error *err);
void backend_cpu_bf16_free(struct backend *backend);
#endif

/* ---- modules: backends in libraries of their own, loaded when asked for (select.h) ---- */

enum { BACKEND_MODULE_VERSION = 3 }; /* rises with any change of this file or operations.def */

struct backend_module {
    int version;      /* BACKEND_MODULE_VERSION of the module's build */
    size_t real_size; /* sizeof(real) of it */
    /* Sets *COUNT to the number of devices; fails, with the reason, if there is no driver, no
     * device, or none new enough. */
    enum lfads_status (*probe)(size_t *count, struct lfads_error *err);
    /* Opens device DEVICE to compute in PRECISION ("float32", "tf32", "bf16"). *OUT is freed by
     * release. */
    enum lfads_status (*create)(struct backend **out, size_t device, const char *precision,
                                struct lfads_error *err);
    void (*release)(struct backend *backend); /* takes NULL */
};

/* The only function that lfads_cuda.so exports. */
const struct backend_module *lfads_cuda_module(void);
#endif
