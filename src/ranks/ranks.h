/* ranks.h - the processes that work on one task together, on one machine or on several: how many,
 * which one this is, and how they exchange bytes. A process alone is the case of one
 * (ranks_alone). MPI is a module (module.h) that is loaded only where mpirun or srun has started
 * several processes.
 *
 * Operations are called by the thread that joined. Those that are collective are called by all
 * processes in the same order, with the same sizes; they wait for each other. After an operation
 * has failed the processes can only leave. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RANKS_RANKS_H
#define LFADS_RANKS_RANKS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { RANKS_MESSAGE = 2048 }; /* greatest size of a message that is posted, in bytes */

struct lfads_ranks {
    size_t number; /* of this process, from 0; process 0 writes what is common */
    size_t count;  /* of all processes */
    size_t beside; /* of those on this machine, this one included */
    size_t first;  /* the lowest number of those on this machine */
    /* Collective: copies BYTES of DATA of process FROM to all others. */
    enum lfads_status (*broadcast)(struct lfads_ranks *self, void *data, size_t bytes, size_t from,
                                   struct lfads_error *err);
    /* Collective: process i holds the bytes OFFSETS[i] to OFFSETS[i+1] of DATA; copies all to all.
     * OFFSETS has count + 1 entries and ends below 2 GiB. */
    enum lfads_status (*gather)(struct lfads_ranks *self, void *data, const size_t *offsets,
                                struct lfads_error *err);
    /* Collective: replaces each of VALUES [count_of_values] by the greatest of all processes. */
    enum lfads_status (*maxima)(struct lfads_ranks *self, uint64_t *values, size_t count_of_values,
                                struct lfads_error *err);
    /* Copies BYTES, below 2 GiB, from one process to another, which waits for them. */
    enum lfads_status (*send)(struct lfads_ranks *self, size_t to, const void *data, size_t bytes,
                              struct lfads_error *err);
    enum lfads_status (*receive)(struct lfads_ranks *self, size_t from, void *data, size_t bytes,
                                 struct lfads_error *err);
    /* Leaves a message of BYTES, at most RANKS_MESSAGE, for process TO, without waiting. */
    enum lfads_status (*post)(struct lfads_ranks *self, size_t to, const void *data, size_t bytes,
                              struct lfads_error *err);
    /* Takes the next message of BYTES that was posted to this process, without waiting. *CAME says
     * whether there was one, *FROM whose it was. */
    enum lfads_status (*poll)(struct lfads_ranks *self, bool *came, size_t *from, void *data,
                              size_t bytes, struct lfads_error *err);
    /* Ends the connection and frees SELF; others may go on waiting only if an operation failed. */
    void (*leave)(struct lfads_ranks *self);
};

/* One process alone: its operations do nothing, and it has no others to send to. It is never freed.
 */
struct lfads_ranks *ranks_alone(void);

/* Collective: STATUS and *ERR are how this process fared. Returns LFADS_OK if all did well, else
 * the status of the first that failed, with its error in *ERR (may be NULL), in all of them.
 * *STOP (NULL: no wish) becomes true if it is true in any. */
enum lfads_status ranks_agree(struct lfads_ranks *ranks, enum lfads_status status, bool *stop,
                              struct lfads_error *err);

/* Collective: sets SAME[i] to whether VALUES[i] is equal in all processes; COUNT is at most
 * RANKS_COMPARED. */
enum { RANKS_COMPARED = 16 };
enum lfads_status ranks_compare(struct lfads_ranks *ranks, bool *same, const uint64_t *values,
                                size_t count, struct lfads_error *err);
#endif
