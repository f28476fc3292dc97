/* hyperparams.h - converts a configuration to the original's JSON text (files.md,
 * "Hyperparameters") and back.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_HYPERPARAMS_H
#define LFADS_CONFIG_HYPERPARAMS_H
#include "base/file.h"
#include "config/config.h"
#include "config/session_shape.h"

/* What the text says about the data. */
struct hyperparams_data {
    struct session_shape *sessions; /* [count] */
    size_t count, bins;
    size_t
        encoded_bins; /* bins that the encoders read; read from a text: 0 where the flags say it */
    char data_path[FILE_PATH]; /* of --data_dir, without links; "": unknown */
    char save_path[FILE_PATH]; /* of --lfads_save_dir, likewise */
};

/* Sets *TEXT, which the caller frees, to one JSON object on one line without a newline. The
 * original's keys come first, in its order, with booleans as strings; our own keys follow. */
enum lfads_status hyperparams_text(char **text, const struct lfads_config *config,
                                   const struct hyperparams_data *data, struct lfads_error *err);
/* Sets the flags of CONFIG from TEXT. FROM is the name of the text's file, for errors. Ignores keys
 * that are not flags; fails for a value that a flag does not take. */
enum lfads_status hyperparams_read(struct lfads_config *config, const char *text, const char *from,
                                   struct lfads_error *err);

/* Whether TEXT is UTF-8, which JSON takes alone. */
bool hyperparams_is_utf8(const char *text);

/* Reads what TEXT says about the data. hyperparams_release_data frees it; after a failure there is
 * nothing to free. */
enum lfads_status hyperparams_read_data(struct hyperparams_data *data, const char *text,
                                        const char *from, struct lfads_error *err);
void hyperparams_release_data(struct hyperparams_data *data);
#endif
