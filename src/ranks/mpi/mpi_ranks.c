/* mpi_ranks.c - the module lfads_mpi.so: the operations of ranks.h by MPI.
 * SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "ranks/mpi_module.h"

enum { STREAM = 1, MESSAGE = 2 }; /* tags: of send and receive, of post and poll */
enum { PIECE = 1 << 30 };         /* most bytes of a call */

struct mpi_ranks {
    struct lfads_ranks ranks;
    MPI_Comm world; /* of our own: no other user of MPI receives our messages */
    bool failed;
    int *counts, *offsets; /* [ranks.count] */
};

/* Fails if CODE is an error of the MPI function WHAT. */
static enum lfads_status check(struct mpi_ranks *m, int code, const char *what,
                               struct lfads_error *err)
{
    char text[MPI_MAX_ERROR_STRING + 1] = "";
    int length = 0;

    if (code == MPI_SUCCESS)
        return LFADS_OK;
    m->failed = true;
    MPI_Error_string(code, text, &length);
    return lfads_fail(err, LFADS_IO,
                      "process %zu of %zu lost the others (%s: %.300s): the same command continues",
                      m->ranks.number, m->ranks.count, what, text);
}

static struct mpi_ranks *of(struct lfads_ranks *self) { return (struct mpi_ranks *)self; }

static enum lfads_status broadcast(struct lfads_ranks *self, void *data, size_t bytes, size_t from,
                                   struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t at = 0; at < bytes && status == LFADS_OK; at += PIECE) {
        int count = (int)(bytes - at < PIECE ? bytes - at : PIECE);

        status = check(of(self),
                       MPI_Bcast((char *)data + at, count, MPI_BYTE, (int)from, of(self)->world),
                       "MPI_Bcast", err);
    }
    return status;
}

static enum lfads_status gather(struct lfads_ranks *self, void *data, const size_t *offsets,
                                struct lfads_error *err)
{
    struct mpi_ranks *m = of(self);

    assert(offsets[self->count] <= INT_MAX);
    for (size_t i = 0; i < self->count; i++) {
        m->offsets[i] = (int)offsets[i];
        m->counts[i] = (int)(offsets[i + 1] - offsets[i]);
    }
    return check(m,
                 MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, data, m->counts, m->offsets,
                                MPI_BYTE, m->world),
                 "MPI_Allgatherv", err);
}

static enum lfads_status maxima(struct lfads_ranks *self, uint64_t *values, size_t count,
                                struct lfads_error *err)
{
    return check(
        of(self),
        MPI_Allreduce(MPI_IN_PLACE, values, (int)count, MPI_UINT64_T, MPI_MAX, of(self)->world),
        "MPI_Allreduce", err);
}

static enum lfads_status send(struct lfads_ranks *self, size_t to, const void *data, size_t bytes,
                              struct lfads_error *err)
{
    return check(of(self), MPI_Send(data, (int)bytes, MPI_BYTE, (int)to, STREAM, of(self)->world),
                 "MPI_Send", err);
}

static enum lfads_status receive(struct lfads_ranks *self, size_t from, void *data, size_t bytes,
                                 struct lfads_error *err)
{
    return check(
        of(self),
        MPI_Recv(data, (int)bytes, MPI_BYTE, (int)from, STREAM, of(self)->world, MPI_STATUS_IGNORE),
        "MPI_Recv", err);
}

/* A message is so short that MPI keeps it until it is received. */
static enum lfads_status post(struct lfads_ranks *self, size_t to, const void *data, size_t bytes,
                              struct lfads_error *err)
{
    assert(bytes <= RANKS_MESSAGE);
    return check(of(self), MPI_Send(data, (int)bytes, MPI_BYTE, (int)to, MESSAGE, of(self)->world),
                 "MPI_Send", err);
}

