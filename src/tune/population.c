/* population.c - the rows of a population, and their file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tune/population.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* The scores' columns. */
static const struct {
    const char *name;
    size_t offset;
} columns[] = {
    {"score", offsetof(struct scores, score)},
    {"recon_smoothed", offsetof(struct scores, recon)},
    {"heldout", offsetof(struct scores, heldout)},
    {"sv", offsetof(struct scores, sv)},
    {"co_bps", offsetof(struct scores, co_bps)},
};
enum { COLUMNS = sizeof columns / sizeof columns[0], WORD = 64 };

struct member_row *population_generation(const struct population *population, size_t generation)
{
    return population->rows + generation * population->members;
}

enum lfads_status population_begin(struct population *population, struct lfads_error *err)
{
    size_t count = (population->begun + 1) * population->members;
    struct member_row *rows = realloc(population->rows, count * sizeof *rows);

    if (!rows)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for %zu rows of a population", count);
    population->rows = rows;
    memset(rows + count - population->members, 0, population->members * sizeof *rows);
    population->begun++;
    return LFADS_OK;
}

void population_release(struct population *population)
{
    free(population->rows);
    population->rows = NULL;
}

static double get_score(const struct scores *scores, size_t column)
{
    double value;

    memcpy(&value, (const char *)scores + columns[column].offset, sizeof value);
    return value;
}

static void set_score(struct scores *scores, size_t column, double value)
{
    memcpy((char *)scores + columns[column].offset, &value, sizeof value);
}

static void write_header(FILE *out, const struct space *space)
{
    fputs("generation,member,parent", out);
    for (size_t i = 0; i < space->count; i++)
        fprintf(out, ",%s", space->value[i].name);
    fputs(",step", out);
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(out, ",%s", columns[i].name);
    fputc('\n', out);
}

static void write_row(FILE *out, const struct population *p, size_t generation, size_t member)
{
    struct member_row row = population_generation(p, generation)[member];
    char number[40];

    fprintf(out, "%zu,%zu,%zu", generation, member, row.parent);
    for (size_t i = 0; i < p->space->count; i++) {
        flag_float_text(number, sizeof number, row.values[i]);
        fprintf(out, ",%s", number);
    }
    if (generation < p->done)
        fprintf(out, ",%" PRId64, row.scores.step);
    else
        fputc(',', out);
    for (size_t i = 0; i < COLUMNS; i++) {
        double value = get_score(&row.scores, i);

        *number = 0;
        if (isnan(value))
            strcpy(number, "nan");
        else if (generation < p->done)
            flag_float_text(number, sizeof number, value);
        fprintf(out, ",%s", generation < p->done ? number : "");
    }
    fputc('\n', out);
}

enum lfads_status population_write(const char *path, const struct population *population,
                                   struct lfads_error *err)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    write_header(out, population->space);
    for (size_t g = 0; g < population->begun; g++)
        for (size_t m = 0; m < population->members; m++)
            write_row(out, population, g, m);
    return file_write_stream(path, out, &text, LFADS_OK, err);
}

/* Takes a whole number below LIMIT, or a double, from the front of *REST, with the comma after it.
 */
static bool take_count(size_t *number, char **rest, size_t limit)
{
    char *word = strsep(rest, ","), *end;

    if (!word || *word < '0' || *word > '9')
        return false;
    *number = strtoull(word, &end, 10);
    return !*end && *number < limit;
}

static bool take_double(double *number, char **rest)
{
    char *word = strsep(rest, ","), *end;

    if (!word || !*word)
        return false;
    *number = strtod(word, &end);
    return !*end;
}

/* Reads the scores; sets *DONE to whether there are any. */
static bool take_scores(struct scores *scores, bool *done, char *rest)
{
    double step;

    *done = rest && *rest != ',';
    if (!*done)
        return rest && strlen(rest) == COLUMNS && strspn(rest, ",") == COLUMNS;
    if (!take_double(&step, &rest) || !(step >= -1 && step < 1e15))
        return false;
    scores->step = (int64_t)step;
    for (size_t i = 0; i < COLUMNS; i++) {
        double value;

        if (!take_double(&value, &rest))
            return false;
        set_score(scores, i, value);
    }
    return !rest;
}

/* Reads the row of MEMBER, which has to come next. Whether the generation is done is the same for
 * all its members. */
static bool read_row(struct population *p, size_t member, char *line)
{
    struct member_row *row = &population_generation(p, p->begun - 1)[member];
    size_t generation, number;
    bool done;

    if (!take_count(&generation, &line, SIZE_MAX) || !take_count(&number, &line, SIZE_MAX) ||
        !take_count(&row->parent, &line, p->members) || generation != p->begun - 1 ||
        number != member)
        return false;
    for (size_t i = 0; i < p->space->count; i++)
        if (!take_double(&row->values[i], &line) || !isfinite(row->values[i]))
            return false;
    if (!take_scores(&row->scores, &done, line))
        return false;
    if (member == 0)
        p->done += done;
    return done == (p->done == p->begun);
}

static bool has_header(const char *line, const struct space *space)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    bool same;

    if (!out)
        return false;
    write_header(out, space);
    same = fclose(out) == 0 && strncmp(text, line, length - 1) == 0 && strlen(line) == length - 1;
    free(text);
    return same;
}

enum lfads_status population_read(struct population *population, const char *path,
                                  struct lfads_error *err)
{
    struct population *p = population;
    char *text, *rest, *line;
    size_t number = 1, member = 0;
    enum lfads_status status = file_read_text(&text, path, err);
    bool good;

    if (status != LFADS_OK)
        return status;
    rest = text;
    line = strsep(&rest, "\n");
    good = line && has_header(line, p->space);
    while (good && status == LFADS_OK && (line = strsep(&rest, "\n")) && (*line || rest)) {
        number++;
        if (member == 0 && p->done < p->begun) /* nothing follows a generation in progress */
            good = false;
        else if (member == 0)
            status = population_begin(p, err);
        if (good && status == LFADS_OK)
            good = read_row(p, member, line);
        member = (member + 1) % p->members;
    }
    free(text);
    if (status == LFADS_OK && (!good || member != 0 || p->begun == 0))
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s, line %zu: this is not what a tuning of these flags wrote: "
                            "restore it, or choose another --lfads_save_dir",
                            path, number);
    return status;
}
