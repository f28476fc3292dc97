/* nlb_rates.c - reads the rates of a submission or of a model's results.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/nlb_rates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/distribution.h"
#include "infer/arrays.h"
#include "infer/results_file.h"

/* Reads rates PHASE_rates_WHAT of the set; none if the file may lack them. */
static enum lfads_status read_rates(struct array *out, const struct h5_file *file, const char *set,
                                    const char *phase, const char *what, bool may_lack,
                                    struct lfads_error *err)
{
    char name[96];
    enum lfads_status status;

    snprintf(name, sizeof name, "%s/%s_rates_%s", set, phase, what);
    status = may_lack ? array_find(out, file, name, 3, err) : array_read(out, file, name, 3, err);
    return status == LFADS_OK && out->values ? array_check(out, file, 0, false, err) : status;
}

/* Sets *OUT to the channels of HELDIN, then those of HELDOUT, for each bin. */
static enum lfads_status join(double **out, const struct array *heldin, const struct array *heldout,
                              const struct h5_file *file, struct lfads_error *err)
{
    size_t a = heldin->dims[2], b = heldout->dims[2], bins = heldin->dims[0] * heldin->dims[1];
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < 2 && status == LFADS_OK; i++)
        status = array_expect(heldout, file, i, heldin->dims[i], heldin->name, err);
    if (status == LFADS_OK)
        status = array_allocate(out, bins * (a + b), heldin->name, file->path, err);
    for (size_t i = 0; i < bins && status == LFADS_OK; i++) {
        memcpy(*out + i * (a + b), heldin->values + i * a, a * sizeof **out);
        memcpy(*out + i * (a + b) + a, heldout->values + i * b, b * sizeof **out);
    }
    return status;
}

/* Reads the forward bins, which a submission may lack. */
static enum lfads_status read_ahead(struct nlb_rates *out, const struct h5_file *file,
                                    const char *set, const char *phase, const struct array *heldin,
                                    const struct array *heldout, struct lfads_error *err)
{
    struct array more[2] = {{.rank = 0}, {.rank = 0}};
    const struct array *const first[2] = {heldin, heldout};
    enum lfads_status status = read_rates(&more[0], file, set, phase, "heldin_forward", true, err);

    if (status == LFADS_OK && more[0].values)
        status = read_rates(&more[1], file, set, phase, "heldout_forward", false, err);
    for (size_t i = 0; i < 2 && status == LFADS_OK && more[0].values; i++) {
        status = array_expect(&more[i], file, 0, first[i]->dims[0], first[i]->name, err);
        if (status == LFADS_OK)
            status = array_expect(&more[i], file, 2, first[i]->dims[2], first[i]->name, err);
    }
    if (status == LFADS_OK && more[0].values) {
        status = join(&out->memory[1], &more[0], &more[1], file, err);
        out->forward = more[0].dims[1];
        out->ahead = out->memory[1];
        out->ahead_stride = more[0].dims[1] * (heldin->dims[2] + heldout->dims[2]);
    }
    array_free(&more[0]);
    array_free(&more[1]);
    return status;
}

enum lfads_status nlb_rates_submitted(struct nlb_rates *out, const struct h5_file *file,
                                      const char *set, const char *phase, struct lfads_error *err)
{
    struct array heldin = {.rank = 0}, heldout = {.rank = 0};
    enum lfads_status status = read_rates(&heldin, file, set, phase, "heldin", false, err);

    *out = (struct nlb_rates){.trials = 0};
    if (status == LFADS_OK)
        status = read_rates(&heldout, file, set, phase, "heldout", false, err);
    if (status == LFADS_OK)
        status = join(&out->memory[0], &heldin, &heldout, file, err);
    if (status == LFADS_OK)
        status = read_ahead(out, file, set, phase, &heldin, &heldout, err);
    if (status == LFADS_OK) {
        out->trials = heldin.dims[0];
        out->bins = heldin.dims[1];
        out->channels = heldin.dims[2] + heldout.dims[2];
        out->heldout = heldout.dims[2];
        out->trial_stride = out->bins * out->channels;
        out->rates = out->memory[0];
    }
    array_free(&heldin);
    array_free(&heldout);
    return status;
}

enum lfads_status nlb_rates_of_run(struct nlb_rates *out, const struct h5_file *file,
                                   struct lfads_error *err)
{
    char distribution[H5_ATTRIBUTE_SIZE];
    struct array rates = {.rank = 0};
    enum lfads_status status = h5_read_attribute(distribution, file, DISTRIBUTION_ATTRIBUTE, err);

    *out = (struct nlb_rates){.trials = 0};
    if (status == LFADS_OK && *distribution &&
        strcmp(distribution, distribution_of(DISTRIBUTION_poisson)->name) != 0)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s: its numbers are of the distribution %s, and the benchmark is of "
                            "rates of counts (--output_dist=poisson)",
                            file->path, distribution);
    if (status == LFADS_OK)
        status = array_read(&rates, file, results_key(OF_POSTERIORS, RESULT_OUTPUT), 3, err);
    out->memory[0] = rates.values;
    if (status == LFADS_OK)
        status = array_check(&rates, file, 0, false, err);
    if (status == LFADS_OK)
        status = results_read_unread(&out->heldout, &out->forward, file, rates.dims[2],
                                     rates.dims[1], err);
    if (status == LFADS_OK && out->heldout == 0)
        status =
            lfads_fail(err, LFADS_BAD_DATA,
                       "%s has no held-out channels, and the benchmark is of rates of channels "
                       "that the model did not read: train with --heldout_dim",
                       file->path);
    if (status != LFADS_OK)
        return status;
    out->trials = rates.dims[0];
    out->bins = rates.dims[1] - out->forward;
    out->channels = rates.dims[2];
    out->trial_stride = rates.dims[1] * out->channels;
    out->rates = rates.values;
    out->ahead_stride = out->trial_stride;
    out->ahead = out->forward ? rates.values + out->bins * out->channels : NULL;
    return LFADS_OK;
}

void nlb_rates_free(struct nlb_rates *rates)
{
    free(rates->memory[0]);
    free(rates->memory[1]);
    *rates = (struct nlb_rates){.trials = 0};
}
