/* evaluation_coverage.c - the share of true rates in the band that samples of the posterior make.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "infer/band.h"
#include "infer/evaluation_scores.h"
#include "report/score_coverage.h"

static enum lfads_status score_trials(struct lfads_score *score, const struct evaluation *s,
                                      struct band *band)
{
    size_t n = s->channels;
    double *known = calloc(n, sizeof *known), inside = 0, all = 0;
    enum lfads_status status = LFADS_OK;

    score->channel_coverage = calloc(n, sizeof *score->channel_coverage);
    if (!known || !score->channel_coverage)
        status = lfads_fail(s->err, LFADS_NO_MEMORY, "no memory for %zu channels' scores", n);
    for (size_t e = 0; e < s->trials && status == LFADS_OK; e++) {
        status = band_read(band, s, e, s->output + e * s->bins * s->outputs);
        if (status == LFADS_OK)
            score_coverage(score->channel_coverage, known,
                           &(struct covered){.rows = s->bins,
                                             .channels = n,
                                             .stride = s->outputs,
                                             .truth = s->truth + e * s->bins * n,
                                             .low = band->low,
                                             .high = band->high,
                                             .conversion = s->conversion});
    }
    for (size_t j = 0; j < n && status == LFADS_OK; j++) {
        inside += score->channel_coverage[j];
        all += known[j];
        score->channel_coverage[j] /= known[j];
    }
    score->coverage = inside / all;
    free(known);
    return status;
}

enum lfads_status evaluation_score_coverage(struct lfads_score *score, const struct evaluation *s)
{
    struct band band;
    enum lfads_status status;

    if (!score->has_truth)
        return LFADS_OK;
    status = band_find(&band, s, RESULT_OUTPUT, s->outputs);
    if (status == LFADS_OK && band.share > 0) {
        score->has_coverage = true;
        score->coverage_nominal = band.share;
        status = score_trials(score, s, &band);
    }
    band_free(&band);
    return status;
}
