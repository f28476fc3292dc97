/* h5.h - reads and writes data sets of an HDF5 file, whole or by rows. A name is that of a data set
 * at the root, or leads through groups: "group/name". Errors become ours. Several threads compress.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_H
#define LFADS_H5_H5_H
#include <stdint.h>

#include "base/lock.h"
#include "h5/h5_arrays.h"
#include "h5/h5_types.h"

struct h5_file {
    struct h5_reader *reader;       /* reading: the process that reads the file (h5_reader.h) */
    const struct h5_arrays *arrays; /* reading: arrays in memory in place of a file; or NULL */
    int64_t id;                     /* writing: HDF5's identifier; 0: not open */
    char path[FILE_PATH];
    char temp[FILE_PATH];     /* between h5_begin and h5_finish: the staged name, … */
    struct lock lock;         /* … and its lock */
    struct h5_output *output; /* writing: the driver's state (h5_output.h) */
};

/* How a data set is stored. All zero: in one piece, without filters. */
struct h5_storage {
    bool by_row;    /* chunked, one chunk per index of the first axis */
    int gzip;       /* level, 0: not compressed; implies by_row, with shuffled bytes */
    bool checksum;  /* Fletcher32 */
    size_t threads; /* number of threads that compress */
};

/* Opens PATH for reading. Fails if it is not an HDF5 file, is cut short or can't be read. A
 * separate process reads it (h5_reader.h), so that reading a damaged file gives an error, not a
 * crash. Accepts only numbers of up to 8 bytes, truth values, texts and lists of numbers that are
 * stored in this file, with no filters except gzip, lzf, shuffle and Fletcher32. */
enum lfads_status h5_open(struct h5_file *file, const char *path, struct lfads_error *err);
/* Opens ARRAYS, which must outlive FILE, as a file of these data sets. NAME stands for its path.
 * They have no texts, lists and attributes. */
enum lfads_status h5_open_arrays(struct h5_file *file, const struct h5_arrays *arrays,
                                 const char *name, struct lfads_error *err);
/* Creates PATH, or replaces it; callers pass a staged name (file.h). A failure leaves no file.
 * Leaves RESERVED bytes at the beginning of the file to the caller: 0, or a power of two of at
 * least 512. */
enum lfads_status h5_create(struct h5_file *file, const char *path, size_t reserved,
                            struct lfads_error *err);
/* Closes the file. For writing, fails if anything did not reach the system. Does nothing if the
 * file is closed. */
enum lfads_status h5_close(struct h5_file *file, struct lfads_error *err);

/* Begins to write PATH under its staged name (file.h). Fails if another process is writing PATH. */
enum lfads_status h5_begin(struct h5_file *file, const char *path, struct lfads_error *err);
/* Ends writing. STATUS is the status of the writing: if it is LFADS_OK, closes the file and renames
 * it to PATH; otherwise removes it. Returns STATUS, or the status of closing if that fails. Does
 * nothing if the file was not begun. */
enum lfads_status h5_finish(struct h5_file *file, enum lfads_status status,
                            struct lfads_error *err);

/* Whether an object of this name exists. Also true if the lookup finds damage: reading the object
 * then reports it. */
bool h5_has(const struct h5_file *file, const char *name);
/* Sets SHAPE. Fails if the data set is missing, is stored in other files, has too many axes, uses
 * other filters or types, or claims more than the file can hold. */
enum lfads_status h5_shape(struct h5_shape *shape, const struct h5_file *file, const char *name,
                           struct lfads_error *err);
/* Reads rows FIRST to FIRST+ROWS-1 of the first axis, converted to TYPE. They must be COUNT numbers
 * in total. */
enum lfads_status h5_read_rows(void *values, enum h5_type type, const struct h5_file *file,
                               const char *name, size_t first, size_t rows, size_t count,
                               struct lfads_error *err);
/* Reads all numbers, converted to TYPE. The data set must hold exactly COUNT numbers. */
enum lfads_status h5_read(void *values, enum h5_type type, const struct h5_file *file,
                          const char *name, size_t count, struct lfads_error *err);
/* Sets *LIST to the integers of element ELEMENT of a data set of lists (one axis), *COUNT to how
 * many; the caller frees *LIST. */
enum lfads_status h5_read_list(int64_t **list, size_t *count, const struct h5_file *file,
                               const char *name, size_t element, struct lfads_error *err);
/* The same of lists of any numbers, as reals, with any axes, of which the last varies fastest. */
enum lfads_status h5_read_reals(double **list, size_t *count, const struct h5_file *file,
                                const char *name, size_t element, struct lfads_error *err);
/* Reads rows FIRST to FIRST+ROWS-1 of a data set as the file stores them: elements of
 * SHAPE.stored.size bytes, which must not be 0, to be written by h5_rows_create_like. SHAPE is what
 * h5_shape says of it. Not for strings of any length. */
enum lfads_status h5_read_stored(void *bytes, const struct h5_file *file, const char *name,
                                 const struct h5_shape *shape, size_t first, size_t rows,
                                 struct lfads_error *err);
