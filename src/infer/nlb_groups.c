/* nlb_groups.c - the names of the benchmark's groups, for bins of 5 and of 20 ms.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/nlb_groups.h"

#include <string.h>

#include "base/file.h"

static const struct {
    const char *set, *prefix;
} sets[] = {{"mc_maze", ""},
            {"mc_rtt", ""},
            {"area2_bump", ""},
            {"dmfc_rsg", ""},
            {"mc_maze_large", "[500] "},
            {"mc_maze_medium", "[250] "},
            {"mc_maze_small", "[100] "},
            {"mc_maze_20", ""},
            {"mc_rtt_20", ""},
            {"area2_bump_20", ""},
            {"dmfc_rsg_20", ""},
            {"mc_maze_large_20", "[500] "},
            {"mc_maze_medium_20", "[250] "},
            {"mc_maze_small_20", "[100] "}};
enum { SETS = sizeof sets / sizeof sets[0] };

const char *nlb_group(size_t number) { return number < SETS ? sets[number].set : NULL; }

const char *nlb_prefix(const char *set)
{
    for (size_t i = 0; i < SETS; i++)
        if (strcmp(sets[i].set, set) == 0)
            return sets[i].prefix;
    return "";
}

enum lfads_status nlb_check_group(const char *set, struct lfads_error *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";

    if (*set && *set != '/' && strlen(set) < NLB_SET && strspn(set, letters) == strlen(set))
        return LFADS_OK;
    return lfads_fail(err, LFADS_USAGE,
                      "the name of a group of the benchmark is \"%.100s\", and 1 to %d letters, "
                      "digits or _ . - / are needed that begin with no /",
                      set, NLB_SET - 1);
}

enum lfads_status nlb_open(struct h5_file *file, const char *path, struct lfads_error *err)
{
    return file_exists(path) ? h5_open(file, path, err)
                             : lfads_fail(err, LFADS_USAGE, "there is no file %s", path);
}
