/* hyperparams_data.c - reads what hyperparameters say about the data.
 * SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/hyperparams.h"

static enum lfads_status no_memory(const char *from, struct lfads_error *err)
{
    return lfads_fail(err, LFADS_NO_MEMORY, "%s: no memory for the hyperparameters", from);
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
    const json_t *checksums = json_object_get(object, "dataset_checksums");
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
        session->checksum = (uint32_t)json_integer_value(json_object_get(checksums, name));
        session->heldout = (size_t)hidden;
        strcpy(session->name, name);
    }
    return LFADS_OK;
}

/* A path that is not there, or no path, is "". */
static void read_path(char path[FILE_PATH], const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text || snprintf(path, FILE_PATH, "%s", text) >= FILE_PATH)
        *path = 0;
}

enum lfads_status hyperparams_read_data(struct hyperparams_data *data, const char *text,
                                        const char *from, struct lfads_error *err)
{
    json_error_t reason;
    json_t *object = json_loads(text, 0, &reason);
    enum lfads_status status;

    *data = (struct hyperparams_data){.count = 0};
    read_path(data->data_path, object, "data_path");
    read_path(data->save_path, object, "save_path");
    if (object)
        status = read_sessions(data, object, from, err);
    else if (json_error_code(&reason) == json_error_out_of_memory || !reason.text[0])
        status = no_memory(from, err);
    else
        status = no_sessions(from, err);
    json_decref(object);
    if (status != LFADS_OK)
        hyperparams_release_data(data);
    return status;
}
