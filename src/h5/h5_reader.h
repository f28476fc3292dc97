/* h5_reader.h - reads every HDF5 file in a separate process.
 *
 * A damaged or hostile file can make libhdf5 crash, loop or take all memory. So a child process
 * opens, checks and reads the file under limits, and sends the numbers through a socket. The parent
 * trusts the child no more than the file: it checks each length before it receives bytes. If the
 * child dies, the parent reports an error.
 *
 * The child is a fork, not another program, because a library does not know where its programs are
 * installed. It uses libc and libhdf5 only. glibc keeps malloc usable after a fork, and this thread
 * forks while it holds libhdf5's lock, so that no other thread is inside libhdf5.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_READER_H
#define LFADS_H5_H5_READER_H
#include "base/error.h"
#include "h5/h5_channel.h"

struct h5_reader;

/* Starts the process that reads PATH. */
enum lfads_status h5_reader_open(struct h5_reader **out, const char *path, struct lfads_error *err);
void h5_reader_close(struct h5_reader *reader);
/* Sends REQUEST and receives the first answer. */
enum lfads_status h5_reader_ask(struct h5_answer *answer, struct h5_reader *reader,
                                const struct h5_request *request, struct lfads_error *err);
/* Receives the next answer. */
enum lfads_status h5_reader_next(struct h5_answer *answer, struct h5_reader *reader,
                                 struct lfads_error *err);
/* Receives BYTES of payload. */
enum lfads_status h5_reader_take(void *payload, size_t bytes, struct h5_reader *reader,
                                 struct lfads_error *err);

#endif
