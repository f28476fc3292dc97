/* hyperparams.c - the text of the hyperparameters file. We write it by hand because scripts compare
 * and parse what the original writes: the order of keys, blanks, Python's form of numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/hyperparams.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns TEXT as a JSON string with its quotes; NULL on failure. */
static char *quoted(const char *text)
{
    json_t *string = json_string(text);
    char *quotes = string ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

    json_decref(string);
    return quotes;
}

static bool put_string(FILE *out, const char *text)
{
    char *quotes = quoted(text);

    if (quotes)
        fputs(quotes, out);
    free(quotes);
    return quotes != NULL;
}

static bool put_flag(FILE *out, const struct lfads_config *config, const struct flag *flag,
                     size_t bins)
{
    char text[4096];
    int64_t number;

    fprintf(out, "\"%s\": ", flag->name);
    flag_text(text, sizeof text, config, flag);
    if (flag->type == FLAG_IS_STRING || flag->type == FLAG_IS_BOOL)
        return put_string(out, text);
    /* the original limits this flag to the bins of the data before it writes */
    memcpy(&number, (const char *)config + flag->offset, sizeof number);
    if (strcmp(flag->name, "num_steps_for_gen_ic") == 0 && number > (int64_t)bins)
        snprintf(text, sizeof text, "%zu", bins);
    fputs(text, out);
    return true;
}

static bool put_data(FILE *out, const struct hyperparams_data *data)
{
    bool fine = true;

    fputs(", \"dataset_names\": [", out);
    for (size_t i = 0; i < data->count; i++) {
        fputs(i ? ", " : "", out);
        fine = put_string(out, data->sessions[i].name) && fine;
    }
    fputs("], \"dataset_dims\": {", out);
    for (size_t i = 0; i < data->count; i++) {
        fputs(i ? ", " : "", out);
        fine = put_string(out, data->sessions[i].name) && fine;
        fprintf(out, ": %zu", data->sessions[i].channels);
    }
    fprintf(out, "}, \"num_steps\": %zu, \"ndatasets\": %zu", data->bins, data->count);
    return fine;
}

/* What the encoders read of each session, where the flags do not say it: the data's shapes did. */
static bool put_encoded(FILE *out, const struct lfads_config *config,
                        const struct hyperparams_data *data)
{
    bool fine = true, differs = data->encoded_bins + (size_t)config->forward_steps != data->bins;

    for (size_t i = 0; i < data->count; i++)
        differs = differs || data->sessions[i].heldout != (size_t)config->heldout_dim;
    if (!differs)
        return true;
    fprintf(out, ", \"num_encoded_steps\": %zu, \"dataset_heldout_dims\": {", data->encoded_bins);
    for (size_t i = 0; i < data->count; i++) {
        fputs(i ? ", " : "", out);
        fine = put_string(out, data->sessions[i].name) && fine;
        fprintf(out, ": %zu", data->sessions[i].heldout);
    }
    fputc('}', out);
    return fine;
}

/* Without memory Jansson does not say that the text is odd. */
static bool is_utf8(const char *text)
{
    json_error_t error;
    json_t *string = json_pack_ex(&error, 0, "s", text);

    json_decref(string);
    return string || json_error_code(&error) != json_error_invalid_utf8;
}

/* Returns the first text that is not UTF-8, which JSON can't hold; NULL if all are. */
static const char *not_utf8(const struct lfads_config *config, const struct hyperparams_data *data)
{
    const struct flag_table *table = config_table();

    for (size_t i = 0; i < table->count; i++) {
        const char *const *text = (const void *)((const char *)config + table->flags[i].offset);

        if (table->flags[i].type == FLAG_IS_STRING && !is_utf8(*text))
            return *text;
    }
    for (size_t i = 0; i < data->count; i++)
        if (!is_utf8(data->sessions[i].name))
            return data->sessions[i].name;
    return NULL;
}

enum lfads_status hyperparams_text(char **text, const struct lfads_config *config,
                                   const struct hyperparams_data *data, struct lfads_error *err)
{
    /* the original's order: its flags, the kind, the data; then our own keys */
    const struct flag_table *table = config_table();
    size_t length, kind = (size_t)flag_find(table, "kind");
    const char *odd = not_utf8(config, data);
    FILE *out;
    bool fine = true;

    *text = NULL;
    if (odd)
        return lfads_fail(err, LFADS_USAGE,
                          "\"%s\" is not UTF-8, as names in the hyperparameters must be: rename it",
                          odd);
    out = open_memstream(text, &length);
    if (!out)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the hyperparameters");
    fputc('{', out);
    for (size_t i = 0; i <= kind; i++) {
        fputs(i ? ", " : "", out);
        fine = put_flag(out, config, &table->flags[i], data->bins) && fine;
    }
    fine = put_data(out, data) && fine;
    fputs(", ", out);
    fine = put_flag(out, config, &table->flags[flag_find(table, "seed")], data->bins) && fine;
    for (size_t i = kind + 1; i < table->count; i++)
        if (table->flags[i].group != FLAG_RUN) {
            fputs(", ", out);
            fine = put_flag(out, config, &table->flags[i], data->bins) && fine;
        }
    fine = put_encoded(out, config, data) && fine;
    fprintf(out, ", \"lfads_version\": \"%s\"}", lfads_version());
    if (fclose(out) != 0 || !fine) {
        free(*text);
        *text = NULL;
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the hyperparameters");
    }
    return LFADS_OK;
}

