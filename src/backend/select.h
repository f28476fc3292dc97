/* select.h - the backend that --device names. A GPU's is in a library of its own, lfads_cuda.so,
 * which is loaded when a GPU is asked for, so that the program needs no driver where there is none.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_SELECT_H
#define LFADS_BACKEND_SELECT_H
#include "backend/backend.h"

struct backend_choice {
    const struct backend *be;
    struct backend *own; /* one of the CPU's that was made for this choice, or NULL */
    /* a device's; NULL with the CPU's */
    struct backend *device;
    const struct backend_module *module;
    void *library;
};

/* What is asked for. */
struct backend_request {
    const char *device;    /* "auto", "cpu", "cpu:N" or "gpu:N", with or without "/" before it */
    const char *precision; /* of products' operands: "float32", "tf32", "bf16" */
};

/* Sets CHOICE, freed by backend_release: the GPU that is asked for, or with "auto" the first there
 * can be used; the CPU where it can't, and then, if it was asked for by number or its memory is
 * taken, REASON to the reason. REASON is empty otherwise. Fails where the device asked for by
 * number is there but refuses what is asked of it, or has no memory for it. */
enum lfads_status backend_select(struct backend_choice *choice,
                                 const struct backend_request *request, char *reason, size_t size,
                                 struct lfads_error *err);
void backend_release(struct backend_choice *choice);
#endif
