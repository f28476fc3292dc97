/* fuzz_training_log.c - what a report reads of a training beside results: the table of costs, event
 * files, and any text that it shows. Whatever they hold, no text becomes markup. A training that
 * goes on cuts the table at its epoch and loses no byte of it. SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "page/costs_table.h"
#include "report/events_read.h"
#include "report/html.h"
#include "target.h"
#include "train/fitlog.h"

static void read_costs(void)
{
    struct lfads_error err = {.text = ""};
    struct costs_table table;
    enum lfads_status status = costs_table_read(&table, "fitlog.csv", &err);

    target_check(status, &err);
    for (size_t i = 0; i < table.rows; i++)
        assert(isfinite(table.epoch[i]) && isfinite(table.step[i]));
    assert(table.count <= COSTS_COLUMNS);
    for (size_t i = 0; i < table.count && status == LFADS_OK; i++)
        assert(costs_table_find(&table, table.column[i].name) == &table.column[i]);
    costs_table_free(&table);
}

static void read_events(void)
{
    struct lfads_error err = {.text = ""};
    struct events_scalar scalar;

    target_check(events_read(&scalar, "log", "LFADS/Learning_rate", &err), &err);
    for (size_t i = 1; i < scalar.count; i++)
        assert(scalar.step[i] > scalar.step[i - 1]);
    events_scalar_free(&scalar);
}

/* Goes on from epoch 2: what is kept and what is put aside are the table together. */
static void trim_costs(const char *bytes, size_t length)
{
    struct lfads_error err = {.text = ""};
    struct fitlog_valid row;
    char *kept, *aside = NULL;
    enum lfads_status status = fitlog_trim("fitlog.csv", 2, 7, &err);

    target_check(status, &err);
    if (status != LFADS_OK)
        return;
    assert(file_read_text(&kept, "fitlog.csv", NULL) == LFADS_OK);
    if (file_exists("fitlog.csv.7"))
        assert(file_read_text(&aside, "fitlog.csv.7", NULL) == LFADS_OK);
    assert(strlen(kept) + (aside ? strlen(aside) : 0) == length);
    assert(memcmp(bytes, kept, strlen(kept)) == 0);
    assert(!aside || memcmp(bytes + strlen(kept), aside, strlen(aside)) == 0);
    for (char *line, *rest = kept; (line = strsep(&rest, "\n"));)
        if (fitlog_read_valid(&row, line))
            assert(row.epoch < 2);
    free(kept);
    free(aside);
    unlink("fitlog.csv.7");
}

/* Writes TEXT by PUT; nothing in it is left that could end an element, a string or a script. */
static void escape(void (*put)(FILE *out, const char *text), const char *text, const char *ends)
{
    char *written = NULL;
    size_t size;
    FILE *out = open_memstream(&written, &size);

    assert(out);
    put(out, text);
    fclose(out);
    assert(strlen(written) == size);
    assert(strcspn(written, ends) == size);
    free(written);
}

/* What html_prose writes, without the elements of its flags. */
static void put_prose(FILE *out, const char *text)
{
    static const char *const tags[] = {"<span class=\"flag\">", "</span>"};
    char *written = NULL;
    size_t size, flags = 0;
    FILE *prose = open_memstream(&written, &size);

    assert(prose);
    html_prose(prose, text);
    fclose(prose);
    for (const char *at = written; *at;) {
        const char *tag = tags[flags % 2];

        if (strncmp(at, tag, strlen(tag)) == 0) {
            at += strlen(tag);
            flags++;
        } else {
            fputc(*at++, out);
        }
    }
    assert(flags % 2 == 0);
    free(written);
}

/* The JSON string without its quotes. */
static void put_inner(FILE *out, const char *text)
{
    char *written = NULL;
    size_t size;
    FILE *json = open_memstream(&written, &size);

    assert(json);
    html_json(json, text);
    fclose(json);
    assert(size >= 2 && written[0] == '"' && written[size - 1] == '"');
    fwrite(written + 1, 1, size - 2, out);
    free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);

    assert(text);
    memcpy(text, bytes, length);
    text[length] = 0;
    escape(html_text, text, "<>\"'");
    escape(put_prose, text, "<>\"'");
    escape(put_inner, text, "<>\"'\n");
    free(text);
    target_write("fitlog.csv", bytes, length); /* enters the scratch directory */
    assert(file_make_directory("log", NULL) == LFADS_OK);
    target_write("log/events.out.tfevents.1.host", bytes, length);
    read_costs();
    read_events();
    trim_costs((const char *)bytes, length);
    return 0;
}
