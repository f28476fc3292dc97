/* shared_memory.h - memory that the processes of one machine share. It is a file without a name
 * that lies in memory and is gone when the last process that uses it ends, however it ends. One
 * process takes segments of it and fills them; others attach to them, to read.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_SHARED_MEMORY_H
#define LFADS_BASE_SHARED_MEMORY_H
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct shared_memory {
    int file;     /* -1: no segment was taken */
    size_t bytes; /* of the segments so far */
    int refused;  /* errno of the first segment that the system refused; 0: none */
};

/* An open file of a process of this machine, for others to open, too. */
struct shared_file {
    int64_t process, number; /* process 0: there is none */
    uint64_t device, inode;
};

/* Sets MEMORY up without segments. End it with shared_memory_end. */
void shared_memory_begin(struct shared_memory *memory);
/* Returns a segment of BYTES, at *OFFSET of the file, which shared_memory_unmap frees. The system
 * has reserved all of it: writing to it can't fail. NULL if it refused this or an earlier one. */
void *shared_memory_take(struct shared_memory *memory, size_t *offset, size_t bytes);
/* Gives the memory of a segment without a process attached back to the system; the caller unmaps it
 * too. */
void shared_memory_drop(const struct shared_memory *memory, size_t offset, size_t bytes);
/* Ends the taking of segments and the attaching to them. Those that are mapped stay. */
void shared_memory_end(struct shared_memory *memory);

/* Returns what lets other processes open FILE, as long as this one has it open. FILE -1: none. */
struct shared_file shared_file_of(int file);
/* Opens SHARED for reading; the caller closes *FILE. Fails if this process can't see it. */
enum lfads_status shared_file_open(int *file, const struct shared_file *shared,
                                   struct lfads_error *err);
/* Sets *SEGMENT to BYTES at OFFSET of FILE, another process's shared memory, for reading. The
 * caller frees it with shared_memory_unmap; FILE may be closed before. */
enum lfads_status shared_memory_attach(void **segment, int file, size_t offset, size_t bytes,
                                       struct lfads_error *err);
/* BYTES: those that it was taken or attached with. */
void shared_memory_unmap(void *segment, size_t bytes);
#endif
