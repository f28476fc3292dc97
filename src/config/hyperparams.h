/* hyperparams.h - a configuration as the original's JSON text (files.md, "Hyperparameters"), and
 * back.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_HYPERPARAMS_H
#define LFADS_CONFIG_HYPERPARAMS_H
#include "config/config.h"
#include "config/session_shape.h"

/* What the text says of the data besides the flags. */
struct hyperparams_data {
    struct session_shape *sessions; /* [count] */
    size_t count, bins;
};

/* Sets *TEXT, the caller's to free: one JSON object on one line, no newline at its end. The
 * original's keys come first, in its order, booleans as strings; then ours. */
enum lfads_status hyperparams_text(char **text, const struct lfads_config *config,
                                   const struct hyperparams_data *data, struct lfads_error *err);
/* Sets the flags of CONFIG that TEXT has; FROM names the text's file in errors. Keys that are no
 * flags are left alone; a value that a flag does not take is an error. */
enum lfads_status hyperparams_read(struct lfads_config *config, const char *text, const char *from,
                                   struct lfads_error *err);

/* Reads the data that TEXT was written for, to be released by hyperparams_release_data; on failure
 * there is nothing to release. */
enum lfads_status hyperparams_read_data(struct hyperparams_data *data, const char *text,
                                        const char *from, struct lfads_error *err);
void hyperparams_release_data(struct hyperparams_data *data);
#endif
