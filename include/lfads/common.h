/* common.h - statuses, errors, progress: what every header of the library uses.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_COMMON_H
#define LFADS_COMMON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version; lfads_version says that of the library in use. */
#define LFADS_VERSION "0.1.0"

/* LFADS_CHECKED: the compiler warns if a caller ignores the result. */
#if defined(__GNUC__)
#define LFADS_API __attribute__((visibility("default")))
#define LFADS_CHECKED __attribute__((warn_unused_result))
#else
#define LFADS_API
#define LFADS_CHECKED
#endif

enum lfads_status {
    LFADS_OK = 0,
    LFADS_USAGE = 1,    /* a flag or an argument is wrong */
    LFADS_BAD_DATA = 2, /* a file's contents are wrong */
    LFADS_IO = 3,       /* a file can't be read or written */
    LFADS_NO_MEMORY = 4,
    LFADS_INTERRUPTED = 5, /* the stop callback asked to stop; training has saved its state */
    LFADS_NUMERIC = 6      /* a cost or gradient is not finite */
};

/* How a call failed. It never grows. */
struct lfads_error {
    enum lfads_status status;
    char text[1024]; /* one sentence, NUL-terminated, no newline */
};

/* Returns the version, such as "1.2.3". */
LFADS_API const char *lfads_version(void);
/* Describes, for people to read, how the library was built and what it finds on this machine:
 * compiler, processor, precision, libraries with versions, GPUs, the files of the modules for
 * GPUs and MPI. The text has lines "thing: value"; a line that begins with a blank continues the
 * line before. Writes at most SIZE bytes to TEXT, the NUL included; returns the length of the whole
 * text without the NUL. TEXT may be NULL if SIZE is 0. Loads the module that finds GPUs only if
 * NVIDIA's driver is installed. */
LFADS_API size_t lfads_build_info(char *text, size_t size);
/* Returns the name of a status, such as "bad data". */
LFADS_API const char *lfads_status_name(enum lfads_status status);

/* ---- progress of long calls ------------------------------------------------------------------ */
/* Mean costs of a batch, as docs/training.md defines them: without ramps, the total with them. It
 * never grows: others hold it. */
struct lfads_costs {
    double total;
    double recon; /* the negative log-likelihood of the data */
    double kl, l2, corr;
};
/* An epoch of a training that has ended. The library allocates it, and it may grow at its end. */
struct lfads_epoch {
    int64_t epoch, step;  /* its number, from 0; updates done after it */
    double learning_rate; /* that it was trained with */
    double gradient_norm; /* of the last batch, before clipping */
    double seconds;       /* that it took, with validation */
    double kl_weight, l2_weight;
    struct lfads_costs train;
    bool has_valid;           /* there are validation trials */
    struct lfads_costs valid; /* NaN without */
    /* scores of validation trials; NaN: not measured. recon_sv: cost of what sample validation
     * takes out; co_bps, fp_bps: bits per spike of held-out channels, of forward bins */
    double recon_sv, co_bps, fp_bps;
};
/* How far a call is. The library allocates it, and it may grow at its end. */
struct lfads_progress {
    const char *what;    /* what share refers to: "epoch", "trials", "training an integrator" */
    double share;        /* done so far, 0 to 1 */
    int64_t epoch, step; /* training only */
    double trials_per_second;
    double learning_rate; /* training only */
    double seconds;       /* since the call began, or since a training was created */
    /* training only: the epoch that has just ended, in the call right after it; else NULL. Valid
     * until the callback returns */
    const struct lfads_epoch *ended;
};
/* Callbacks of a long call; any member but size may be 0. The library calls them on the thread that
 * called it. */
struct lfads_callbacks {
    size_t size; /* set by the caller: sizeof(struct lfads_callbacks) */
    void *payload;
    void (*line)(void *payload, const char *text); /* a result line, without its newline */
    void (*warn)(void *payload, const char *text); /* a warning for the user */
    void (*progress)(void *payload, const struct lfads_progress *progress);
    bool (*stop)(void *payload); /* true: end with LFADS_INTERRUPTED; training saves first */
};

#ifdef __cplusplus
}
#endif
#endif
