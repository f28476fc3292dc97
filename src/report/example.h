/* example.h - draws TensorBoard's picture of a training and a validation trial as the model sees
 * them (files.md, "TensorBoard": LFADS example). SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_EXAMPLE_H
#define LFADS_REPORT_EXAMPLE_H
#include "base/error.h"
#include "report/rates.h"

enum { EXAMPLE_WIDTH = 1800, EXAMPLE_HEIGHT = 2000 };

/* One column: a trial's averages over samples, arrays [T,n]; n is 0 if the model lacks them. */
struct example_column {
    const char *title;
    struct rates rates; /* bins 0: the column stays empty */
    const double *inputs, *ext, *factors, *states;
    size_t n_inputs, n_ext, n_factors, n_states;
};

/* Draws two columns of seven rows: rates over truth; inferred and external inputs; rates over the
 * data; factors; generator states; the data and the rates as images. On success *PNG is the
 * caller's to free, of LENGTH bytes. */
enum lfads_status example_draw(unsigned char **png, size_t *length,
                               const struct example_column columns[2], struct lfads_error *err);
#endif
