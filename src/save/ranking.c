/* ranking.c - writes and reads ranking.csv.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/ranking.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/flag.h"

static const char header[] = "directory,score,index";

enum lfads_status ranking_write(const char *directory, const struct ranking *ranking,
                                struct lfads_error *err)
{
    char path[FILE_PATH], number[40], *text = NULL;
    size_t length;
    FILE *out;
    enum lfads_status status = file_join(path, directory, "ranking.csv", err);

    if (status != LFADS_OK)
        return status;
    out = open_memstream(&text, &length);
    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    fprintf(out, "%s\n", header);
    for (size_t i = 0; i < ranking->count; i++) {
        flag_float_text(number, sizeof number, ranking->of[i].score);
        fprintf(out, "%s,%s,%s\n", ranking->of[i].directory, number, ranking->of[i].index);
    }
    return file_write_stream(path, out, &text, LFADS_OK, err);
}

/* Whether WORD is a path inside a directory: letters, digits, "_" and single "/" between them. */
static bool is_inside(const char *word)
{
    for (const char *c = word; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_' && (*c != '/' || c == word || c[1] == '/'))
            return false;
    return *word && word[strlen(word) - 1] != '/';
}

static bool read_row(struct ranked *row, char *line)
{
    char *directory = strsep(&line, ","), *score = strsep(&line, ","), *index = line, *end;

    if (!score || !*score || !index || strlen(directory) >= RANKING_WORD || !is_inside(directory))
        return false;
    row->score = strtod(score, &end);
    strcpy(row->directory, directory);
    if (strcmp(index, "checkpoint") != 0 && strcmp(index, "checkpoint_lve") != 0)
        return false;
    strcpy(row->index, index);
    return !*end && isfinite(row->score);
}

enum lfads_status ranking_read(struct ranking *ranking, const char *directory,
                               struct lfads_error *err)
{
    char path[FILE_PATH], *text, *rest, *line;
    enum lfads_status status = file_join(path, directory, "ranking.csv", err);
    size_t number = 1;
    bool good;

    *ranking = (struct ranking){.count = 0};
    if (status == LFADS_OK && !file_exists(path))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "--lfads_save_dir=%s has no file ranking.csv, which names the members "
                            "of an ensemble: lfads tune and lfads train --seeds=K write it",
                            directory);
    if (status == LFADS_OK)
        status = file_read_text(&text, path, err);
    if (status != LFADS_OK)
        return status;
    ranking->of = calloc(RANKING_MOST, sizeof *ranking->of);
    rest = text;
    line = strsep(&rest, "\n");
    good = ranking->of && strcmp(line, header) == 0;
    while (good && (line = strsep(&rest, "\n")) && *line) {
        number++;
        good = ranking->count < RANKING_MOST && read_row(&ranking->of[ranking->count], line);
        ranking->count += good;
    }
    free(text);
    if (!ranking->of)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the members in %s", path);
    return good && ranking->count
               ? LFADS_OK
               : lfads_fail(err, LFADS_BAD_DATA,
                            "%s, line %zu: this is not what lfads tune or lfads train --seeds "
                            "wrote: let the same command go on, which writes it anew",
                            path, number);
}

void ranking_release(struct ranking *ranking)
{
    free(ranking->of);
    *ranking = (struct ranking){.count = 0};
}
