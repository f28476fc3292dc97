/* h5_server.h - the state of the process that reads a file, and how it answers.
 *
 * A function that answers returns false if the parent is gone.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_SERVER_H
#define LFADS_H5_H5_SERVER_H
#include "h5/h5_channel.h"
#include "h5/h5_check.h"
#include "h5/h5_errors.h"

struct server {
    int channel;
    struct h5_checked_file file;
    size_t mapped;      /* address space in use at the start */
    char name[H5_NAME]; /* the open data set */
    struct h5_checked set;
    struct quiet quiet; /* what libhdf5 says of the answer in the making */
};

/* Sets the limits of time and memory for the next answer, of BYTES of numbers and chunks. */
void server_allow(const struct server *s, size_t bytes);
/* Sends ANSWER with STATUS and, if that is not LFADS_OK, with the text of ERR. */
bool server_send(const struct server *s, struct h5_answer *answer, enum lfads_status status,
                 const struct lfads_error *err);
/* Opens data set NAME, unless it is open. */
enum lfads_status server_choose(struct server *s, const char *name, struct lfads_error *err);
/* Opens the data set of the request and checks that its rows exist and that it holds what is asked
 * for. For H5_ALL, sets first and rows to the whole set. */
enum lfads_status server_check_rows(struct server *s, struct h5_request *ask,
                                    struct lfads_error *err);
/* Reads rows FIRST to FIRST+ROWS-1 as TYPE into BUFFER. */
bool server_read_rows(const struct h5_checked *set, hid_t type, size_t first, size_t rows,
                      void *buffer);

bool server_answer_text(struct server *s, const char *name);
bool server_answer_list(struct server *s, const struct h5_request *ask);
bool server_answer_strings(struct server *s, struct h5_request *ask);
bool server_answer_attribute(struct server *s, const char *name);
bool server_answer_keys(struct server *s, const char *group);
bool server_answer_targets(struct server *s, const char *name);
bool server_answer_fields(struct server *s, const char *name);
bool server_answer_field(struct server *s, const struct h5_request *ask);
/* NAME: that of a data set or a group, @, that of its attribute. */
bool server_answer_number(struct server *s, const char *name);
#endif
