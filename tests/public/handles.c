/* handles.c - calls the library's functions on data, trainings and models in memory as the lines of
 * standard input say; handles.py writes the lines and compares what comes back with the program's
 * files. Arrays are files of plain numbers.
 *
 *   flag NAME VALUE                       put SESSION NAME TYPE FILE copy|borrow RANK SHAPE...
 * STRIDES... create | epoch | run | free | stop N  set NAME VALUE | get NAME | last | state save
 * [DIRECTORY]                      latest | lowest | open posterior SESSION SET MODEL_SESSION
 * SAMPLES NAME TYPE FILE ("-": NULL) prior SESSION SAMPLES NAME FILE       parameters FILE |
 * model_parameters FILE scale FACTOR (of all parameters of the training)
 *
 * A call that fails prints "ERROR <status> <sentence>", and the next line follows.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 16, LINE = 4096, BUFFERS = 256 };

static const char *const types[] = {"float32", "float64", "int64",  "int32", "int16", "int8",
                                    "uint64",  "uint32",  "uint16", "uint8", "bool"};

struct state {
    struct lfads_config *config;
    struct lfads_data *data;
    struct lfads_training *training;
    struct lfads_model *model;
    void *buffer[BUFFERS]; /* that are borrowed */
    size_t n_buffers;
    long stop_after; /* progress calls; below 0: never */
    long calls;
    char *word[WORDS];
    size_t words;
};

static void line(void *payload, const char *text)
{
    (void)payload;
    printf("%s\n", text);
}

static void progress(void *payload, const struct lfads_progress *p)
{
    struct state *s = payload;

    s->calls++;
    if (p->ended)
        printf("ENDED %" PRId64 " %.17g %.17g\n", p->ended->epoch, p->ended->train.total,
               p->ended->valid.total);
}

static bool stop(void *payload)
{
    struct state *s = payload;

    return s->stop_after >= 0 && s->calls > s->stop_after;
}

static void report(enum lfads_status status, const struct lfads_error *err)
{
    if (status == LFADS_OK)
        printf("OK\n");
    else
        printf("ERROR %d %s\n", (int)status, err->text);
}

static void *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *data;

    if (!file)
        exit(3);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    data = malloc(*bytes + 1);
    if (!data || fread(data, 1, *bytes, file) != *bytes)
        exit(3);
    fclose(file);
    return data;
}

static void write_file(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(data, 1, bytes, file) != bytes)
        exit(3);
    fclose(file);
}

static enum lfads_number type_of(const char *name)
{
    size_t i = 0;

    while (strcmp(types[i], name) != 0)
        i++;
    return (enum lfads_number)i;
}

static const char *or_null(const char *word) { return strcmp(word, "-") == 0 ? NULL : word; }

/* put SESSION NAME TYPE FILE copy|borrow RANK SHAPE... STRIDES... */
static enum lfads_status put(struct state *s, struct lfads_error *err)
{
    bool borrows = strcmp(s->word[5], "borrow") == 0;
    size_t shape[4] = {0}, rank = strtoul(s->word[6], NULL, 10), bytes;
    ptrdiff_t strides[4] = {0}, lowest = 0;
    char *values = read_file(s->word[4], &bytes);
    struct lfads_array array = {type_of(s->word[3]), rank, shape, NULL, NULL};
    enum lfads_status status;

    for (size_t i = 0; i < rank; i++)
        shape[i] = strtoul(s->word[7 + i], NULL, 10);
    if (s->words > 7 + rank)
        array.strides = strides;
    for (size_t i = 0; i < rank && array.strides; i++) {
        strides[i] = strtol(s->word[7 + rank + i], NULL, 10);
        if (strides[i] < 0) /* the first element lies behind others */
            lowest += strides[i] * (ptrdiff_t)(shape[i] - 1);
    }
    array.values = values - lowest;
    status = lfads_data_put(s->data, s->word[1], s->word[2], &array,
                            borrows ? LFADS_BORROW : LFADS_COPY, err);
    if (borrows)
        s->buffer[s->n_buffers++] = values;
    else
        free(values);
    return status;
}

static enum lfads_status create(struct state *s, struct lfads_error *err)
{
    struct lfads_callbacks callbacks = {sizeof callbacks, s, line, line, progress, stop};

    return lfads_training_create(&s->training, s->config,
                                 lfads_data_sessions(s->data) ? s->data : NULL, &callbacks, err);
}

