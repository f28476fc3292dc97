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
#include "base/error.h"
#include "h5/h5_channel.h"

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

#endif
