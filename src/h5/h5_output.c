/* h5_output.c - an HDF5 file driver that writes with open, pread and pwrite.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* The driver's state of an open file. HDF5's part must be first. */
struct output {
    H5FD_t own;
    int file;                 /* -1 once the caller has ended */
    struct h5_output *caller; /* NULL once it has ended */
    haddr_t end, allocated;   /* end of the written data; end of the space that HDF5 allocated */
};

/* What the property list passes to open. */
struct target {
    struct h5_output *caller;
};

static herr_t note(struct output *output)
{
    if (output->caller && output->caller->reason == 0)
        output->caller->reason = errno;
    return 0;
}

/* Whether what HDF5 writes still goes to the system. */
static bool goes_out(const struct output *output)
{
    return output->caller && output->caller->reason == 0;
}

static H5FD_t *output_open(const char *name, unsigned flags, hid_t list, haddr_t most)
{
    const struct target *target = H5Pget_driver_info(list);
    struct output *output = calloc(1, sizeof *output);

    (void)flags, (void)most;
    if (!output || !target) {
        if (target)
            target->caller->reason = ENOMEM;
        free(output);
        return NULL;
    }
    output->caller = target->caller;
    output->file = open(name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
    if (output->file >= 0) {
        output->caller->created = true;
        output->caller->open = output;
        return &output->own;
    }
    note(output);
    free(output);
    return NULL;
}

static herr_t output_close(H5FD_t *own)
{
    struct output *output = (struct output *)own;

    if (output->caller) {
        output->caller->open = NULL;
        if (close(output->file) != 0)
            note(output);
    }
    free(output);
    return 0;
}

static herr_t output_query(const H5FD_t *own, unsigned long *flags)
{
    (void)own;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t output_get_eoa(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct output *)own)->allocated;
}

static herr_t output_set_eoa(H5FD_t *own, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((struct output *)own)->allocated = address;
    return 0;
}

static haddr_t output_get_eof(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct output *)own)->end;
}

/* Data that were not written, or were suppressed after a failure, read as zeros. */
static herr_t output_read(H5FD_t *own, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                          void *buffer)
{
    struct output *output = (struct output *)own;
    char *bytes = buffer;

    (void)type, (void)list;
    while (size > 0) {
        ssize_t read = pread(output->file, bytes, size, (off_t)address);

        if (read < 0 && errno == EINTR)
            continue;
        if (read <= 0) {
            if (read < 0)
                note(output);
            memset(bytes, 0, size);
            return 0;
        }
        bytes += read;
        address += (haddr_t)read;
        size -= (size_t)read;
    }
    return 0;
}

static herr_t output_write(H5FD_t *own, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                           const void *buffer)
{
    struct output *output = (struct output *)own;
    const char *bytes = buffer;

    (void)type, (void)list;
    if (output->end < address + size)
        output->end = address + size;
    while (size > 0 && goes_out(output)) {
        ssize_t written = pwrite(output->file, bytes, size, (off_t)address);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return note(output);
        bytes += written;
        address += (haddr_t)written;
        size -= (size_t)written;
    }
    return 0;
}

static herr_t output_truncate(H5FD_t *own, hid_t list, hbool_t closing)
{
    struct output *output = (struct output *)own;

    (void)list, (void)closing;
    if (output->end != output->allocated && goes_out(output) &&
        ftruncate(output->file, (off_t)output->allocated) != 0)
        note(output);
    output->end = output->allocated;
    return 0;
}

static const H5FD_class_t output_class = {
    .name = "lfads_output",
    .maxaddr = ((haddr_t)1 << 62),
    .fc_degree = H5F_CLOSE_WEAK,
    .fapl_size = sizeof(struct target),
    .open = output_open,
    .close = output_close,
    .query = output_query,
    .get_eoa = output_get_eoa,
    .set_eoa = output_set_eoa,
    .get_eof = output_get_eof,
    .read = output_read,
    .write = output_write,
    .truncate = output_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t h5_output_begin(struct h5_output *output)
{
    struct target target = {.caller = output};
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);

    *output = (struct h5_output){.driver = H5FDregister(&output_class)};
    if (output->driver >= 0 && H5Pset_driver(list, output->driver, &target) >= 0)
        return list;
    H5Pclose(list);
    return -1;
}

void h5_output_end(struct h5_output *output)
{
    if (output->open) {
        close(output->open->file);
        output->open->file = -1;
        output->open->caller = NULL;
        output->open = NULL;
        output->failed = true;
    }
    if (output->driver >= 0)
        H5FDunregister(output->driver);
    output->driver = -1;
}

enum lfads_status h5_output_failed(const struct h5_output *output, const char *path,
                                   const char *what, struct lfads_error *err)
{
    int reason = output ? output->reason : 0;

    return lfads_fail(err, LFADS_IO, "can't write %s%s%s: %s%s", what ? what : "",
                      what ? " to " : "", path, reason ? strerror(reason) : "HDF5 does not say why",
                      file_write_hint(reason));
}