/* Numbers a trial of output NAME of the model; 0: there is no such result. */
static size_t width_of(const struct state *s, const char *session, const char *name)
{
    struct lfads_result r = {.size = sizeof r};

    for (size_t i = 0; i < lfads_model_results(s->model); i++)
        if (lfads_model_result(s->model, session, i, &r, NULL) == LFADS_OK &&
            strncmp(name, r.name, strlen(r.name)) == 0 &&
            (name[strlen(r.name)] == 0 || strcmp(name + strlen(r.name), "_std") == 0 ||
             strcmp(name + strlen(r.name), "_quantiles") == 0))
            return (r.rank > 1 ? r.shape[1] : 1) * (r.rank > 2 ? r.shape[2] : 1) *
                   (strcmp(name + strlen(r.name), "_quantiles") == 0 ? 2 : 1);
    return 0;
}

static size_t trials_of(const struct state *s, const char *session, const char *set)
{
    char name[40];

    for (size_t i = 0; i < lfads_data_sessions(s->data); i++) {
        if (session && strcmp(session, lfads_data_session(s->data, i)) != 0)
            continue;
        snprintf(name, sizeof name, "%s_data", set);
        return lfads_data_rows(s->data, i, name);
    }
    return 0;
}

/* posterior SESSION SET MODEL_SESSION SAMPLES NAME TYPE FILE */
static enum lfads_status posterior(struct state *s, struct lfads_error *err)
{
    static const double quantiles[] = {0.25, 0.75};
    const char *session = or_null(s->word[1]), *of = or_null(s->word[3]);
    struct lfads_sampling how = {.size = sizeof how,
                                 .samples = strtoul(s->word[4], NULL, 10),
                                 .n_quantiles = 2,
                                 .quantiles = quantiles};
    struct lfads_output output = {.name = s->word[5], .type = type_of(s->word[6])};
    struct lfads_callbacks callbacks = {sizeof callbacks, s, line, line, NULL, stop};
    size_t bytes = output.type == LFADS_FLOAT32 ? 4 : 8;
    enum lfads_status status;

    output.count = trials_of(s, session, s->word[2]) * width_of(s, of, output.name);
    output.values = calloc(output.count + 1, bytes);
    status = lfads_model_posterior(s->model, s->data, session, s->word[2], of, &how, &output, 1,
                                   &callbacks, err);
    if (status == LFADS_OK)
        write_file(s->word[7], output.values, output.count * bytes);
    free(output.values);
    return status;
}

/* prior SESSION SAMPLES NAME FILE */
static enum lfads_status prior(struct state *s, struct lfads_error *err)
{
    const char *session = or_null(s->word[1]);
    size_t samples = strtoul(s->word[2], NULL, 10);
    struct lfads_output output = {.name = s->word[3], .type = LFADS_FLOAT64};
    enum lfads_status status;

    output.count =
        (strcmp(output.name, "costs") == 0 ? 1 : samples) * width_of(s, session, output.name);
    output.values = calloc(output.count + 1, sizeof(double));
    status = lfads_model_prior(s->model, session, samples, NULL, &output, 1, err);
    if (status == LFADS_OK)
        write_file(s->word[4], output.values, output.count * sizeof(double));
    free(output.values);
    return status;
}

/* Writes all parameters of the training or the model one after the other, and prints their names
 * and shapes. */
static enum lfads_status parameters(struct state *s, bool of_model, struct lfads_error *err)
{
    struct lfads_parameter p = {.size = sizeof p};
    struct lfads_model_shape shape = {.size = sizeof shape};
    FILE *file = fopen(s->word[1], "wb");
    size_t count = lfads_training_parameters(s->training);
    enum lfads_status status = LFADS_OK;

    if (!file)
        exit(3);
    if (of_model && lfads_model_get_shape(s->model, &shape, NULL) == LFADS_OK)
        count = shape.parameters;
    for (size_t i = 0; i < count && status == LFADS_OK; i++) {
        float *values;

        status = of_model ? lfads_model_parameter(s->model, i, &p, err)
                          : lfads_training_parameter(s->training, i, &p, err);
        if (status != LFADS_OK)
            break;
        values = calloc(p.rows * p.columns + 1, sizeof *values);
        status = of_model
                     ? lfads_model_get_parameter(s->model, p.name, values, p.rows * p.columns, err)
                     : lfads_training_get_parameter(s->training, p.name, values, p.rows * p.columns,
                                                    err);
        printf("%s %s %zu %zu\n", of_model ? "MODEL" : "PARAMETER", p.name, p.rows, p.columns);
        fwrite(values, sizeof *values, p.rows * p.columns, file);
        free(values);
    }
    fclose(file);
    return status;
}

static enum lfads_status scale(struct state *s, struct lfads_error *err)
{
    float factor = strtof(s->word[1], NULL);
    struct lfads_parameter p = {.size = sizeof p};
    enum lfads_status status = LFADS_OK;

