/* h5_cells.c - reads the texts of MATLAB's files: letters, and cells of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "h5/h5_private.h"

/* Texts in the making. */
struct pile {
    const struct h5_file *file;
    struct h5_texts *texts;
    size_t used; /* bytes of the text */
    struct lfads_error *err;
};

/* Adds COUNT units as a text, without the blanks at its end if it is TRIMMED. */
static enum lfads_status pile_up(struct pile *p, const uint16_t *units, size_t count, bool trimmed)
{
    char *larger;

    while (trimmed && count > 0 && units[count - 1] == ' ')
        count--;
    if (p->used + count > H5_LONGEST_TEXT)
        return lfads_fail(p->err, LFADS_BAD_DATA, "%s has texts of more than %d MiB", p->file->path,
                          H5_LONGEST_TEXT >> 20);
    larger = realloc(p->texts->text, p->used + UTF8_MOST * count + 1);
    if (!larger)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to read %s", p->file->path);
    p->texts->text = larger;
    p->used += utf8_text(larger + p->used, units, count) + 1;
    p->texts->count++;
    return LFADS_OK;
}

/* Sets *UNITS to the letters of data set NAME; the caller frees them. */
static enum lfads_status read_units(uint16_t **units, const struct pile *p, const char *name,
                                    const struct h5_shape *shape)
{
    size_t each = shape->stored.size, bytes;
    unsigned char *stored;
    enum lfads_status status;

    *units = NULL;
    if (each == 0 || shape->count == 0 || __builtin_mul_overflow(shape->count, each, &bytes))
        return each ? LFADS_OK
                    : lfads_fail(p->err, LFADS_BAD_DATA, "%s: %s can't be read as text",
                                 p->file->path, name);
    stored = malloc(bytes);
    *units = calloc(shape->count, sizeof **units);
    status = stored && *units
                 ? h5_read_stored(stored, p->file, name, shape, 0, shape->rank ? shape->dims[0] : 1,
                                  p->err)
                 : lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to read %s", p->file->path);
    for (size_t i = 0; i < shape->count && status == LFADS_OK; i++) {
        uint64_t unit = 0;

        for (size_t b = 0; b < each; b++)
            unit = unit << 8 | stored[i * each + (shape->stored.big_endian ? b : each - 1 - b)];
        (*units)[i] = unit <= UINT16_MAX ? (uint16_t)unit : 0;
    }
    free(stored);
    return status;
}

/* Adds the rows of a matrix of letters, which lies in the file by columns. */
static enum lfads_status add_rows(struct pile *p, const char *name, const struct h5_shape *shape)
{
    size_t letters = shape->rank == 2 ? shape->dims[0] : shape->count;
    size_t rows = shape->rank == 2 ? shape->dims[1] : 1;
    uint16_t *units, *row = calloc(letters + 1, sizeof *row);
    enum lfads_status status;

    if (!row)
        return lfads_fail(p->err, LFADS_NO_MEMORY, "no memory to read %s", p->file->path);
    status = read_units(&units, p, name, shape);
    for (size_t i = 0; i < rows && status == LFADS_OK; i++) {
        for (size_t k = 0; k < letters && units; k++)
            row[k] = units[k * rows + i];
        status = pile_up(p, row, units ? letters : 0, true);
    }
    free(row);
    free(units);
    return status;
}

/* Adds the text in the cell that is stored as NAME, "" for an empty one. */
static enum lfads_status add_cell(struct pile *p, const char *array, const char *name)
{
    struct h5_shape shape;
    uint16_t *units;
    enum lfads_status status;

    if (!*name || !h5_has(p->file, name))
        return pile_up(p, NULL, 0, false);
    status = h5_shape(&shape, p->file, name, p->err);
    if (status == LFADS_OK && shape.holds != H5_LETTERS)
        status = lfads_fail(p->err, LFADS_BAD_DATA,
                            "%s: a cell of %s holds %s: store texts only, or an array of numbers",
                            p->file->path, array, h5_holds_name(shape.holds));
    if (status != LFADS_OK)
        return status;
    status = read_units(&units, p, name, &shape);
    if (status == LFADS_OK)
        status = pile_up(p, units, shape.count, false);
    free(units);
    return status;
}

static enum lfads_status add_cells(struct pile *p, const char *name)
{
    struct h5_texts cells;
    enum lfads_status status = h5_read_targets(&cells, p->file, name, p->err);

    for (size_t i = 0; i < cells.count && status == LFADS_OK; i++)
        status = add_cell(p, name, cells.each[i]);
    h5_texts_free(&cells);
    return status;
}

enum lfads_status h5_read_cells(struct h5_texts *texts, const struct h5_file *file,
                                const char *name, const struct h5_shape *shape,
                                struct lfads_error *err)
{
    struct pile p = {.file = file, .texts = texts, .err = err};
    char *at;
    enum lfads_status status;

    *texts = (struct h5_texts){.count = 0};
    status = shape->holds == H5_LETTERS ? add_rows(&p, name, shape) : add_cells(&p, name);
    if (status == LFADS_OK) {
        texts->each = calloc(texts->count + 1, sizeof *texts->each);
        if (!texts->each)
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", file->path);
    }
    if (status != LFADS_OK) {
        h5_texts_free(texts);
        return status;
    }
    at = texts->text;
    for (size_t i = 0; i < texts->count; i++, at += strlen(at) + 1)
        texts->each[i] = at;
    return LFADS_OK;
}