/* Writes a JSON value as a flag's text; false for a type that no flag has. */
static bool value_text(char *text, size_t size, const json_t *value)
{
    if (json_is_string(value))
        return snprintf(text, size, "%s", json_string_value(value)) < (int)size;
    if (json_is_boolean(value))
        snprintf(text, size, "%s", json_is_true(value) ? "true" : "false");
    else if (json_is_integer(value))
        snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(text, size, "%.17g", json_real_value(value));
    else
        return false;
    return true;
}

/* Jansson gives the reason, or none, where the parser has no memory. */
static bool lacked_memory(const json_error_t *reason)
{
    return json_error_code(reason) == json_error_out_of_memory || !reason->text[0];
}

static enum lfads_status no_memory(const char *from, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_NO_MEMORY, "%s: no memory for the hyperparameters", from);
}

enum lfads_status hyperparams_read(struct lfads_config *config, const char *text, const char *from,
                                   struct lfads_error *err)
{
    json_error_t reason;
    json_t *object = json_loads(text, 0, &reason), *value;
    const struct flag_table *table = config_table();
    enum lfads_status status = LFADS_OK;
    const char *key;

    if (!object && lacked_memory(&reason))
        return no_memory(from, err);
    if (!json_is_object(object)) {
        json_decref(object);
        return lfads_fail(err, LFADS_BAD_DATA, "%s: the hyperparameters are no JSON object: %s",
                          from, object ? "another kind of value" : reason.text);
    }
    json_object_foreach(object, key, value)
    {
        int index = flag_find(table, key);
        char number[4096];

        if (index < 0 || status != LFADS_OK)
            continue;
        if (!value_text(number, sizeof number, value))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s is no flag's value", from, key);
        else
            status = flag_set(config, table, (size_t)index, number, err);
    }
    json_decref(object);
    return status;
}

void hyperparams_release_data(struct hyperparams_data *data)
{
    free(data->sessions);
    *data = (struct hyperparams_data){.count = 0};
}

static enum lfads_status no_sessions(const char *from, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA,
                      "%s: its hyperparameters do not say which sessions it is for", from);
}

/* Reads the name and the number of channels of every session. */
static enum lfads_status read_sessions(struct hyperparams_data *data, const json_t *object,
                                       const char *from, struct lfads_error *err)
{
    const json_t *names = json_object_get(object, "dataset_names");
    const json_t *dims = json_object_get(object, "dataset_dims");
    const json_t *heldout = json_object_get(object, "dataset_heldout_dims");
    json_int_t encoded = json_integer_value(json_object_get(object, "num_encoded_steps"));
    json_int_t bins = json_integer_value(json_object_get(object, "num_steps"));
    size_t count = json_array_size(names);

    if (count == 0 || bins < 1 || bins > (1 << 20))
        return no_sessions(from, err);
    if (encoded < 0 || encoded > bins)
        return no_sessions(from, err);
    data->bins = (size_t)bins;
    data->encoded_bins = (size_t)encoded;
    data->sessions = calloc(count, sizeof *data->sessions);
    if (!data->sessions)
        return no_memory(from, err);
    for (; data->count < count; data->count++) {
        struct session_shape *session = &data->sessions[data->count];
        const char *name = json_string_value(json_array_get(names, data->count));
        json_int_t channels = name ? json_integer_value(json_object_get(dims, name)) : 0;
        json_int_t hidden = heldout ? json_integer_value(json_object_get(heldout, name)) : 0;

        if (hidden < 0 || hidden >= channels || channels < 1 || channels > (1 << 20) ||
            strlen(name) >= sizeof session->name)
            return no_sessions(from, err);
        session->channels = (size_t)channels;
        session->heldout = (size_t)hidden;
        strcpy(session->name, name);
    }
    return LFADS_OK;
}

enum lfads_status hyperparams_read_data(struct hyperparams_data *data, const char *text,
                                        const char *from, struct lfads_error *err)
{
    json_error_t reason;
    json_t *object = json_loads(text, 0, &reason);
    enum lfads_status status;

    *data = (struct hyperparams_data){.count = 0};
    if (object)
        status = read_sessions(data, object, from, err);
    else if (lacked_memory(&reason))
        status = no_memory(from, err);
    else
        status = no_sessions(from, err);
    json_decref(object);
    if (status != LFADS_OK)
        hyperparams_release_data(data);
    return status;
}
