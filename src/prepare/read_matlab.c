/* read_matlab.c - reads MATLAB's files of versions 5 to 7. libmatio reads them in a process of its
 * own, as libhdf5 reads HDF5 (h5_reader.h): whatever it does with a damaged file, this process gets
 * arrays or a sentence. SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "h5/h5_channel.h"
#include "prepare/cells.h"
#include "prepare/matlab_serve.h"
#include "prepare/read.h"

/* Starts the process; returns its number, or -1. *CHANNEL is where it sends. */
static pid_t start(int *channel, const char *path)
{
    int ends[2];
    pid_t process;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    process = fork();
    if (process == 0) {
        matlab_serve(ends[1], path);
        _exit(0);
    }
    close(ends[1]);
    *channel = ends[0];
    if (process < 0)
        close(ends[0]);
    return process;
}

static enum lfads_status damaged(const struct variables *variables, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s is damaged: libmatio crashed, or came to no end, when it read it",
                      variables->path);
}

/* Receives the cells that HEADER announces. */
static enum lfads_status take_cells(struct variables *variables, const struct matlab_header *header,
                                    int channel, struct lfads_error *err)
{
    struct cells cells;
    size_t count = 1, last = 0;
    enum lfads_status status =
        cells_begin(&cells, header->rank, header->dims, variables->path, err);

    for (size_t i = 0; i < header->rank; i++)
        count *= header->dims[i];
    if (status == LFADS_OK)
        status = variables_allocate(&cells.numbers, header->numbers, sizeof *cells.numbers,
                                    variables->path, err);
    if (status == LFADS_OK &&
        (!h5_channel_take(channel, cells.ends, count * sizeof *cells.ends) ||
         !h5_channel_take(channel, cells.rows, count * sizeof *cells.rows) ||
         !h5_channel_take(channel, cells.numbers, header->numbers * sizeof *cells.numbers)))
        status = damaged(variables, err);
    for (size_t i = 0; status == LFADS_OK && i < count; last = cells.ends[i++])
        if (cells.ends[i] < last || cells.ends[i] > header->numbers ||
            (cells.rows[i] && (cells.ends[i] - last) % cells.rows[i] != 0))
            status = damaged(variables, err);
    cells.count = count;
    cells.room = cells.used = header->numbers;
    cells.characters = header->characters;
    if (status == LFADS_OK)
        return cells_end(variables, header->name, &cells, err);
    cells_free(&cells);
    return status;
}

/* Receives the numbers that HEADER announces. */
static enum lfads_status take_numbers(struct variables *variables,
                                      const struct matlab_header *header, int channel,
                                      struct lfads_error *err)
{
    struct variable *v;
    enum lfads_status status =
        variables_add(&v, variables, header->name, header->rank, header->dims, err);

    if (status == LFADS_OK && header->numbers != v->count)
        status = damaged(variables, err);
    if (status == LFADS_OK)
        status = variables_allocate(&v->numbers, header->numbers, sizeof *v->numbers,
                                    variables->path, err);
    if (status == LFADS_OK &&
        !h5_channel_take(channel, v->numbers, header->numbers * sizeof *v->numbers))
        status = damaged(variables, err);
    if (status == LFADS_OK)
        status = variable_from_columns(v, variables->path, err);
    if (status == LFADS_OK)
        variable_squeeze(v);
    return status;
}

/* Receives the array that HEADER announces. */
static enum lfads_status take(struct variables *variables, struct matlab_header *header,
                              int channel, struct lfads_error *err)
{
    static const char *const why[MATLAB_REASONS] = {
        [MATLAB_OTHER] = "holds neither numbers, texts nor cells of them, of up to 4 axes",
        [MATLAB_COMPLEX] = "holds complex numbers",
        [MATLAB_OBJECT] = "is an object, such as a table (save its columns as arrays)"};
    bool known = header->reason >= 0 && header->reason < MATLAB_REASONS;

    header->name[sizeof header->name - 1] = 0;
    if (header->kind == MATLAB_SKIPPED)
        return variables_skip(variables, header->name, why[known ? header->reason : MATLAB_OTHER],
                              err);
    if (header->rank > VARIABLE_AXES || header->numbers > SIZE_MAX / 64)
        return damaged(variables, err);
    return (header->kind == MATLAB_LISTS ? take_cells : take_numbers)(variables, header, channel,
                                                                      err);
}

enum lfads_status read_matlab(struct variables *variables, struct lfads_error *err)
{
    struct matlab_header header = {.kind = MATLAB_SKIPPED};
    int channel = -1;
    pid_t process = start(&channel, variables->path);
    enum lfads_status status = LFADS_OK;

    variables->from_one = true;
    if (process < 0)
        return lfads_fail(err, LFADS_IO, "can't start a process to read %s: %m", variables->path);
    while (status == LFADS_OK && header.kind != MATLAB_END) {
        if (!h5_channel_take(channel, &header, sizeof header))
            status = damaged(variables, err);
        else if (header.kind == MATLAB_FAILED)
            status = lfads_fail(err, LFADS_BAD_DATA,
                                "%s is no file of MATLAB's versions 5 to 7, or it is damaged",
                                variables->path);
        else if (header.kind == MATLAB_NO_MEMORY)
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
        else if (header.kind != MATLAB_END)
            status = take(variables, &header, channel, err);
    }
    close(channel);
    kill(process, SIGKILL);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
        ;
    return status;
}
