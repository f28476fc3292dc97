/* page_settings.c - the part with flags, versions, seeds and files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <isa-l/crc.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "report/html.h"

enum { PIECE = 1 << 20 };

/* Sets *BYTES and *CHECKSUM (CRC-32) of a file; false if it can't be read. */
static bool check_file(uint64_t *bytes, uint32_t *checksum, const char *path)
{
    FILE *file = file_open(path);
    unsigned char *piece = malloc(PIECE);
    bool fine = file && piece;
    size_t length;

    *bytes = 0;
    *checksum = 0;
    while (fine && (length = fread(piece, 1, PIECE, file)) > 0) {
        *bytes += length;
        *checksum = crc32_gzip_refl(*checksum, piece, length);
    }
    fine = fine && !ferror(file);
    free(piece);
    if (file)
        fclose(file);
    return fine;
}

static void put_file(FILE *out, const char *what, const char *path)
{
    uint64_t bytes;
    uint32_t checksum;

    if (!*path || !check_file(&bytes, &checksum, path))
        return;
    fprintf(out, "<tr><th>%s</th><td>", what);
    html_text(out, path);
    fprintf(out, "</td><td>%" PRIu64 "</td><td><code>%08" PRIx32 "</code></td></tr>\n", bytes,
            checksum);
}

/* Writes a value of the hyperparameters' text. */
static void put_value(FILE *out, const json_t *value)
{
    char *text =
        json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

    html_text(out, json_is_string(value) ? json_string_value(value) : text ? text : "");
    free(text);
}

/* Whether a flag has another value than its default. */
static bool is_changed(const struct page *p, struct lfads_config *defaults, const char *name)
{
    char text[4096];
    const char *value = lfads_config_get(p->config, name);

    if (!value)
        return false;
    snprintf(text, sizeof text, "%s", value);
    value = lfads_config_get(defaults, name);
    return value && strcmp(text, value) != 0;
}

static enum lfads_status put_flags(struct page *p)
{
    struct lfads_config *defaults;
    json_t *all = json_loads(p->hyperparams, 0, NULL);
    enum lfads_status status = lfads_config_create(&defaults, p->err);
    const char *key;
    json_t *value;

    fputs("<details><summary>All hyperparameters (bold: not the original’s "
          "default)</summary><div class=\"scroll\"><table class=\"flags\">\n",
          p->out);
    if (status == LFADS_OK && all) {
        json_object_foreach(all, key, value)
        {
            bool changed = is_changed(p, defaults, key);

            fprintf(p->out, "<tr%s><th>", changed ? " class=\"changed\"" : "");
            html_text(p->out, key);
            fputs("</th><td>", p->out);
            put_value(p->out, value);
            fputs("</td></tr>\n", p->out);
        }
    }
    fputs("</table></div></details>\n", p->out);
    json_decref(all);
    lfads_config_free(defaults);
    return status;
}

static void put_entry(FILE *out, const char *name, const char *value)
{
    fputs("<div><dt>", out);
    html_text(out, name);
    fputs("</dt><dd>", out);
    html_text(out, value);
    fputs("</dd></div>\n", out);
}

/* The flags that say most. */
static void put_main(struct page *p)
{
    static const char *const names[] = {
        "preset",       "seed",         "output_dist",   "factors_dim",  "gen_dim",
        "ic_dim",       "co_dim",       "ic_enc_dim",    "con_dim",      "ci_enc_dim",
        "batch_size",   "heldout_dim",  "forward_steps", "keep_prob",    "cd_rate",
        "kl_ic_weight", "kl_co_weight", "l2_gen_scale",  "l2_con_scale", "learning_rate_init"};

    fputs("<dl class=\"facts\">\n", p->out);
    put_entry(p->out, "version of this report", lfads_version());
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        put_entry(p->out, names[i], lfads_config_get(p->config, names[i]));
    fputs("</dl>\n", p->out);
}

enum lfads_status page_settings(struct page *page)
{
    enum lfads_status status;

    fputs("<section id=\"settings\"><h2>Settings and files</h2>\n", page->out);
    put_main(page);
    status = put_flags(page);
    fputs("<div class=\"scroll\"><table class=\"files\"><tr><th></th><th>file</th><th>bytes</th>"
          "<th>CRC-32</th></tr>\n",
          page->out);
    put_file(page->out, "hyperparameters", page->hyperparams_file);
    for (size_t i = 0; i < page->count; i++) {
        if (!page->what->data)
            put_file(page->out, "data", page->sessions[i].data_file);
        put_file(page->out, "results", page->sessions[i].run_file);
    }
    fputs("</table></div>\n<p class=\"quiet\">", page->out);
    for (size_t i = 0; i < page->count; i++)
        html_format(page->out, "%s%s: results of step %.0f.", i ? " " : "", page->sessions[i].name,
                    page->sessions[i].step);
    fputs("</p></section>\n", page->out);
    return status;
}
