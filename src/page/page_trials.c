/* page_trials.c - the part in which trials and units are chosen: the numbers that the page's script
 * draws, as JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "infer/band.h"
#include "page/page.h"
#include "report/html.h"

/* Writes a list of numbers. */
static void put_list(FILE *out, const char *key, const size_t *values, size_t count)
{
    fprintf(out, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%zu", i ? "," : "", values[i]);
    fputs("],\n", out);
}

/* Writes what the shown units are called, and more for who points at them. */
static void put_names(FILE *out, const struct page_session *p)
{
    fputs("\"names\":[", out);
    for (size_t j = 0; j < p->units; j++) {
        char name[UNIT_NAME], about[PAGE_ABOUT_UNIT];

        page_unit(name, p, p->unit[j]);
        page_about_unit(about, p, p->unit[j]);
        fputs(j ? ",[" : "[", out);
        html_json(out, name);
        fputc(',', out);
        html_json(out, about);
        fputc(']', out);
    }
    fputs("],\n", out);
}

/* Writes T numbers. */
static void put_row(FILE *out, const double *values, size_t bins, size_t stride, double factor)
{
    fputc('[', out);
    for (size_t t = 0; t < bins; t++) {
        if (t)
            fputc(',', out);
        html_number(out, factor * values[t * stride], 3);
    }
    fputc(']', out);
}

/* Writes VALUES [E,T,width] of the shown trials and units, times FACTOR, as [trials][units][T]. */
static void put_units(FILE *out, const char *key, const struct page_session *p,
                      const double *values, size_t width, double factor)
{
    fprintf(out, "\"%s\":[", key);
    for (size_t i = 0; i < p->trials; i++) {
        fputs(i ? ",\n[" : "[", out);
        for (size_t j = 0; j < p->units; j++) {
            fputs(j ? "," : "", out);
            put_row(out, values + p->trial[i] * p->s.bins * width + p->unit[j], p->s.bins, width,
                    factor);
        }
        fputc(']', out);
    }
    fputs("],\n", out);
}

/* Writes the first and the last quantile over samples as [trials][units][2][T]. */
static enum lfads_status put_band(FILE *out, const struct page_session *p, struct band *band,
                                  double factor)
{
    const struct evaluation *s = &p->s;
    enum lfads_status status = LFADS_OK;

    fputs("\"band\":[", out);
    for (size_t i = 0; i < p->trials && status == LFADS_OK; i++) {
        status = band_read(band, s, p->trial[i], s->output + p->trial[i] * s->bins * s->outputs);
        fputs(i ? ",\n[" : "[", out);
        for (size_t j = 0; j < p->units && status == LFADS_OK; j++) {
            fputs(j ? ",[" : "[", out);
            put_row(out, band->low + p->unit[j], s->bins, s->outputs, factor);
            fputc(',', out);
            put_row(out, band->high + p->unit[j], s->bins, s->outputs, factor);
            fputc(']', out);
        }
        fputc(']', out);
    }
    fputs("],\n", out);
    return status;
}

/* Writes counts as a text for each trial and unit, a character a bin: 0 to 9, a to z for 10 to 35
 * and more, - where nothing was recorded. */
static void put_counts(FILE *out, const struct page_session *p)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

    fputs("\"counts\":[", out);
    for (size_t i = 0; i < p->trials; i++) {
        fputs(i ? ",\n[" : "[", out);
        for (size_t j = 0; j < p->units; j++) {
            fputs(j ? ",\"" : "\"", out);
            for (size_t t = 0; t < p->s.bins; t++) {
                double count =
                    p->s.counts[(p->trial[i] * p->s.bins + t) * p->s.channels + p->unit[j]];

                fputc(isnan(count) || count < 0 ? '-' : digits[(int)fmin(count, 35)], out);
            }
            fputc('"', out);
        }
        fputc(']', out);
    }
    fputs("],\n", out);
}

/* Writes inputs [E,T,n] of the shown trials as [trials][n][T]. */
static void put_inputs(FILE *out, const char *key, const struct page_session *p,
                       const struct array *inputs)
{
    size_t n = inputs->dims[2] < 8 ? inputs->dims[2] : 8;

    if (!inputs->values)
        return;
    fprintf(out, "\"%s\":[", key);
    for (size_t i = 0; i < p->trials; i++) {
        fputs(i ? ",\n[" : "[", out);
        for (size_t k = 0; k < n; k++) {
            fputs(k ? "," : "", out);
            put_row(out, inputs->values + p->trial[i] * p->s.bins * inputs->dims[2] + k, p->s.bins,
                    inputs->dims[2], 1);
        }
        fputc(']', out);
    }
    fputs("],\n", out);
}

