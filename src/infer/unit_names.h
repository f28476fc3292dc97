/* unit_names.h - what a data file calls the units that its channels are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_UNIT_NAMES_H
#define LFADS_INFER_UNIT_NAMES_H
#include "infer/evaluation.h"

enum { UNIT_NAME = 40 }; /* bytes of a name with its NUL; longer ones are cut */

/* Sets *NAMES [channels] to the data file's unit_names, texts or a text with a line each, or to its
 * unit_ids, numbers or texts; NULL if it has none of as many. The caller frees *NAMES, in which all
 * texts lie. Fails only without memory. */
enum lfads_status unit_names_read(char ***names, const struct evaluation *s);
/* Sets TEXT to what channel J is called: its name in NAMES or, if that is NULL, its number. */
void unit_name(char text[UNIT_NAME], char *const *names, size_t j);
#endif