/* Texts of any length. */
struct h5_texts {
    size_t count;
    char **each; /* [count] */
    char *text;  /* where they lie */
};
void h5_texts_free(struct h5_texts *texts);
/* Sets TEXTS to the COUNT strings, all of any length, of these rows; h5_texts_free frees them. */
enum lfads_status h5_read_strings(struct h5_texts *texts, const struct h5_file *file,
                                  const char *name, size_t first, size_t rows, size_t count,
                                  struct lfads_error *err);
/* Sets TEXTS to all texts of a data set of either kind, whose shape is SHAPE, without their
 * padding; h5_texts_free frees them. */
enum lfads_status h5_read_texts(struct h5_texts *texts, const struct h5_file *file,
                                const char *name, const struct h5_shape *shape,
                                struct lfads_error *err);
/* Sets TEXTS to those of MATLAB's letters (H5_LETTERS: the rows of a matrix of them, without blanks
 * at their ends) or cells (H5_REFERENCES: "" for an empty one) in UTF-8. SHAPE is the data set's;
 * h5_texts_free frees TEXTS. Fails if a cell holds something else. */
enum lfads_status h5_read_cells(struct h5_texts *texts, const struct h5_file *file,
                                const char *name, const struct h5_shape *shape,
                                struct lfads_error *err);
/* Sets KEYS to the names in GROUP ("": the root), in the order of their bytes; h5_texts_free frees
 * them. In front of each name is a letter: d is a data set, e a data set that is empty, g a group,
 * x what can't be followed or read. Names of control characters or no UTF-8 are left out, and so
 * are those after the first thousand. */
enum lfads_status h5_keys(struct h5_texts *keys, const struct h5_file *file, const char *group,
                          struct lfads_error *err);
/* Sets TARGETS to the names of the objects that a data set of references (H5_REFERENCES) refers to,
 * "" for none; h5_texts_free frees them. */
enum lfads_status h5_read_targets(struct h5_texts *targets, const struct h5_file *file,
                                  const char *name, struct lfads_error *err);
/* Sets FIELDS to what the records of a data set (H5_RECORDS) have: how many numbers a field is, 0
 * if it holds others, a blank, its name. h5_texts_free frees them. */
enum lfads_status h5_read_fields(struct h5_texts *fields, const struct h5_file *file,
                                 const char *name, struct lfads_error *err);
/* Reads field FIELD, of WIDTH numbers, of all ROWS records of a data set with one axis. */
enum lfads_status h5_read_field(double *values, const struct h5_file *file, const char *name,
                                const char *field, size_t rows, size_t width,
                                struct lfads_error *err);
/* Sets *VALUE to the number that attribute ATTRIBUTE of data set or group NAME is; NaN if there is
 * none. */
enum lfads_status h5_read_number(double *value, const struct h5_file *file, const char *name,
                                 const char *attribute, struct lfads_error *err);
/* Sets *TEXT to a string, which the caller frees. */
enum lfads_status h5_read_text(char **text, const struct h5_file *file, const char *name,
                               struct lfads_error *err);

/* Writes numbers of TYPE as data set NAME, and creates the groups of its name. RANK 0: a scalar.
 * STORAGE may be NULL. */
enum lfads_status h5_write(struct h5_file *file, const char *name, enum h5_type type, size_t rank,
                           const size_t *dims, const void *values, const struct h5_storage *storage,
                           struct lfads_error *err);
/* A data set that is written in order, by rows of its first axis. */
struct h5_rows {
    struct h5_file *file;
    int64_t set; /* HDF5's identifier; 0: not open */
    enum h5_type type;
    struct h5_stored stored; /* of H5_AS_STORED */
    struct h5_storage storage;
    size_t rank, row; /* numbers in a row */
    char name[80];
};

/* Creates the data set [dims[0],...]. */
enum lfads_status h5_rows_create(struct h5_rows *rows, struct h5_file *file, const char *name,
                                 enum h5_type type, size_t rank, const size_t *dims,
                                 const struct h5_storage *storage, struct lfads_error *err);
/* Creates the data set [dims[0],...] of elements that are stored as STORED says. h5_rows_write
 * takes bytes as h5_read_stored gives them and, for strings of any length, pointers to texts. */
enum lfads_status h5_rows_create_like(struct h5_rows *rows, struct h5_file *file, const char *name,
                                      const struct h5_stored *stored, size_t rank,
                                      const size_t *dims, const struct h5_storage *storage,
                                      struct lfads_error *err);
/* Bytes of memory that compressing COUNT rows of BYTES each takes with THREADS threads. */
size_t h5_packing_bytes(size_t count, size_t bytes, size_t threads);
/* Writes rows FIRST to FIRST+COUNT-1. */
enum lfads_status h5_rows_write(struct h5_rows *rows, size_t first, size_t count,
                                const void *values, struct lfads_error *err);
/* Closes the data set. Does nothing if it is closed. */
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
