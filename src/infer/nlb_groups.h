/* nlb_groups.h - the groups of the Neural Latents Benchmark's files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_INFER_NLB_GROUPS_H
#define LFADS_INFER_NLB_GROUPS_H
#include "h5/h5.h"

enum { NLB_SET = 64, NLB_KEY = 96 }; /* bytes of a group's name; of a data set's, with its group */

/* Returns the name of the benchmark's group NUMBER; NULL after the last. */
const char *nlb_group(size_t number);
/* Returns what the benchmark's names of SET's scores begin with. */
const char *nlb_prefix(const char *set);
/* Fails unless SET can be the name of a group: below NLB_SET letters, digits and _ . - / . */
enum lfads_status nlb_check_group(const char *set, struct lfads_error *err);
/* Opens a file that the user named. */
enum lfads_status nlb_open(struct h5_file *file, const char *path, struct lfads_error *err);
#endif
