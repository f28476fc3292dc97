/* alignment_reader.c - reads the matrix that aligns a session with others.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/session_private.h"
#include "data/shape_fit.h"

enum { MOST_FACTORS = 65536 };

/* Reads [N,COLUMNS] or, for COLUMNS 0, [N] finite doubles. A file with held-out channels may lack
 * their rows, which are then 0. *OUT stays NULL if the file has none. */
static enum lfads_status read_alignment(double **out, const struct reading *r, const char *name,
                                        size_t columns)
{
    size_t n = r->session->channels, rank = columns ? 2 : 1, width = columns ? columns : 1;
    const size_t expected[] = {SHAPE_ANY, columns};
    char wanted[100];
    struct h5_shape shape;
    enum lfads_status status;

    if (session_lacks(&r->file, name))
        return LFADS_OK;
    if (columns)
        snprintf(wanted, sizeof wanted, "[%zu,%zu] (channels, --readin_dim or --factors_dim)", n,
                 columns);
    else
        snprintf(wanted, sizeof wanted, "[%zu] (channels)", n);
    status = session_reader_shape(&shape, r, name, rank, expected, wanted);
    if (status != LFADS_OK)
        return status;
    if ((shape.dims[0] != n && shape.dims[0] != r->session->encoded_channels) ||
        (columns && shape.dims[1] != columns))
        return session_reader_wrong_shape(r, name, &shape, wanted);
    *out = calloc(n * width, sizeof **out);
    if (!*out)
        return lfads_fail(r->err, LFADS_NO_MEMORY, "no memory to read %s", r->file.path);
    status = h5_read(*out, H5_FLOAT64, &r->file, name, shape.dims[0] * width, r->err);
    for (size_t i = 0; i < n * width && status == LFADS_OK; i++)
        if (!isfinite((float)(*out)[i]))
            status = lfads_fail(r->err, LFADS_BAD_DATA,
                                "%s: %s has a number that is not finite, in row %zu", r->file.path,
                                name, i / width);
    return status;
}

enum lfads_status session_reader_alignments(struct reading *r)
{
    struct session *s = r->session;
    bool theirs = s->has_encoded && !h5_has(&r->file, "alignment_matrix_cxf");
    const char *name = theirs ? "readin_weight" : "alignment_matrix_cxf";
    struct h5_shape shape = {.rank = 0};
    enum lfads_status status = LFADS_OK;

    s->alignment_columns = r->wants->factors;
    if (r->wants->factors_of_file && h5_has(&r->file, name))
        status = h5_shape(&shape, &r->file, name, r->err);
    if (shape.rank == 2 && shape.dims[1] > 0 && shape.dims[1] <= MOST_FACTORS)
        s->alignment_columns = shape.dims[1];
    if (status == LFADS_OK)
        status = read_alignment(&s->alignment_matrix, r, name, s->alignment_columns);

    return status == LFADS_OK ? read_alignment(&s->alignment_bias, r,
                                               theirs ? "readout_bias" : "alignment_bias_c", 0)
                              : status;
}