/* Writes each shown trial's condition and its class of colour. */
static void put_conditions(FILE *out, const struct page_session *p)
{
    fputs("\"conditions\":[", out);
    for (size_t i = 0; i < p->trials && p->condition; i++) {
        char text[40], class[8];

        page_condition(text, p, p->condition[p->trial[i]]);
        page_colour(class, p, p->condition[p->trial[i]]);
        fputs(i ? ",[" : "[", out);
        html_json(out, text);
        fprintf(out, ",\"%s\"]", class);
    }
    fputs("],\n", out);
}

/* BAND: of quantiles, or without numbers. */
static enum lfads_status put_data(FILE *out, const struct page_session *p, struct band *band)
{
    enum lfads_status status = LFADS_OK;
    bool counts = p->s.distribution->data == DATA_COUNTS;
    double unit = counts && p->bin_s > 0 ? 1 / p->bin_s : 1;

    fputs("{\"session\":", out);
    html_json(out, p->name);
    fprintf(out, ",\"set\":\"%s\",\"bins\":%zu,\"bin_s\":%.9g,\"heldout_from\":%zu,\n", p->s.set,
            p->s.bins, p->bin_s, p->s.channels - p->s.heldout);
    fprintf(out, "\"forward_from\":%zu,\"unit\":\"%s\",\n", p->s.bins - p->s.forward,
            !counts        ? "data’s unit"
            : p->bin_s > 0 ? "spikes/s"
                           : "spikes/bin");
    put_list(out, "trials", p->trial, p->trials);
    put_list(out, "units", p->unit, p->units);
    put_names(out, p);
    put_conditions(out, p);
    fputs("\"bits\":[", out);
    for (size_t j = 0; j < p->units && p->score.channel_bits_per_spike; j++) {
        fputs(j ? "," : "", out);
        html_number(out, p->score.channel_bits_per_spike[p->unit[j]], 3);
    }
    fputs("],\n", out);
    if (counts)
        put_counts(out, p);
    else
        put_units(out, "data", p, p->s.counts, p->s.channels, 1);
    if (p->s.truth)
        put_units(out, "truth", p, p->s.truth, p->s.channels, unit / p->s.conversion);
    if (band->count)
        status = put_band(out, p, band, unit);
    else if (p->spread.values)
        put_units(out, "spread", p, p->spread.values, p->spread.dims[2], unit);
    put_inputs(out, "inputs", p, &p->inputs);
    if (p->true_inputs.values)
        put_inputs(out, "true_inputs", p, &p->true_inputs);
    put_units(out, "rates", p, p->s.output, p->s.outputs, unit);
    fputs("\"version\":1}", out);
    return status;
}

/* Says what is shown, and how. */
static void put_legend(FILE *out, const struct page_session *p, const struct band *band)
{
    if (band->count)
        html_format(out, " Bands hold %s of the posterior.", band->name);
    else if (p->spread.values)
        fputs(" Bands are one standard deviation over the posterior's samples.", out);
    if (p->s.truth)
        fputs(" True rates are dashed.", out);
}

enum lfads_status page_trials(struct page *page, const struct page_session *session, size_t number)
{
    const struct page_session *p = session;
    FILE *out = page->out;
    struct band band;
    enum lfads_status status = band_find(&band, &p->s, RESULT_OUTPUT, p->s.outputs);

    fputs("<h3>Single trials</h3>\n<p class=\"quiet\">", out);
    html_format(out, "%zu of %zu %s trials", p->trials, p->s.trials,
                p->s.set[0] == 't' ? "training" : "validation");
    if (p->trials < p->s.trials && p->condition)
        fputs(", chosen evenly over the conditions", out);
    else if (p->trials < p->s.trials)
        fputs(", chosen evenly", out);
    html_format(out, "; %zu of %zu units", p->units, p->s.channels);
    if (p->units < p->s.channels && p->score.channel_bits_per_spike)
        fputs(
            ": half of them those with most spikes, the others those that the model predicts best "
            "and worst",
            out);
    else if (p->units < p->s.channels)
        fputs(": those with the largest numbers", out);
    fputs(p->score.units
              ? ". Units are called as in the data file; pointing at one shows its channel"
              : ". Units are channels of the data file, counted from 0",
          out);
    if (p->s.heldout > 0)
        fputs("; * marks those that are held out", out);
    html_prose(out, ". --trials and --units show more.");
    put_legend(out, p, &band);
    fprintf(out,
            "</p>\n<div class=\"explorer\" id=\"explorer%zu\"><noscript>Single trials are drawn by "
            "a script in this page, and scripts are switched off.</noscript></div>\n"
            "<script type=\"application/json\" id=\"data%zu\">",
            number, number);
    if (status == LFADS_OK)
        status = put_data(out, p, &band);
    band_free(&band);
    fputs("</script>\n", out);
    return status;
}
