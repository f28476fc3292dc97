/* session_private.h - reads a session's trials and alignment from its open file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_PRIVATE_H
#define LFADS_DATA_SESSION_PRIVATE_H
#include "data/session.h"
#include "data/trial_parts.h"
#include "h5/h5.h"

/* A reading in progress. */
struct reading {
    struct session *session;
    const struct session_wants *wants;
    struct storage_limits limits; /* what remains of the limits */
    struct h5_file file;
    struct lfads_error *err;
};

/* Fails because data set NAME has SHAPE, and WANTED is needed. */
enum lfads_status session_reader_wrong_shape(const struct reading *reading, const char *name,
                                             const struct h5_shape *shape, const char *wanted);
/* Reads the shape of a numeric data set, which must have RANK axes, of the lengths EXPECTED as far
 * as these are known. */
enum lfads_status session_reader_shape(struct h5_shape *shape, const struct reading *reading,
                                       const char *name, size_t rank, const size_t *expected,
                                       const char *wanted);
/* Notes the keys that this reading has no use of, and why. */
void session_reader_note_unused(struct reading *reading);
/* Sets *HELDOUT to the channels that the encoders do not read: those that are wanted, or that the
 * file of CHANNELS channels says. */
enum lfads_status session_reader_heldout(size_t *heldout, const struct reading *reading,
                                         size_t channels);
/* Sets the session's width of external inputs: the wanted one, or the file's. */
enum lfads_status session_reader_ext_inputs(struct reading *reading);
/* Reads matrix and bias (alignment_reader.c), under the names of lfads-torch's files where there
 * are no others. */
enum lfads_status session_reader_alignments(struct reading *reading);
/* Reads COUNT trials of SET, the session's sizes being known, from their parts. */
enum lfads_status session_reader_parts(struct reading *reading, enum session_set set,
                                       const struct trial_parts *parts, size_t count);
/* Whether the file has the benchmark's tensors in place of train_data; reads them (nlb_reader.c).
 */
bool session_reader_has_tensors(const struct reading *reading);
enum lfads_status session_reader_tensors(struct reading *reading);
/* Whether the file has test trials alone, and the model is known that they go through; reads them.
 */
bool session_reader_has_lone_test(const struct reading *reading);
enum lfads_status session_reader_lone_test(struct reading *reading);
/* Fills the session. On failure the caller frees what it has so far. */
enum lfads_status session_reader_read(struct reading *reading);
#endif
