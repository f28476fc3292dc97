/* backend.h - what computes: a table of operations over memory of its own.
 *
 * The model is written once against this table. `reference` is plain loops and defines what each
 * operation means; `cpu` is the fast one; a device's comes from a module (select.h). Operations and
 * their contracts: operations.def.
 *
 * All arrays that operations take lie in the backend's memory. Host code touches them through
 * upload and download only, unless host_memory says that they are its own. A backend is used by one
 * thread at a time unless it has host_memory. SPDX-License-Identifier: Apache-2.0 */
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

/* The time loop of a GRU of H units over K bins of ROWS rows, whose inputs' products are all in the
 * tape already (model/gru.h: what gru_step does bin by bin). The state after bin t is in slot t+1
 * of h, the first one in slot 0; in REVERSE, from the last bin to the first, in slot t and slot K.
 */
struct gru_sequence {
    real *ru, *rh, *c, *h;    /* [K,rows,2H] [K,rows,H] [K,rows,H] [K+1,rows,H] */
    bool one_bin;             /* ru, rh and c have room for one bin and are scratch */
    bool reverse, has_inputs; /* without inputs ru and c come in undefined */
    const real *h_ru, *rh_c;  /* [H,2H] [H,H]; backward: transposed, [2H,H] [H,H] */
    const real *b_ru, *b_c;   /* [2H] [H]; forward */
    real clip;
    size_t bins, rows, units; /* K, rows, H */
    /* backward: ru and c become gradients as gru_step_backward leaves them */
    real *dh, *drh; /* [rows,H]: the last state's gradient, becoming the first's; scratch */
    const real *dstates, *mask; /* [K,rows,H] or NULL: dstates times mask joins the gradient of the
                                   state after each bin before that bin's step backward */
};

/* The time loop of a controller of C units and the generator of G units that it drives: T bins of R
 * rows, each trial's samples one after the other. A bin feeds the factors of its first slot back to
 * the controller, whose state gives mean, log variance and sample of n inferred inputs u, which
 * drive the generator beside external inputs (D inputs in all), whose state gives the next slot's
 * factors (model/decoder.c: what controller_step and generator_step do bin by bin). Maps come
 * transposed in the backward pass. */
struct decoder_sequence {
    struct gru_sequence con, gen; /* their bins, rows, clip and one_bin are the same; not in
                                     reverse; has_inputs, drh, dstates and mask are not used */
    size_t samples;               /* of a trial; backward: 1 */
    const real *con_ru, *con_c;   /* [T,R/samples,2C] [T,R/samples,C]: products of the rest of the
                                     controller's input; may be con's ru and c */
    /* what is fed back: NULL where nothing is */
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
    real *out;         /* slots [T+1,R,G]: the generator's states times out_mask, slot 0 as it comes
                          in; may be the states */
    const real *fac_w; /* [G,F]; backward: [F,G] */
    real *factors;     /* slots [T+1,R,F] */
    /* backward: tapes become gradients and each dh that of the first state (but for what slot 0's
     * factors add to gen's), as gru_sequence says */
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
    bool host_memory; /* the host may read and write the backend's arrays itself */
    /* BYTES of zeros, aligned to 64 bytes at least; NULL where there are none. */
    void *(*memory_create)(SELF, size_t bytes);
    void (*memory_free)(SELF, void *memory); /* takes NULL */
    /* Bytes that memory_create may still have. */
    size_t (*memory_available)(SELF);
    /* Host to backend, in the order of operations; SRC may be changed on return. */
    void (*upload)(SELF, void *dst, const void *src, size_t bytes);
    /* Backend to host; waits for the operations before it. */
    void (*download)(SELF, void *dst, const void *src, size_t bytes);
    /* The same without waiting: DST, which comes from host_create, is complete after finish. */
    void (*download_later)(SELF, void *dst, const void *src, size_t bytes);
    /* Zeroed host memory that the device can reach. */
    void *(*host_create)(SELF, size_t bytes);
    void (*host_free)(SELF, void *memory); /* takes NULL */
    /* Waits for all operations; the first error since the last call. */
    enum lfads_status (*finish)(SELF, struct lfads_error *err);

    /* ---- optional: NULL where the backend has it not ---- */
    /* Operations between record and recorded are kept under OWNER's KEY, until memory is freed, and
     * run. replay runs them again, on the same arrays; false: none are kept under KEY. Uploads and
     * downloads are not recorded. Where recorded says false nothing has run: the same once more. */
    bool (*replay)(SELF, const void *owner, uint64_t key);
    void (*record)(SELF, const void *owner, uint64_t key);
    bool (*recorded)(SELF, const void *owner, uint64_t key);
    /* Operations after fork may run beside those of other branches, below MOST_BRANCHES, until
     * join; they begin after what was before the first fork. After join, branch 0 is the one again.
     */
    void (*fork)(SELF, unsigned branch);
    void (*join)(SELF);
    void (*gru_sequence)(SELF, const struct gru_sequence *sequence);
    void (*gru_sequence_backward)(SELF, const struct gru_sequence *sequence);
    /* False: nothing was done, for these sizes do not fit. */
    bool (*decoder_sequence)(SELF, const struct decoder_sequence *sequence);
    bool (*decoder_sequence_backward)(SELF, const struct decoder_sequence *sequence);
    /* The matrix [rows,cols] at OFFSET of VECTOR, from memory_create, has changed and will be the
     * right factor of many products: a backend may keep it in a form of its own until memory_free.
     * A vector's matrices come in the order of their places; not while other threads compute. */
    void (*pack)(SELF, const real *vector, size_t offset, size_t rows, size_t cols);
    /* Kernels launched so far; the device's peak in GFLOP/s at its precision, 0 if not known. */
    uint64_t (*launches)(SELF);
    double (*peak)(SELF);

#define OPERATION(name, arguments) void(*name) arguments;
#include "backend/operations.def"
#undef OPERATION
};

enum { MOST_BRANCHES = 5 };

/* Plain loops, in float or double: the definition. */
const struct backend *backend_reference(void);
#ifndef LFADS_REAL_DOUBLE
/* oneDNN products and vector mathematics for the instruction set found at run time. */
const struct backend *backend_cpu(void);
/* The same with products of numbers rounded to bfloat16, summed in float. Fails where the processor
 * has no AVX512-BF16. *OUT is freed by backend_cpu_bf16_free, which takes NULL. */
enum lfads_status backend_cpu_bf16_create(struct backend **out, struct lfads_error *err);
void backend_cpu_bf16_free(struct backend *backend);
#endif

/* ---- modules: backends in libraries of their own, loaded when asked for (select.h) ---- */

enum { BACKEND_MODULE_VERSION = 3 }; /* rises with any change of this file or operations.def */

struct backend_module {
    int version;      /* BACKEND_MODULE_VERSION of the module's build */
    size_t real_size; /* sizeof(real) of it */
    /* Sets *COUNT to the usable devices; fails, saying reason, where there is no driver, no device,
     * or none new enough. */
    enum lfads_status (*probe)(size_t *count, struct lfads_error *err);
    /* Opens device DEVICE to compute in PRECISION ("float32", "tf32", "bf16"). GROWTH: takes memory
     * as it is needed, instead of most of it at once. *OUT is freed by release. */
    enum lfads_status (*create)(struct backend **out, size_t device, const char *precision,
                                bool growth, struct lfads_error *err);
    void (*release)(struct backend *backend); /* takes NULL */
};

/* The one function that lfads_cuda.so exports. */
const struct backend_module *lfads_cuda_module(void);
#endif
