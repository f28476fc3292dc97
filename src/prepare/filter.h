/* filter.h - which rows of a table a user's conditions choose.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_FILTER_H
#define LFADS_PREPARE_FILTER_H
#include "prepare/variables.h"

/* Clears CHOSEN [rows] where TEXT does not hold: "quality=good|ok,snr>=2". A column that TABLE,
 * whose rows are WHAT ("trials"), lacks fails; so does a value that no row has. FLAG is named in
 * errors. */
enum lfads_status filter_rows(bool *chosen, size_t rows, const char *text,
                              const struct variables *table, const char *what, const char *flag,
                              struct lfads_error *err);
/* Column NAME of TABLE with ROWS entries; fails with the names that there are. */
enum lfads_status filter_column(const struct variable **out, const struct variables *table,
                                const char *name, const char *what, const char *flag,
                                struct lfads_error *err);
/* Whether entry I of V is the VALUE, LENGTH bytes long: as a number where it is one. */
bool filter_equal(const struct variable *v, size_t i, const char *value, size_t length);
/* Sets CHOSEN [rows] by ids: "0-5,8", or names. Fails for an id that TABLE lacks. */
enum lfads_status filter_ids(bool *chosen, size_t rows, const char *text,
                             const struct variables *table, const char *flag,
                             struct lfads_error *err);
#endif
