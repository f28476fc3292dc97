/* page_write.c - writes a report: one HTML file that needs nothing else. Entry point: lfads_report
 * of the public header.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/progress.h"
#include "base/sized.h"
#include "page/assets.h"
#include "page/page.h"
#include "report/html.h"

void page_head(struct page *page)
{
    FILE *out = page->out;
    const char *title = page->what->title ? page->what->title : page->what->save_dir;

    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>LFADS report: ",
          out);
    html_text(out, title);
    fprintf(out, "</title>\n<style>\n%s", asset_style);
    for (int i = 0; i < PAGE_HUES; i++)
        fprintf(out, ".h%d{--c:hsl(%d 70%% var(--l))}", i, 300 * i / PAGE_HUES);
    fputs("\n</style>\n</head>\n<body>\n<header><h1>LFADS report</h1><p>", out);
    html_text(out, title);
    fputs("</p></header>\n<main>\n", out);
}

void page_foot(struct page *page)
{
    fputs("</main>\n<footer>Written by <code>lfads report</code>, version ", page->out);
    html_text(page->out, lfads_version());
    fprintf(page->out, ".</footer>\n<script>\n%s</script>\n</body>\n</html>\n", asset_script);
}

static enum lfads_status write_session(struct page *page, size_t number)
{
    const struct page_session *session = &page->sessions[number];
    enum lfads_status status;

    fprintf(page->out, "<section id=\"session%zu\"><h2>Session ", number);
    html_text(page->out, session->name);
    fputs("</h2>\n", page->out);
    status = page_scores(page, session);
    if (status == LFADS_OK)
        status = page_trials(page, session, number);
    if (status == LFADS_OK)
        status = page_states(page, session);
    if (status == LFADS_OK)
        status = page_psths(page, session);
    if (status == LFADS_OK)
        status = page_inputs(page, session);
    fputs("</section>\n", page->out);
    return status;
}

static enum lfads_status write_parts(struct page *page)
{
    enum lfads_status status;

    page_head(page);
    status = page_verdict(page);
    if (status == LFADS_OK)
        page_training(page);
    for (size_t i = 0; i < page->count && status == LFADS_OK; i++)
        status = write_session(page, i);
    if (status == LFADS_OK)
        status = page_settings(page);
    page_foot(page);
    return status;
}

static const char *page_directory(const struct lfads_report_request *what)
{
    return what->output_dir ? what->output_dir : what->save_dir;
}

/* Writes the parts to memory, then the file at once. */
static enum lfads_status write_page(struct page *page)
{
    char path[FILE_PATH], *text = NULL;
    size_t size;
    bool full;
    struct lfads_error reason = {.text = ""};
    enum lfads_status status = LFADS_OK;

    page->out = open_memstream(&text, &size);
    if (!page->out)
        return lfads_fail(page->err, LFADS_NO_MEMORY, "no memory for the report");
    status = write_parts(page);
    full = ferror(page->out) != 0;
    full = fclose(page->out) != 0 || full;
    if (status == LFADS_OK && full)
        status = lfads_fail(page->err, LFADS_NO_MEMORY, "no memory for the report");
    if (status == LFADS_OK && page->what->output_file)
        snprintf(path, sizeof path, "%s", page->what->output_file);
    else if (status == LFADS_OK)
        status = file_join(path, page_directory(page->what), "report.html", page->err);
    if (status == LFADS_OK)
        status = file_write_text(path, text, &reason);
    if (status != LFADS_OK && *reason.text)
        status = lfads_fail(page->err, status, "%.700s%s", reason.text,
                            page->what->output_file ? "" : "; --output=FILE puts it elsewhere");
    free(text);
    return status;
}

/* Fails early if the directory of --output is not there. */
static enum lfads_status check_output(const struct page *page)
{
    char directory[FILE_PATH];
    const char *file = page->what->output_file;

    if (!file || !strchr(file, '/'))
        return LFADS_OK;
    path_directory(directory, file);
    return path_is_directory(directory)
               ? LFADS_OK
               : lfads_fail(page->err, LFADS_IO, "can't write %.300s: there is no directory %.300s",
                            file, directory);
}

static void say(const struct page *page, const char *text)
{
    if (page->callbacks && page->callbacks->line)
        page->callbacks->line(page->callbacks->payload, text);
}

enum lfads_status lfads_report(const struct lfads_report_request *what,
                               const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    struct lfads_report_request taken;
    struct lfads_callbacks own;
    struct page page = {.what = &taken, .err = err};
    enum lfads_status status;

    if (!what)
        return lfads_fail_null(err, "lfads_report", "what");
    status = sized_take(&taken, what, sizeof taken, "lfads_report", err);
    if (status == LFADS_OK)
        status = callbacks_take(&own, &callbacks, "lfads_report", err);
    if (status != LFADS_OK)
        return status;
    if (!taken.save_dir)
        return lfads_fail_null(err, "lfads_report", "save_dir");
    if (taken.data && taken.data_dir)
        return lfads_fail(err, LFADS_USAGE,
                          "lfads_report: data and data_dir are two ways to name the data: leave "
                          "one out");
    page.callbacks = callbacks;
    status = check_output(&page);
    if (status == LFADS_OK)
        status = page_find(&page);
    for (size_t i = 0; i < page.count && status == LFADS_OK; i++) {
        char line[400];

        snprintf(line, sizeof line, "Scoring %.256s beside baselines.", page.sessions[i].name);
        say(&page, line);
        status = page_read_session(&page.sessions[i], &page);
    }
    if (status == LFADS_OK)
        status = write_page(&page);
    page_release(&page);
    return status;
}
