/* example_plot.h - the picture of an example trial for TensorBoard, computed and drawn in a thread
 * of its own while training goes on (files.md, "TensorBoard": LFADS example).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_EXAMPLE_PLOT_H
#define LFADS_TRAIN_EXAMPLE_PLOT_H
#include <stdint.h>

#include "run/run.h"

struct example_plot;

/* NULL where no pictures are wanted (--example_every_s below 0) or there is no memory for them. A
 * picture that can't be made is warned of, and no more are tried: training does not fail for it. */
struct example_plot *example_plot_create(const struct run *run);
/* Bytes that a picture takes while it is made. */
size_t example_plot_bytes(const struct run *run);
/* Waits for a picture in progress and drops it. Takes NULL, as all of these do. */
void example_plot_free(struct example_plot *plot);
/* Whether it is time for a picture at STEP, or it is the LAST of the run. */
bool example_plot_is_due(const struct example_plot *plot, int64_t step, bool last);
/* Begins a picture of PARAMETERS, which are copied, at STEP. Not to be called unless one is due. */
void example_plot_begin(struct example_plot *plot, const real *parameters, int64_t step);
/* Adds a finished picture to the events at PATH; WAIT: waits for one in progress. */
enum lfads_status example_plot_collect(struct example_plot *plot, const char *path, bool wait,
                                       struct lfads_error *err);
#endif
