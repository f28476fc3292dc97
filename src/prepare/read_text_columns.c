/* read_text_columns.c - reads text in columns: CSV, or values between tabs, semicolons or blanks.
 * The first line has the columns' names. gzip may have compressed it. Blank lines do not count, nor
 * do commas at a line's end behind the last column. SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "base/foreign.h"
#include "base/memory.h"
#include "prepare/read.h"

enum { FIRST_BYTES = 1 << 20, MOST_COLUMNS = 4096 };

/* The first column if it has no name: pandas writes the index of its rows so. */
static const char index_name[] = "index";

/* A text and where its reading is. */
struct text {
    const char *path;
    char *bytes; /* ends in NUL */
    char *names; /* the line of names */
    size_t length, columns, rows;
    char comma;
};

/* Fails for what is no text, or text of another kind. */
static enum lfads_status check_text(const struct text *t, struct lfads_error *err)
{
    const char *other = foreign_format(t->bytes, t->length);

    if (other)
        return lfads_fail(err, LFADS_BAD_DATA, "%s is %s", t->path, other);
    if (read_knows(t->bytes, t->length))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is compressed, which only text in columns may be: unpack it first",
                          t->path);
    if (memchr(t->bytes, 0, t->length))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is neither text in columns nor a format that is known: .npz, "
                          ".npy, .mat, NWB, HDF5, CSV",
                          t->path);
    return LFADS_OK;
}

/* Reads the whole file, decompressed. */
static enum lfads_status load(struct text *t, struct lfads_error *err)
{
    gzFile file = gzopen(t->path, "rb");
    size_t room = FIRST_BYTES;
    int got = 1, fault;
    enum lfads_status status = LFADS_OK;

    if (!file)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", t->path);
    t->bytes = malloc(room + 1);
    while (t->bytes && got > 0) {
        got = gzread(file, t->bytes + t->length,
                     (unsigned)(room - t->length < 1u << 30 ? room - t->length : 1u << 30));
        t->length += got > 0 ? (size_t)got : 0;
        if (t->length == room) {
            char *more = room < memory_available() / 2 ? realloc(t->bytes, 2 * room + 1) : NULL;

            if (!more)
                free(t->bytes);
            t->bytes = more;
            room *= 2;
        }
    }
    if (!t->bytes)
        status = lfads_fail(err, LFADS_NO_MEMORY,
                            "%s has more text than memory can be had for: prepare fewer trials, "
                            "or store it as .npz",
                            t->path);
    else if (got < 0 || gzerror(file, &fault)[0] != 0)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s can't be decompressed: it is damaged or cut "
                            "short",
                            t->path);
    else
        t->bytes[t->length] = 0;
    gzclose(file);
    return status == LFADS_OK ? check_text(t, err) : status;
}

/* Takes the cell at *AT out of its line: ends it with NUL and moves *AT behind it. Returns whether
 * the line goes on. Text in quotes may have the comma; two quotes in it stand for one. */
static bool take_cell(char **cell, char **at, char comma)
{
    char *from = *at, *to;
    char last;

    while (*from == ' ')
        from++;
    *cell = to = from;
    if (*from == '"') {
        for (from++; *from && *from != '\n'; from++) {
            if (*from == '"' && *++from != '"')
                break;
            *to++ = *from;
        }
        while (*from && *from != comma && *from != '\n')
            from++;
    } else {
        while (*from && *from != comma && *from != '\n')
            from++;
        to = from;
    }
    last = *from;
    *at = last ? from + 1 : from;
    while (to > *cell && (to[-1] == ' ' || to[-1] == '\r'))
        to--;
    *to = 0;
    return last == comma;
}

/* Whether nothing but commas is left of the line at AT. */
static bool ends_here(const char *at, char comma)
{
    while (*at == comma || *at == ' ' || *at == '\r')
        at++;
    return !*at || *at == '\n';
}

/* Moves *AT behind the line if so. */
static bool skip_end(char **at, char comma)
{
    if (!ends_here(*at, comma))
        return false;
    *at += strcspn(*at, "\n");
    return true;
}

/* Sets *NUMBER; false if the cell is no number. Nothing, NA and nan are NaN. */
static bool cell_number(double *number, const char *cell)
{
    char *end;

    if (!*cell || strcasecmp(cell, "na") == 0) {
        *number = (double)NAN;
        return true;
    }
    *number = strtod(cell, &end);
    return *end == 0 && cell[strspn(cell, "0123456789+-.eEnNaAiIfF")] == 0;
}

/* Returns the beginning of the first line from AT on that is not blank, or the text's end. */
static char *next_line(char *at)
{
    char *line = at;

    for (; *at == ' ' || *at == '\r' || *at == '\n'; at++)
        if (*at == '\n')
            line = at + 1;
    return *at ? line : at;
}

/* How many words between blanks the line at AT has. */
static size_t words_in(const char *at)
{
    size_t words = 0;

    while (*(at += strspn(at, " \r")) && *at != '\n') {
        words++;
        at += strcspn(at, " \r\n");
    }
    return words;
}

/* Sets what stands between cells: blanks only where the row at ROWS has as many words as names. */
static void find_comma(struct text *t, const char *rows)
{
    size_t length = strcspn(t->names, "\n"), words = words_in(t->names);

    t->comma = memchr(t->names, '\t', length)         ? '\t'
               : memchr(t->names, ';', length)        ? ';'
               : memchr(t->names, ',', length)        ? ','
               : words > 1 && words_in(rows) == words ? ' '
                                                      : ',';
}

