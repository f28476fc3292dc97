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
    char text[64];
    int64_t number;

    fprintf(out, "\"%s\": ", flag->name);
    if (flag->type == FLAG_IS_STRING)
        return put_string(out, flag_string(config, flag));
    flag_text(text, sizeof text, config, flag);
    if (flag->type == FLAG_IS_BOOL)
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

/* What tells a recording from another of the same name. */
static bool put_checksums(FILE *out, const struct hyperparams_data *data)
{
    bool fine = true;

    if (!data->count || !data->sessions[0].checksum)
        return true;
    fputs(", \"dataset_checksums\": {", out);
    for (size_t i = 0; i < data->count; i++) {
        fputs(i ? ", " : "", out);
        fine = put_string(out, data->sessions[i].name) && fine;
        fprintf(out, ": %lu", (unsigned long)data->sessions[i].checksum);
    }
    fputc('}', out);
    return fine;
}

/* Without memory Jansson does not say that the text is odd. */
bool hyperparams_is_utf8(const char *text)
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

        if (table->flags[i].type == FLAG_IS_STRING && !hyperparams_is_utf8(*text))
            return *text;
    }
    for (size_t i = 0; i < data->count; i++)
        if (!hyperparams_is_utf8(data->sessions[i].name))
            return data->sessions[i].name;
    return NULL;
}

/* Where files were; a path that is not UTF-8 can't be kept. */
static bool put_path(FILE *out, const char *key, const char *path)
{
    if (!*path || !hyperparams_is_utf8(path))
        return true;
    fprintf(out, ", \"%s\": ", key);
    return put_string(out, path);
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
    fine = put_checksums(out, data) && fine;
    fine = put_path(out, "data_path", data->data_path) && fine;
    fine = put_path(out, "save_path", data->save_path) && fine;
    fprintf(out, ", \"lfads_version\": \"%s\"}", lfads_version());
    if (fclose(out) != 0 || !fine) {
        free(*text);
        *text = NULL;
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the hyperparameters");
    }
    return LFADS_OK;
}

/* Writes a JSON value that is no string as a flag's text; false for a type that no flag has. */
static bool number_text(char *text, size_t size, const json_t *value)
{
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
        char number[64];
        const char *text_of = json_is_string(value) ? json_string_value(value) : number;

        if (index < 0 || status != LFADS_OK)
            continue;
        if (text_of == number && !number_text(number, sizeof number, value))
            status = lfads_fail(err, LFADS_BAD_DATA, "%s: %s is no flag's value", from, key);
        else
            status = flag_set(config, table, (size_t)index, text_of, err);
    }
    json_decref(object);
    return status;
}
