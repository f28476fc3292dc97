/* h5.h - the thin side of HDF5: data sets at a file's root, read and written whole or by rows, its
 * errors turned into ours. What is compressed is compressed by threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_H
#define LFADS_H5_H5_H
#include <stdint.h>

#include "base/lock.h"
#include "h5/h5_types.h"

struct h5_file {
    struct h5_reader *reader; /* of a file that is read: the process that does it (h5_reader.h) */
    int64_t id;               /* of a file that is written: HDF5's; 0: not open */
    char path[FILE_PATH];
    char temp[FILE_PATH]; /* while it is written by h5_begin and h5_finish: its staged name, … */
    struct lock lock;     /* … which is this process's own */
    struct h5_output *output; /* of a file that is written (h5_output.h) */
};

/* How a data set is stored. All zero: in one piece, as it is. */
struct h5_storage {
    bool by_row;    /* chunked, a chunk an index of the first axis */
    int gzip;       /* level, 0: not compressed; implies by_row, with shuffled bytes */
    bool checksum;  /* Fletcher32 */
    size_t threads; /* that compress */
};

/* Opens for reading; fails for what is no HDF5 file, is cut short, can't be read. Whatever is in
 * the file, reading it gives numbers or an error: a process of its own does it (h5_reader.h). It is
 * held to the format's plain part: numbers of up to 8 bytes that lie in this file, filtered by
 * gzip, shuffle and Fletcher32 only. */
enum lfads_status h5_open(struct h5_file *file, const char *path, struct lfads_error *err);
/* Creates PATH, replacing what is there; callers write to a staged name (file.h). RESERVED bytes at
 * the file's beginning are left to the caller: 0, or a power of two from 512 on. */
enum lfads_status h5_create(struct h5_file *file, const char *path, size_t reserved,
                            struct lfads_error *err);
/* Closes; for a file that was written, says whether all went to the system. Takes a closed one. */
enum lfads_status h5_close(struct h5_file *file, struct lfads_error *err);

/* Begins a file that will be PATH, under its staged name (file.h). Fails where another process is
 * writing it. */
enum lfads_status h5_begin(struct h5_file *file, const char *path, struct lfads_error *err);
/* Ends it: where STATUS, that of the writing, is LFADS_OK, closes it and gives it its name;
 * otherwise drops it. Returns STATUS, or what failed now. Takes a file that was not begun. */
enum lfads_status h5_finish(struct h5_file *file, enum lfads_status status,
                            struct lfads_error *err);

/* Whether there is something of this name. True too where the question alone shows damage: reading
 * it then says so. */
bool h5_has(const struct h5_file *file, const char *name);
/* Fails where the data set is missing, lies in other files, has too many axes, uses other filters
 * or types, or claims more than the file can hold. */
enum lfads_status h5_shape(struct h5_shape *shape, const struct h5_file *file, const char *name,
                           struct lfads_error *err);
/* Reads rows FIRST to FIRST+ROWS-1 of the first axis, converted to TYPE; they must be COUNT numbers
 * in all. */
enum lfads_status h5_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                               const char *name, size_t first, size_t rows, size_t count,
                               struct lfads_error *err);
/* Reads all, converted; the data set must hold exactly COUNT numbers. */
enum lfads_status h5_read(void *values, enum h5_type type, const struct h5_file *file,
                          const char *name, size_t count, struct lfads_error *err);
/* Sets *TEXT to a string, the caller's to free. */
enum lfads_status h5_read_text(char **text, const struct h5_file *file, const char *name,
                               struct lfads_error *err);

/* Writes numbers of TYPE as data set NAME. RANK 0: a scalar. STORAGE may be NULL. */
enum lfads_status h5_write(struct h5_file *file, const char *name, enum h5_type type, size_t rank,
                           const size_t *dims, const void *values, const struct h5_storage *storage,
                           struct lfads_error *err);
/* A data set that is written by rows of its first axis, in order. */
struct h5_rows {
    struct h5_file *file;
    int64_t set; /* HDF5's; 0: not open */
    enum h5_type type;
    struct h5_storage storage;
    size_t rank, row; /* numbers in a row */
    char name[80];
};

/* Creates the data set [dims[0],...]. */
enum lfads_status h5_rows_create(struct h5_rows *rows, struct h5_file *file, const char *name,
                                 enum h5_type type, size_t rank, const size_t *dims,
                                 const struct h5_storage *storage, struct lfads_error *err);
/* Bytes of memory that compressing COUNT rows of BYTES each takes, with THREADS threads. */
size_t h5_packing_bytes(size_t count, size_t bytes, size_t threads);
/* Writes rows FIRST to FIRST+COUNT-1. */
enum lfads_status h5_rows_write(struct h5_rows *rows, size_t first, size_t count,
                                const void *values, struct lfads_error *err);
/* Closes; takes one that is closed. */
enum lfads_status h5_rows_close(struct h5_rows *rows, struct lfads_error *err);

enum lfads_status h5_write_text(struct h5_file *file, const char *name, const char *text,
                                struct lfads_error *err);

/* Attributes of the root: texts. Sets TEXT to attribute NAME, to "" if there is none; fails if it
 * is no text of fixed length below H5_ATTRIBUTE_SIZE. */
enum lfads_status h5_read_attribute(char text[H5_ATTRIBUTE_SIZE], const struct h5_file *file,
                                    const char *name, struct lfads_error *err);
enum lfads_status h5_write_attribute(struct h5_file *file, const char *name, const char *text,
                                     struct lfads_error *err);
#endif
