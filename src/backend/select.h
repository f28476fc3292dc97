/* select.h - the backend that --device names. A GPU's is in a separate library, lfads_cuda.so,
 * which is loaded when a GPU is requested, so that the program runs on a machine without a driver.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_SELECT_H
#define LFADS_BACKEND_SELECT_H
#include "backend/backend.h"

struct backend_choice {
    const struct backend *be;
    struct backend *bf16; /* the CPU's backend in bfloat16, or NULL */
    /* of a device; NULL for the CPU */
    struct backend *device;
    const struct backend_module *module;
    void *library;
};

/* What the user requests. */
struct backend_request {
    const char *device;    /* "auto", "cpu", "cpu:N" or "gpu:N", with or without "/" before it */
    const char *precision; /* of products: "float32", "tf32", "bf16" */
};

/* Sets CHOICE, freed by backend_release, to the requested GPU, with "auto" to the first usable one,
 * or to the CPU if that GPU cannot be used. If it sets the CPU because a GPU requested by
 * number cannot be used or any GPU lacks memory, REASON [size] says why; it is empty otherwise.
 * Fails if the GPU requested by number exists but does not support the request or lacks memory for
 * it. */
enum lfads_status backend_select(struct backend_choice *choice,
                                 const struct backend_request *request, char *reason, size_t size,
                                 struct lfads_error *err);
void backend_release(struct backend_choice *choice);

/* The module that backend_select would load for a GPU. */
struct backend_module_report {
    char path[4096];  /* of its file; "" if none is found */
    size_t devices;   /* devices that it finds; 0 if none can be used */
    char reason[512]; /* why none can be used; "" otherwise */
};
/* Fills REPORT. Loading a module loads cuBLAS, hundreds of megabytes: if NVIDIA's driver is
 * missing, this loads a module only if LFADS_CUDA_MODULE names it. */
void backend_report_module(struct backend_module_report *report);
#endif
