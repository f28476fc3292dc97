/* h5_channel.h - messages between the process that reads a file and its parent, through a socket.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHANNEL_H
#define LFADS_H5_H5_CHANNEL_H
#include "h5/h5_types.h"

enum { H5_NAME = 512, H5_LONGEST_TEXT = 1 << 24 };

enum h5_question {
    H5_HAS,
    H5_SHAPE,
    H5_ROWS,
    H5_ALL,
    H5_TEXT,
    H5_LIST,
    H5_ROWS_OF_STRINGS,
    H5_ATTRIBUTE,
    H5_KEYS,
    H5_TARGETS,
    H5_NUMBER_ATTRIBUTE,
    H5_FIELDS,
    H5_FIELD
};

/* From parent to child. */
struct h5_request {
    enum h5_question question;
    enum h5_type type;
    size_t first, rows, count; /* for H5_ROWS, …_OF_STRINGS; COUNT: expected numbers, also for
                                  H5_ALL; FIRST: the element of H5_LIST */
    char name[H5_NAME];
};

/* From child to parent, followed by BYTES of payload. Numbers come in pieces, each with its own
 * answer. All members are integers or text, and the parent checks them before use. */
struct h5_answer {
    int status, has;                 /* enum lfads_status; for H5_HAS */
    int numeric, whole, holds;       /* for H5_SHAPE, … */
    struct h5_stored stored;         /* … */
    size_t rank, dims[H5_MOST_RANK]; /* … */
    size_t bytes;
    char text[1024]; /* the error's, if STATUS is not LFADS_OK */
};

/* Send or receive LENGTH bytes; false if the other side is gone. */
bool h5_channel_send(int channel, const void *bytes, size_t length);
bool h5_channel_take(int channel, void *bytes, size_t length);
#endif
