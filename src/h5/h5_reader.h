/* h5_reader.h - a process of its own for every HDF5 file that is read.
 *
 * libhdf5 has faults that a broken or hostile file can reach: it crashes, loops, takes all memory.
 * So a file is opened, checked and read in a child process, under limits, and what it finds comes
 * through a socket. The parent believes of it what it would believe of the file: it checks each
 * length before it takes bytes in. The child's end is an error like another.
 *
 * The child is a fork, not another program: a library does not know where a program of its own
 * lies. It uses libc and libhdf5 only. glibc keeps malloc usable across a fork, and the fork
 * happens while this thread holds libhdf5's own lock, so that no other thread is inside libhdf5.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_READER_H
#define LFADS_H5_H5_READER_H
#include "h5/h5.h"

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

struct h5_reader;

/* Starts the process that reads PATH. */
enum lfads_status h5_reader_open(struct h5_reader **out, const char *path, struct lfads_error *err);
void h5_reader_close(struct h5_reader *reader);
/* Asks, and takes in the first answer. */
enum lfads_status h5_reader_ask(struct h5_answer *answer, struct h5_reader *reader,
                                const struct h5_request *request, struct lfads_error *err);
/* Takes in a further answer. */
enum lfads_status h5_reader_next(struct h5_answer *answer, struct h5_reader *reader,
                                 struct lfads_error *err);
/* Takes in BYTES of payload. */
enum lfads_status h5_reader_take(void *payload, size_t bytes, struct h5_reader *reader,
                                 struct lfads_error *err);

/* What the child is given. */
struct h5_source {
    int channel, file; /* its socket, the open file */
    uint64_t bytes;    /* the file's length */
    const char *path;  /* for errors */
    size_t memory;     /* bytes that it may take, beyond what it has */
};
/* The child's part (h5_serve.c): limits itself and answers until the other side is closed. */
void h5_serve(const struct h5_source *source);
/* All of LENGTH through a socket; false where the other side is gone. */
bool h5_channel_send(int channel, const void *bytes, size_t length);
bool h5_channel_take(int channel, void *bytes, size_t length);
#endif
