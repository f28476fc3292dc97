/* h5_private.h - what the functions that ask the process of a file share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_PRIVATE_H
#define LFADS_H5_H5_PRIVATE_H
#include "h5/h5.h"
#include "h5/h5_reader.h"

/* Sets up a request about NAME; false if the name is longer than any that exists in our files. */
bool h5_request_about(struct h5_request *request, enum h5_question question, const char *name);
/* Fails because there is no NAME. */
enum lfads_status h5_missing(const struct h5_file *file, const char *name, struct lfads_error *err);
#endif