/* Finds the line of names, which may be the last of those that begin with #, as NumPy's savetxt
 * writes it. Returns where the rows begin. */
static char *find_names(struct text *t)
{
    char *at = t->bytes, *comment = NULL, *cell;

    if (!strchr(at, '\n'))
        for (char *c = at; (c = strchr(c, '\r'));)
            *c = '\n';
    if (strncmp(at, "\xEF\xBB\xBF", 3) == 0) /* UTF-8's mark */
        at += 3;
    for (at = next_line(at); *at == '#'; at = next_line(at + strcspn(at, "\n")))
        comment = at;
    cell = at + strspn(at, " ");
    if (comment && (strchr("+-.", *cell) || (*cell >= '0' && *cell <= '9'))) {
        t->names = comment + strspn(comment, "# ");
        return at;
    }
    t->names = at;
    return next_line(at + strcspn(at, "\n"));
}

/* Cuts lines of nothing but commas off the text's end, as spreadsheets write them. */
static void cut_end(struct text *t, const char *rows)
{
    const char none[] = {t->comma, ' ', '\r', '\n', 0};
    char *end = t->bytes + t->length, *line = end;

    while (line > rows && strchr(none, line[-1]))
        if (*--line == '\n')
            end = line + 1;
    if (line <= rows)
        end = line;
    *end = 0;
}

/* Reads the line of names into VARIABLES and finds the number of rows. */
static enum lfads_status read_names(struct text *t, char **at, struct variables *variables,
                                    struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;
    char *names;
    bool more = true;

    *at = find_names(t);
    find_comma(t, *at);
    cut_end(t, *at);
    for (char *row = next_line(*at); *row; row = next_line(row + strcspn(row, "\n")))
        t->rows++;
    names = t->names;
    while (more && status == LFADS_OK) {
        struct variable *v;
        double number;
        const char *name;
        char *cell;

        if (t->columns > 0 && ends_here(names, t->comma))
            break;
        more = take_cell(&cell, &names, t->comma);
        name = t->columns == 0 && more && !*cell ? index_name : cell;
        if (cell_number(&number, name) || ++t->columns > MOST_COLUMNS)
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s: the first line must have the columns' names, such as "
                              "trial,unit,time_s, and column %zu is '%.40s'",
                              t->path, t->columns + 1, name);
        if (variables_find(variables, name))
            return lfads_fail(err, LFADS_BAD_DATA, "%s has two columns %.60s", t->path, name);
        status = variables_add(&v, variables, name, 1, &t->rows, err);
    }
    return status;
}

/* Reads the rows as numbers. A column that has other cells gets its texts: pointers into the text
 * for now. */
static enum lfads_status read_rows(struct text *t, char *at, struct variables *variables,
                                   struct lfads_error *err)
{
    for (size_t row = 0; row < t->rows; row++) {
        bool more = true;

        at = next_line(at);
        for (size_t c = 0; c < t->columns; c++) {
            struct variable *v = &variables->item[c];
            char *cell;

            if (!more)
                return lfads_fail(err, LFADS_BAD_DATA,
                                  "%s: row %zu after the line of names has %zu columns, and %zu "
                                  "have names",
                                  t->path, row + 1, c, t->columns);
            more = take_cell(&cell, &at, t->comma);
            v->texts[row] = cell;
            if (v->numbers && !cell_number(&v->numbers[row], cell)) {
                free(v->numbers);
                v->numbers = NULL;
            }
        }
        if (more && !skip_end(&at, t->comma))
            return lfads_fail(err, LFADS_BAD_DATA,
                              "%s: row %zu after the line of names has more columns than have "
                              "names: %zu",
                              t->path, row + 1, t->columns);
    }
    return LFADS_OK;
}

/* Keeps either the numbers or copies of the texts. After a failure no pointers into the text are
 * left. */
static enum lfads_status keep(struct text *t, struct variables *variables, bool fine,
                              struct lfads_error *err)
{
    for (size_t c = 0; c < variables->count; c++) {
        struct variable *v = &variables->item[c];

        for (size_t row = 0; v->texts && row < t->rows; row++) {
            v->texts[row] = fine && !v->numbers ? strdup(v->texts[row]) : NULL;
            fine = fine && (v->numbers || v->texts[row]);
        }
        if (!v->numbers)
            continue;
        free(v->texts);
        v->texts = NULL;
    }
    return fine ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", t->path);
}

enum lfads_status read_text_columns(struct variables *variables, struct lfads_error *err)
{
    struct text text = {.path = variables->path};
    enum lfads_status status = load(&text, err);
    char *at = NULL;

    if (status == LFADS_OK)
        status = read_names(&text, &at, variables, err);
    for (size_t c = 0; c < variables->count && status == LFADS_OK; c++) {
        struct variable *v = &variables->item[c];

        status = variables_allocate(&v->numbers, text.rows, sizeof *v->numbers, text.path, err);
        if (status == LFADS_OK)
            status = variables_allocate(&v->texts, text.rows, sizeof *v->texts, text.path, err);
    }
    if (status == LFADS_OK)
        status = read_rows(&text, at, variables, err);
    if (status == LFADS_OK)
        status = keep(&text, variables, true, err);
    else
        keep(&text, variables, false, NULL);
    free(text.bytes);
    return status;
}
