/* space.c - reads a space of hyperparameters, draws from it, and changes values in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tune/space.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/path.h"

#define DROPOUT "dropout_rate"

static const char example[] = "learning_rate_init 1e-5 5e-3 4e-3 0.3 log yes";
/* What editors of Windows write in front of a text. */
static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* modern.md 8. */
static const struct {
    const char *name, *lines;
} built_in[] = {
    {"lfads_torch",
     "learning_rate_init 1e-5 5e-3 4e-3 0.3 log yes\n" DROPOUT " 0 0.6 drawn 0.3 linear yes\n"
     "cd_rate 0.01 0.7 0.5 0.3 linear yes\n"
     "kl_co_weight 1e-6 1e-4 drawn 0.8 log no\n"
     "kl_ic_weight 1e-6 1e-3 drawn 0.8 log no\n"
     "l2_gen_scale 1e-4 1 drawn 0.8 log no\n"
     "l2_con_scale 1e-4 1 drawn 0.8 log no\n"},
    {"lfads_torch_multi",
     "learning_rate_init 1e-4 1e-3 1e-3 0.3 log yes\n" DROPOUT " 0 0.6 drawn 0.3 linear yes\n"
     "cd_rate 0.01 0.99 0.5 0.3 linear yes\n"
     "kl_co_weight 1e-5 1e-3 drawn 0.8 log no\n"
     "kl_ic_weight 1e-5 1e-3 drawn 0.8 log no\n"
     "l2_gen_scale 1e-5 1 drawn 0.8 log no\n"
     "l2_con_scale 1e-5 1 drawn 0.8 log no\n"},
    {"autolfads",
     "learning_rate_init 1e-5 5e-3 4e-3 0.3 log yes\n" DROPOUT " 0 0.6 drawn 0.3 linear yes\n"
     "cd_rate 0.01 0.7 0.5 0.3 linear yes\n"
     "kl_co_weight 1e-6 1e-4 drawn 0.8 log no\n"
     "kl_ic_weight 1e-5 1e-3 drawn 0.8 log no\n"
     "l2_gen_scale 1e-4 1 drawn 0.8 log no\n"
     "l2_con_scale 1e-4 1 drawn 0.8 log no\n"},
};

static const char *find_built_in(const char *name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        if (strcmp(built_in[i].name, name) == 0)
            return built_in[i].lines;
    return NULL;
}

bool space_is_built_in(const char *name) { return find_built_in(name) != NULL; }

/* A line in progress. */
struct reading {
    const char *file;
    size_t line;
    bool any; /* flags of the model are allowed */
    struct lfads_error *err;
};

__attribute__((format(printf, 2, 3))) static enum lfads_status refuse(const struct reading *r,
                                                                      const char *format, ...)
{
    char what[400];
    va_list words;

    va_start(words, format);
    vsnprintf(what, sizeof what, format, words);
    va_end(words);
    return lfads_fail(r->err, LFADS_USAGE, "--space=%s, line %zu: %s", r->file, r->line, what);
}

