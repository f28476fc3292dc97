/* session_private.h - reads a session's trials and alignment from its open file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_SESSION_PRIVATE_H
#define LFADS_DATA_SESSION_PRIVATE_H
#include "data/session.h"
#include "h5/h5.h"

/* A reading in progress. */
struct reading {
    struct session *session;
    const struct session_wants *wants;
    struct storage_limits limits; /* what remains of the limits */
    struct h5_file file;
    struct lfads_error *err;
};

/* Fills the session. On failure the caller frees what it has so far. */
enum lfads_status session_reader_read(struct reading *reading);
#endif
