/* example_plot.h - the picture of an example trial for TensorBoard, computed and drawn in a
 * separate thread during training (files.md, "TensorBoard": LFADS example).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_EXAMPLE_PLOT_H
#define LFADS_TRAIN_EXAMPLE_PLOT_H
#include <stdint.h>

#include "run/run.h"

struct example_plot;

/* Returns NULL if pictures are off (--example_every_s below 0) or memory is short. If a picture
 * fails, a warning says so and no further ones are tried; training goes on. */
struct example_plot *example_plot_create(const struct run *run);
/* Bytes of memory that a picture in progress takes. */
size_t example_plot_bytes(const struct run *run);
/* Waits for a picture in progress and discards it. Accepts NULL. */
void example_plot_free(struct example_plot *plot);
/* Whether to begin a picture at STEP: it is time for one, or STEP is the LAST of the run. False for
 * NULL. */
bool example_plot_is_due(const struct example_plot *plot, int64_t step, bool last);
/* Begins a picture from a copy of PARAMETERS at STEP. To be called only if one is due. */
void example_plot_begin(struct example_plot *plot, const real *parameters, int64_t step);
/* Appends a finished picture to the events at PATH; WAIT: waits for one in progress. Accepts NULL.
 */
enum lfads_status example_plot_collect(struct example_plot *plot, const char *path, bool wait,
                                       struct lfads_error *err);
#endif