/* Flags that a tuning sets itself. */
static bool is_reserved(const char *name)
{
    static const char *const names[] = {"max_epochs", "early_stop_patience", "sv_seed", "sv_rate"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum lfads_status find_flag(struct space_value *v, const struct reading *r)
{
    const struct flag_table *table = config_table();
    int index = flag_find(table, strcmp(v->name, DROPOUT) == 0 ? "keep_prob" : v->name);
    const struct flag *flag = &table->flags[index < 0 ? 0 : index];
    const char *nearest;

    if (index < 0) {
        nearest = flag_nearest(table, v->name);
        return nearest ? refuse(r, "there is no flag %s; did you mean %s?", v->name, nearest)
                       : refuse(r, "there is no flag %s", v->name);
    }
    if (flag->type != FLAG_IS_FLOAT && flag->type != FLAG_IS_INT)
        return refuse(r, "%s is no number, and only numbers can be searched", v->name);
    if (is_reserved(v->name) ||
        (flag->group != FLAG_TRAINING && (flag->group != FLAG_MODEL || !r->any)))
        return refuse(r, "%s can't be searched%s", v->name,
                      flag->group == FLAG_MODEL
                          ? ": members of different models can't copy one another; with "
                            "--exploit=none it can"
                          : "");
    v->flag = (size_t)index;
    return LFADS_OK;
}

static double flag_low(const struct space_value *v)
{
    const struct flag *flag = &config_table()->flags[v->flag];

    return strcmp(v->name, DROPOUT) == 0 ? 0 : flag->min;
}

static double flag_high(const struct space_value *v)
{
    const struct flag *flag = &config_table()->flags[v->flag];

    return strcmp(v->name, DROPOUT) == 0 ? 0.99 : flag->max;
}

static bool read_number(double *number, const char *word)
{
    char *end;

    *number = strtod(word, &end);
    return end != word && !*end && isfinite(*number);
}

/* Reads the numbers of a line; FIRST may be the word drawn. */
static enum lfads_status read_range(struct space_value *v, char word[4][64],
                                    const struct reading *r)
{
    const struct flag *flag = &config_table()->flags[v->flag];
    bool open = flag->open_min && strcmp(v->name, DROPOUT) != 0;
    char range[200];

    if (!read_number(&v->low, word[0]) || !read_number(&v->high, word[1]) || v->low > v->high)
        return refuse(r, "%s needs two numbers, the lower first, and has %s %s", v->name, word[0],
                      word[1]);
    flag_range(range, sizeof range, flag);
    if (v->low < flag_low(v) || (open && v->low <= flag_low(v)) || v->high > flag_high(v))
        return refuse(r, "%s from %s to %s leaves what the flag takes: %s", v->name, word[0],
                      word[1], strcmp(v->name, DROPOUT) == 0 ? "a number from 0 to 0.99" : range);
    v->first = (double)NAN;
    if (strcmp(word[2], "drawn") != 0 &&
        (!read_number(&v->first, word[2]) || v->first < v->low || v->first > v->high))
        return refuse(r, "the first %s is %s: it is drawn, or a number from %s to %s", v->name,
                      word[2], word[0], word[1]);
    if (!read_number(&v->weight, word[3]) || v->weight <= 0 || v->weight > 10)
        return refuse(r, "the weight of %s is %s: it is a number above 0 up to 10", v->name,
                      word[3]);
    return LFADS_OK;
}

static enum lfads_status read_line(struct space *space, const char *line, const struct reading *r)
{
    struct space_value *v = &space->value[space->count];
    char number[4][64], scale[64], limits[64], more[2];
    int words;
    enum lfads_status status;

    *v = (struct space_value){.flag = 0};
    words = sscanf(line, "%63s %63s %63s %63s %63s %63s %63s %1s", v->name, number[0], number[1],
                   number[2], number[3], scale, limits, more);
    if (words != 7)
        return refuse(r, "it has %s words, not name low high first weight scale limits",
                      words < 7 ? "too few" : "too many");
    status = find_flag(v, r);
    for (size_t i = 0; i < space->count && status == LFADS_OK; i++)
        if (space->value[i].flag == v->flag)
            status = refuse(r, "%s is there twice", v->name);
    if (status == LFADS_OK)
        status = read_range(v, number, r);
    if (status != LFADS_OK)
        return status;
    v->log = strcmp(scale, "log") == 0;
    if (!v->log && strcmp(scale, "linear") != 0)
        return refuse(r, "the scale of %s is %s: it is linear or log", v->name, scale);
    if (v->log && v->low <= 0)
        return refuse(r, "%s from %s has no logarithm: begin above 0, or take the scale linear",
                      v->name, number[0]);
    v->limits = strcmp(limits, "yes") == 0;
    if (!v->limits && strcmp(limits, "no") != 0)
        return refuse(r, "the limits of %s are %s: yes or no", v->name, limits);
    space->count++;
    return LFADS_OK;
}

static enum lfads_status read_lines(struct space *space, char *text, struct reading *r)
{
    enum lfads_status status = LFADS_OK;

    space->count = 0;
    for (char *line; status == LFADS_OK && (line = strsep(&text, "\n"));) {
        r->line++;
        line[strcspn(line, "#")] = 0;
        if (!line[strspn(line, " \t\r")])
            continue;
        status = space->count < SPACE_VALUES
                     ? read_line(space, line, r)
                     : refuse(r, "these are more than %d values", SPACE_VALUES);
    }
    if (status == LFADS_OK && space->count == 0)
        return lfads_fail(r->err, LFADS_USAGE, "--space=%s has no line with a value to search",
                          r->file);
    return status;
}

/* Fails because NAME, which is no built-in space, IS no file of lines either. */
static enum lfads_status refuse_file(const char *name, const char *is, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_USAGE,
                      "--space=%s %s: it takes autolfads, lfads_torch, lfads_torch_multi or a text "
                      "file with a line for each flag to search, such as \"%s\"",
                      name, is, example);
}

/* Reads the text of file NAME. */
static enum lfads_status read_file(char **text, const char *name, struct lfads_error *err)
{
    enum lfads_status status;

    if (!file_exists(name))
        return refuse_file(name, *name ? "is not there" : "names no file", err);
    if (path_is_directory(name))
        return refuse_file(name, "is a directory", err);
    status = file_read_text(text, name, err);
    if (status == LFADS_BAD_DATA)
        return refuse_file(name, "is no text file", err);
    if (status == LFADS_OK && strspn(*text, " \t\r\n") == strlen(*text))
        return refuse_file(name, "is empty", err);
    if (status == LFADS_OK && strncmp(*text, byte_order_mark, strlen(byte_order_mark)) == 0)
        memset(*text, ' ', strlen(byte_order_mark));
    return status;
}

enum lfads_status space_read(struct space *space, const char *name, bool any,
                             struct lfads_error *err)
{
    struct reading reading = {.file = name, .line = 0, .any = any, .err = err};
    const char *lines = find_built_in(name);
    char *text = NULL;
    enum lfads_status status;

    if (lines) {
        text = strdup(lines);
        status = text ? LFADS_OK : lfads_fail(err, LFADS_NO_MEMORY, "no memory for a space");
    } else {
        status = read_file(&text, name, err);
    }
    if (status == LFADS_OK)
        status = read_lines(space, text, &reading);
    free(text);
    return status;
}

enum lfads_status space_text(char **text, const struct space *space, struct lfads_error *err)
{
    size_t length;
    FILE *out = open_memstream(text, &length);

    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a space");
    fputs("# name low high first weight scale limits\n", out);
    for (size_t i = 0; i < space->count; i++) {
        const struct space_value *v = &space->value[i];
        char low[40], high[40], first[40] = "drawn", weight[40];

        flag_float_text(low, sizeof low, v->low);
        flag_float_text(high, sizeof high, v->high);
        if (!isnan(v->first))
            flag_float_text(first, sizeof first, v->first);
        flag_float_text(weight, sizeof weight, v->weight);
        fprintf(out, "%s %s %s %s %s %s %s\n", v->name, low, high, first, weight,
                v->log ? "log" : "linear", v->limits ? "yes" : "no");
    }
    if (fclose(out) == 0)
        return LFADS_OK;
    free(*text);
    return lfads_fail(err, LFADS_NO_MEMORY, "no memory for a space");
}

void space_remove(struct space *space, size_t i)
{
    space->count--;
    memmove(&space->value[i], &space->value[i + 1], (space->count - i) * sizeof space->value[0]);
}

/* Whole numbers stay whole. */
static double rounded(const struct space_value *v, double value)
{
    return config_table()->flags[v->flag].type == FLAG_IS_INT ? nearbyint(value) : value;
}

void space_draw(double *values, const struct space *space, struct stream *stream)
{
    for (size_t i = 0; i < space->count; i++) {
        const struct space_value *v = &space->value[i];
        double u = stream_uniform(stream), value;

        if (!isnan(v->first))
            value = v->first;
        else if (v->log)
            value = exp(log(v->low) + u * (log(v->high) - log(v->low)));
        else
            value = v->low + u * (v->high - v->low);
        values[i] = rounded(v, fmin(fmax(value, v->low), v->high));
    }
}

void space_explore(double *values, const struct space *space, bool log, struct stream *stream)
{
    for (size_t i = 0; i < space->count; i++) {
        const struct space_value *v = &space->value[i];
        struct explorer explorer = {.stream = stream, .weight = v->weight};
        double low = v->limits ? v->low : fmax(flag_low(v), 0);
        double high = v->limits ? v->high : flag_high(v);

        values[i] = rounded(
            v, explore_value(values[i], low, high, log ? explore_log : explore_linear, &explorer));
    }
}

enum lfads_status space_apply(struct lfads_config *config, const struct space *space,
                              const double *values, struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < space->count && status == LFADS_OK; i++) {
        const struct space_value *v = &space->value[i];
        double value = strcmp(v->name, DROPOUT) == 0 ? 1 - values[i] : values[i];
        char text[64];

        if (config_table()->flags[v->flag].type == FLAG_IS_INT)
            snprintf(text, sizeof text, "%.0f", value);
        else
            flag_float_text(text, sizeof text, value);
        status = config_set(config, v->flag, text, err);
    }
    return status;
}
