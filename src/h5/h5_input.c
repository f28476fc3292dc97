/* h5_input.c - an HDF5 file driver that reads with pread.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the property list passes to open. */
struct source {
    int file;
    haddr_t bytes;
    bool *no_memory;
};

/* The driver's state of an open file. HDF5's part must be first. */
struct input {
    H5FD_t own;
    struct source source;
    haddr_t allocated; /* the file's length as HDF5 sees it */
};

static H5FD_t *input_open(const char *name, unsigned flags, hid_t list, haddr_t most)
{
    const struct source *source = H5Pget_driver_info(list);
    struct input *input = source ? calloc(1, sizeof *input) : NULL;

    (void)name, (void)flags, (void)most;
    if (!input) {
        if (source)
            *source->no_memory = true;
        return NULL;
    }
    input->source = *source;
    return &input->own;
}

static herr_t input_close(H5FD_t *own)
{
    free(own);
    return 0;
}

static herr_t input_query(const H5FD_t *own, unsigned long *flags)
{
    (void)own;
    *flags = H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE;
    return 0;
}

static haddr_t input_get_eoa(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct input *)own)->allocated;
}

static herr_t input_set_eoa(H5FD_t *own, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((struct input *)own)->allocated = address;
    return 0;
}

static haddr_t input_get_eof(const H5FD_t *own, H5FD_mem_t type)
{
    (void)type;
    return ((const struct input *)own)->source.bytes;
}

static herr_t input_read(H5FD_t *own, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                         void *buffer)
{
    const struct source *source = &((const struct input *)own)->source;
    char *bytes = buffer;

    (void)type, (void)list;
    if (address > source->bytes || size > source->bytes - address)
        return -1;
    while (size > 0) {
        ssize_t got = pread(source->file, bytes, size, (off_t)address);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        bytes += got;
        address += (haddr_t)got;
        size -= (size_t)got;
    }
    return 0;
}

static herr_t input_write(H5FD_t *own, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                          const void *buffer)
{
    (void)own, (void)type, (void)list, (void)address, (void)size, (void)buffer;
    return -1;
}

static const H5FD_class_t input_class = {
    .name = "lfads_input",
    .maxaddr = ((haddr_t)1 << 62),
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(struct source),
    .open = input_open,
    .close = input_close,
    .query = input_query,
    .get_eoa = input_get_eoa,
    .set_eoa = input_set_eoa,
    .get_eof = input_get_eof,
    .read = input_read,
    .write = input_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t h5_input_list(int file, uint64_t bytes, bool *no_memory)
{
    struct source source = {.file = file, .bytes = bytes, .no_memory = no_memory};
    hid_t list = H5Pcreate(H5P_FILE_ACCESS), driver = H5FDregister(&input_class);

    if (list >= 0 && driver >= 0 && H5Pset_driver(list, driver, &source) >= 0)
        return list;
    return -1;
}
