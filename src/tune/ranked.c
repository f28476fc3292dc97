/* ranked.c - the members' order by their scores, for ensembles.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "save/ranking.h"
#include "tune/tuning.h"

_Static_assert((int)MEMBERS_MAX == (int)RANKING_MOST, "every member can be ranked");

enum lfads_status tuning_write_ranking(const struct tuning *tuning, const size_t *order,
                                       size_t count, struct lfads_error *err)
{
    const struct tuning *t = tuning;
    const struct member_row *rows = population_generation(&t->population, t->population.done - 1);
    struct ranking ranking = {count, calloc(count, sizeof *ranking.of)};
    enum lfads_status status = LFADS_OK;

    if (!ranking.of)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to rank %zu members", count);
    for (size_t i = 0; i < count; i++) {
        struct ranked *row = &ranking.of[i];

        member_name(row->directory, order[i]);
        row->score = rows[order[i]].scores.score;
        snprintf(row->index, sizeof row->index, "%s",
                 member_is_its_best(t) ? "checkpoint_lve" : "checkpoint");
    }
    status = ranking_write(t->directory, &ranking, err);
    ranking_release(&ranking);
    return status;
}