    for (size_t i = 0; i < lfads_training_parameters(s->training) && status == LFADS_OK; i++) {
        float *values;
        size_t count;

        status = lfads_training_parameter(s->training, i, &p, err);
        if (status != LFADS_OK)
            break;
        count = p.rows * p.columns;
        values = calloc(count + 1, sizeof *values);
        status = lfads_training_get_parameter(s->training, p.name, values, count, err);
        for (size_t j = 0; j < count; j++)
            values[j] *= factor;
        if (status == LFADS_OK)
            status = lfads_training_set_parameter(s->training, p.name, values, count, err);
        free(values);
    }
    return status;
}

static enum lfads_status print_state(struct state *s, struct lfads_error *err)
{
    struct lfads_training_state state = {.size = sizeof state};
    enum lfads_status status = lfads_training_get_state(s->training, &state, err);

    if (status == LFADS_OK)
        printf("STATE %" PRId64 " %" PRId64 " %.17g %d %zu %zu\n", state.epoch, state.step,
               state.learning_rate, state.is_over, state.train_trials, state.valid_trials);
    return status;
}

static void print_last(const struct state *s)
{
    const struct lfads_epoch *e = lfads_training_last(s->training);

    if (e)
        printf("LAST %" PRId64 " %" PRId64 " %.17g %.17g %.17g %.17g %.17g %.17g %.17g\n", e->epoch,
               e->step, e->train.total, e->valid.total, e->train.recon, e->train.kl, e->train.l2,
               e->co_bps, e->learning_rate);
}

/* report FILE */
static enum lfads_status write_page(struct state *s, struct lfads_error *err)
{
    const struct lfads_report_request what = {
        .size = sizeof what, .output_file = or_null(s->word[1]), .title = "run", .bootstrap = 20};

    return lfads_training_report(s->training, &what, NULL, err);
}

static enum lfads_status run_model(struct state *s, struct lfads_error *err)
{
    const char *what = s->word[0];

    if (strcmp(what, "posterior") == 0)
        return posterior(s, err);
    if (strcmp(what, "prior") == 0)
        return prior(s, err);
    if (strcmp(what, "model_parameters") == 0)
        return parameters(s, true, err);
    lfads_model_free(s->model);
    if (strcmp(what, "open") == 0)
        return lfads_model_open(&s->model, s->config, NULL, err);
    return lfads_model_create(&s->model, s->training,
                              strcmp(what, "lowest") == 0 ? LFADS_LOWEST : LFADS_LATEST, err);
}

static enum lfads_status run_line(struct state *s, struct lfads_error *err)
{
    const char *what = s->word[0];

    if (strcmp(what, "flag") == 0)
        return lfads_config_set(s->config, s->word[1], s->words > 2 ? s->word[2] : "", err);
    if (strcmp(what, "put") == 0)
        return put(s, err);
    if (strcmp(what, "create") == 0)
        return create(s, err);
    if (strcmp(what, "epoch") == 0)
        return lfads_training_epoch(s->training, err);
    if (strcmp(what, "run") == 0)
        return lfads_training_run(s->training, err);
    if (strcmp(what, "set") == 0)
        return lfads_training_set(s->training, s->word[1], s->word[2], err);
    if (strcmp(what, "save") == 0)
        return lfads_training_save(s->training, s->words > 1 ? s->word[1] : NULL, err);
    if (strcmp(what, "report") == 0)
        return write_page(s, err);
    if (strcmp(what, "parameters") == 0)
        return parameters(s, false, err);
    if (strcmp(what, "scale") == 0)
        return scale(s, err);
    if (strcmp(what, "state") == 0)
        return print_state(s, err);
    if (strcmp(what, "last") == 0)
        print_last(s);
    else if (strcmp(what, "get") == 0)
        printf("VALUE %s\n", lfads_training_get(s->training, s->word[1]));
    else if (strcmp(what, "stop") == 0)
        s->stop_after = s->calls + strtol(s->word[1], NULL, 10);
    else if (strcmp(what, "free") == 0) {
        lfads_training_free(s->training);
        s->training = NULL;
    } else
        return run_model(s, err);
    return LFADS_OK;
}

int main(void)
{
    static struct state s = {.stop_after = -1};
    char text[LINE];

    if (lfads_config_create(&s.config, NULL) != LFADS_OK ||
        lfads_data_create(&s.data, NULL) != LFADS_OK)
        return 1;
    while (fgets(text, sizeof text, stdin)) {
        struct lfads_error err = {LFADS_OK, ""};

        s.words = 0;
        for (char *at = strtok(text, " \n"); at && s.words < WORDS; at = strtok(NULL, " \n"))
            s.word[s.words++] = at;
        if (s.words)
            report(run_line(&s, &err), &err);
    }
    lfads_model_free(s.model);
    lfads_training_free(s.training);
    lfads_data_free(s.data);
    lfads_config_free(s.config);
    for (size_t i = 0; i < s.n_buffers; i++)
        free(s.buffer[i]);
    return 0;
}
