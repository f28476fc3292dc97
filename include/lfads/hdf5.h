/* hdf5.h - arrays of HDF5 files: data files and results are read, data files are written, where the
 * caller has no HDF5 of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_HDF5_H
#define LFADS_HDF5_H
#include <lfads/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file that is read, or one that is written. */
struct lfads_file;
/* An array of numbers in a file. */
struct lfads_file_array {
    size_t size;            /* set by the caller: sizeof(struct lfads_file_array) */
    const char *name;       /* belongs to the file */
    enum lfads_number type; /* the least of LFADS_FLOAT32, LFADS_FLOAT64, LFADS_INT64 and LFADS_BOOL
                               that holds what is stored */
    size_t rank, shape[4];  /* rank 0: a single number */
    size_t count;           /* numbers in all; 1 for a single one */
};

/* Opens the HDF5 file PATH for reading. A process of its own reads it (lfads.h, "Processes"), so
 * that a damaged file gives an error. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_open(struct lfads_file **out, const char *path,
                                                          struct lfads_error *err);
/* Begins to write the HDF5 file PATH, which takes its name, and replaces one of that name, when
 * lfads_file_finish is called. Fails if another process writes it. */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_file_create(struct lfads_file **out, const char *path, struct lfads_error *err);
/* Closes FILE. Of a file that is written and not finished nothing remains. */
LFADS_API void lfads_file_free(struct lfads_file *file);

/* How many arrays of numbers, at its root, a file has that is read; what number INDEX is. They are
 * in the order of their names' bytes. */
LFADS_API size_t lfads_file_arrays(const struct lfads_file *file);
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_describe(const struct lfads_file *file,
                                                              size_t index,
                                                              struct lfads_file_array *out,
                                                              struct lfads_error *err);
/* Reads array NAME, in C order, to VALUES of COUNT numbers of TYPE: LFADS_FLOAT32, LFADS_FLOAT64 or
 * LFADS_INT64, to which the file's numbers are converted. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_read(const struct lfads_file *file,
                                                          const char *name, enum lfads_number type,
                                                          void *values, size_t count,
                                                          struct lfads_error *err);
/* Writes attribute NAME of the file's root, a text, to TEXT of SIZE bytes, "" if there is none.
 * Fails if it is no text, or longer than SIZE - 1 or 63 bytes. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_attribute(const struct lfads_file *file,
                                                               const char *name, char *text,
                                                               size_t size,
                                                               struct lfads_error *err);

/* Writes ARRAY, of the types of lfads_file_read, in C order without gaps, as data set NAME. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_write(struct lfads_file *file,
                                                           const char *name,
                                                           const struct lfads_array *array,
                                                           struct lfads_error *err);
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_write_attribute(struct lfads_file *file,
                                                                     const char *name,
                                                                     const char *text,
                                                                     struct lfads_error *err);
/* Ends the writing: the file is there, complete, under its name. FILE can then only be freed. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_file_finish(struct lfads_file *file,
                                                            struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
