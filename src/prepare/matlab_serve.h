/* matlab_serve.h - the code of the process that reads a MATLAB file, and what it sends.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_MATLAB_SERVE_H
#define LFADS_PREPARE_MATLAB_SERVE_H
#include "prepare/variables.h"

enum matlab_kind {
    MATLAB_END,
    MATLAB_FAILED, /* it is no file of MATLAB's */
    MATLAB_NO_MEMORY,
    MATLAB_SKIPPED, /* an array that is not read */
    MATLAB_NUMBERS, /* followed by NUMBERS doubles, the first axis varying fastest */
    MATLAB_LISTS    /* by the ends and the rows of struct cells, then NUMBERS doubles */
};

/* Why an array is not read. */
enum matlab_reason { MATLAB_OTHER, MATLAB_COMPLEX, MATLAB_OBJECT, MATLAB_REASONS };

/* Announces an array. All members are numbers or text, and the parent checks them. */
struct matlab_header {
    int kind;   /* enum matlab_kind */
    int reason; /* enum matlab_reason, of a skipped one */
    char name[128];
    size_t rank, dims[VARIABLE_AXES], numbers, characters;
};

/* Limits the process and sends every array of the file at PATH through CHANNEL. */
void matlab_serve(int channel, const char *path);
#endif
