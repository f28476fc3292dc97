/* h5_channel.h - what a process that reads a file and its parent say to each other through a
 * socket. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_CHANNEL_H
#define LFADS_H5_H5_CHANNEL_H
#include "h5/h5_types.h"

enum { H5_NAME = 512, H5_LONGEST_TEXT = 1 << 24 };

enum h5_question { H5_HAS, H5_SHAPE, H5_ROWS, H5_ALL, H5_TEXT, H5_ATTRIBUTE };

/* From parent to child. */
struct h5_request {
    enum h5_question question;
    enum h5_type type;
    size_t first, rows, count; /* of H5_ROWS; COUNT numbers are expected, of H5_ALL too */
    char name[H5_NAME];
};

/* From child to parent, BYTES of payload behind it. Numbers come in pieces, each with an answer.
 * Whole numbers only: the parent takes none of it for granted. */
struct h5_answer {
    int status, has; /* enum lfads_status; of H5_HAS */
    int numeric, whole;
    size_t rank, dims[H5_MOST_RANK]; /* of H5_SHAPE */
    size_t bytes;
    char text[1024]; /* the error's, where STATUS is not LFADS_OK */
};

/* All of LENGTH through a socket; false where the other side is gone. */
bool h5_channel_send(int channel, const void *bytes, size_t length);
bool h5_channel_take(int channel, void *bytes, size_t length);
#endif
