/* painter.h - the picture of an example trial for TensorBoard, computed and drawn in a thread of
 * its own while training goes on (files.md, "TensorBoard": LFADS example).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TRAIN_PAINTER_H
#define LFADS_TRAIN_PAINTER_H
#include <stdint.h>

#include "save/project.h"

struct painter;

/* NULL where no pictures are wanted (--example_every_s below 0) or there is no memory for them. A
 * picture that can't be made is warned of, and no more are tried: training does not fail for it. */
struct painter *painter_create(const struct project *project);
/* Bytes that a picture takes while it is made. */
size_t painter_bytes(const struct project *project);
/* Waits for a picture in progress and drops it. Takes NULL, as all of these do. */
void painter_free(struct painter *painter);
/* Whether it is time for a picture at STEP, or it is the LAST of the run. */
bool painter_is_due(const struct painter *painter, int64_t step, bool last);
/* Begins a picture of PARAMETERS, which are copied, at STEP. Not to be called unless one is due. */
void painter_begin(struct painter *painter, const real *parameters, int64_t step);
/* Adds a finished picture to the events at PATH; WAIT: waits for one in progress. */
enum lfads_status painter_collect(struct painter *painter, const char *path, bool wait,
                                  struct lfads_error *err);
#endif
