/* data.h - data sets in memory: sessions of arrays, in place of data files.
 *
 * A session has the arrays that a data file has, under the same names and with the same meaning and
 * checks (docs/files.md, "Data file"): train_data and valid_data [trials,bins,channels],
 * train_ext_input [trials,bins,inputs], train_truth, alignment_matrix_cxf [channels,factors], ...
 * What is not named there and has a row for each trial goes along into results. A training on
 * arrays gives the bits of a training on a file of these arrays.
 *
 *     const size_t shape[3] = {trials, bins, channels};
 *     struct lfads_data *data;
 *
 *     if (lfads_data_create(&data, &err) == LFADS_OK &&
 *         lfads_data_put(data, "monkey", "train_data",
 *                        &(struct lfads_array){LFADS_FLOAT32, 3, shape, NULL, counts}, LFADS_COPY,
 *                        &err) == LFADS_OK)
 *         ...
 *     lfads_data_free(data);
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_H
#define LFADS_DATA_H
#include <lfads/common.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lfads_data;

enum lfads_number {
    LFADS_FLOAT32 = 0,
    LFADS_FLOAT64 = 1,
    LFADS_INT64 = 2,
    LFADS_INT32 = 3,
    LFADS_INT16 = 4,
    LFADS_INT8 = 5,
    LFADS_UINT64 = 6,
    LFADS_UINT32 = 7,
    LFADS_UINT16 = 8,
    LFADS_UINT8 = 9,
    LFADS_BOOL = 10 /* bytes: 0 or not 0 */
};
/* An array of the caller's. NaN are numbers that were not recorded; --missing_data=skip accepts
 * them. It never grows. */
struct lfads_array {
    enum lfads_number type;
    size_t rank;              /* axes, 0 to 4; 0: a single number */
    const size_t *shape;      /* [rank] */
    const ptrdiff_t *strides; /* [rank] bytes from an index to the next; NULL: no gaps, C order */
    const void *values;       /* the number whose indices are all 0; NULL only if there is none */
};
enum lfads_keep {
    LFADS_COPY = 0,  /* the library takes a copy */
    LFADS_BORROW = 1 /* the numbers stay where they are: they must live, unchanged, as long as the
                        data set. Type, shape and strides are copied */
};

/* Creates a data set without sessions. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_data_create(struct lfads_data **out,
                                                            struct lfads_error *err);
/* Frees DATA. Trainings that use it must be freed before. */
LFADS_API void lfads_data_free(struct lfads_data *data);
/* Adds ARRAY under NAME to session SESSION, which it creates if there is none of that name.
 * Sessions keep the order in which they came. Fails for a session that has NAME already. Contents
 * are checked where they are used: by a training, by a model. Not to be called while a training on
 * DATA exists.
 */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_data_put(struct lfads_data *data, const char *session, const char *name,
               const struct lfads_array *array, enum lfads_keep keep, struct lfads_error *err);
/* Returns how many sessions DATA has, the name of session number INDEX (NULL: there is none), and
 * how many rows its array NAME has (0: it has no such array). */
LFADS_API size_t lfads_data_sessions(const struct lfads_data *data);
LFADS_API const char *lfads_data_session(const struct lfads_data *data, size_t index);
LFADS_API size_t lfads_data_rows(const struct lfads_data *data, size_t index, const char *name);

#ifdef __cplusplus
}
#endif
#endif
