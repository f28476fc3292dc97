/* evaluation_data.c - whether results are of the data that they are scored on.
 * SPDX-License-Identifier: Apache-2.0 */
#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>

#include "infer/evaluation_scores.h"

enum lfads_status evaluation_compare_data(struct lfads_score *score, const struct evaluation *s)
{
    size_t count = s->trials * s->bins * s->channels;
    bool counts = s->distribution->data == DATA_COUNTS, known;
    uint32_t checksum;
    float *floats;
    enum lfads_status status = results_read_checksum(&checksum, &known, &s->run, s->err);

    if (status != LFADS_OK || !known || s->first > 0)
        return status;
    floats = malloc(count * sizeof *floats);
    if (!floats)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to compare %s", s->data.path);
    for (size_t i = 0; i < count; i++) /* as a model reads them */
        floats[i] = (float)(counts ? nearbyint(s->counts[i]) : s->counts[i]);
    score->other_data = libdeflate_crc32(0, floats, count * sizeof *floats) != checksum;
    free(floats);
    return LFADS_OK;
}