static enum lfads_status poll(struct lfads_ranks *self, bool *came, size_t *from, void *data,
                              size_t bytes, struct lfads_error *err)
{
    struct mpi_ranks *m = of(self);
    MPI_Status state;
    int there = 0;
    enum lfads_status status =
        check(m, MPI_Iprobe(MPI_ANY_SOURCE, MESSAGE, m->world, &there, &state), "MPI_Iprobe", err);

    *came = status == LFADS_OK && there;
    if (!*came)
        return status;
    *from = (size_t)state.MPI_SOURCE;
    return check(m,
                 MPI_Recv(data, (int)bytes, MPI_BYTE, state.MPI_SOURCE, MESSAGE, m->world, &state),
                 "MPI_Recv", err);
}

static void leave(struct lfads_ranks *self)
{
    struct mpi_ranks *m = of(self);

    if (m->failed)
        MPI_Abort(m->world, EXIT_FAILURE); /* a process that is gone would be waited for */
    MPI_Comm_free(&m->world);
    MPI_Finalize();
    free(m->counts);
    free(m->offsets);
    free(m);
}

/* The numbers of processes, here and on this machine. */
static enum lfads_status count_processes(struct mpi_ranks *m, struct lfads_error *err)
{
    int number = 0, count = 1, beside = 1, first;
    MPI_Comm machine;
    enum lfads_status status =
        check(m, MPI_Comm_dup(MPI_COMM_WORLD, &m->world), "MPI_Comm_dup", err);

    if (status != LFADS_OK)
        return status;
    MPI_Comm_set_errhandler(m->world, MPI_ERRORS_RETURN);
    MPI_Comm_rank(m->world, &number);
    MPI_Comm_size(m->world, &count);
    m->ranks.number = (size_t)number;
    m->ranks.count = (size_t)count;
    status = check(
        m, MPI_Comm_split_type(m->world, MPI_COMM_TYPE_SHARED, number, MPI_INFO_NULL, &machine),
        "MPI_Comm_split_type", err);
    if (status != LFADS_OK)
        return status;
    MPI_Comm_size(machine, &beside);
    first = number; /* they are ordered by their numbers */
    status = check(m, MPI_Bcast(&first, 1, MPI_INT, 0, machine), "MPI_Bcast", err);
    MPI_Comm_free(&machine);
    if (status != LFADS_OK)
        return status;
    m->ranks.beside = (size_t)beside;
    m->ranks.first = (size_t)first;
    m->counts = calloc((size_t)count, sizeof *m->counts);
    m->offsets = calloc((size_t)count, sizeof *m->offsets);
    return m->counts && m->offsets
               ? LFADS_OK
               : lfads_fail(err, LFADS_NO_MEMORY, "no memory for %d processes", count);
}

/* The processes that read HDF5 files are forked and never touch MPI. Where libibverbs cannot leave
 * memory to both, it is told to. */
static void allow_forks(void)
{
    setenv("RDMAV_FORK_SAFE", "1", 0);
    setenv("OMPI_MCA_mpi_warn_on_fork", "0", 0);
}

static enum lfads_status join(struct lfads_ranks **out, struct lfads_error *err)
{
    struct mpi_ranks *m;
    int begun = 0, level = MPI_THREAD_SINGLE;
    enum lfads_status status;

    *out = NULL;
    MPI_Initialized(&begun);
    if (begun)
        return lfads_fail(err, LFADS_USAGE,
                          "this process has begun with MPI by itself, or had it before");
    m = calloc(1, sizeof *m);
    if (!m)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for MPI");
    m->ranks = (struct lfads_ranks){.number = 0,
                                    .count = 1,
                                    .beside = 1,
                                    .first = 0,
                                    .broadcast = broadcast,
                                    .gather = gather,
                                    .maxima = maxima,
                                    .send = send,
                                    .receive = receive,
                                    .post = post,
                                    .poll = poll,
                                    .leave = leave};
    allow_forks();
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS ||
        level < MPI_THREAD_FUNNELED) {
        free(m);
        return lfads_fail(err, LFADS_IO, "MPI does not begin, or not beside threads");
    }
    status = count_processes(m, err);
    if (status != LFADS_OK) {
        leave(&m->ranks);
        return status;
    }
    *out = &m->ranks;
    return LFADS_OK;
}

LFADS_API const struct mpi_module *lfads_mpi_module(void)
{
    static const struct mpi_module module = {.version = MPI_MODULE_VERSION, .join = join};

    return &module;
}
