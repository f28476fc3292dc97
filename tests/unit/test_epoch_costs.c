/* test_epoch_costs.c - an epoch's costs: which are means and which the last batch's, and the
 * position of each number in a checkpoint. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "train/epoch_costs.h"

static const struct epoch_costs example = {
    .total = 10,
    .of = {[COST_RECON] = 20, [COST_KL] = 30, [COST_L2] = 40, [COST_CORR] = 50},
    .ramps = {.kl = 60, .l2 = 70}};

/* The slots must never change, because existing checkpoints have them. */
static void slots_stay(void **state)
{
    static const double written[CHECKPOINT_SUMS] = {10, 20, 30, 40, 50, 60, 70};
    double slots[CHECKPOINT_SUMS];
    struct epoch_costs read;

    (void)state;
    epoch_costs_store(slots, &example);
    assert_memory_equal(slots, written, sizeof written);
    read = epoch_costs_load(written);
    assert_memory_equal(&read, &example, sizeof example);
}

/* A new cost must use a free slot. */
static void slots_are_distinct(void **state)
{
    bool used[CHECKPOINT_SUMS] = {true}; /* the total's */

    (void)state;
    for (int i = 0; i < COSTS + COST_RAMPS - 1; i++) {
        unsigned slot = i < COSTS ? cost_row((enum cost)i)->slot
                                  : cost_ramp_row((enum cost_ramp)(i - COSTS + 1))->slot;

        assert_in_range(slot, 0, CHECKPOINT_SUMS - 1);
        assert_false(used[slot]);
        used[slot] = true;
    }
}

static void sums_and_means(void **state)
{
    struct batch_costs first = {.total = 1, .of = {2, 3, 4, 5}};
    struct batch_costs second = {.total = 3, .of = {4, 5, 6, 7}};
    struct cost_ramps before = {0.1, 0.2}, after = {0.3, 0.4};
    struct epoch_costs sums = {.total = 0}, means;

    (void)state;
    epoch_costs_add(&sums, &first, &before);
    epoch_costs_add(&sums, &second, &after);
    assert_true(sums.total == 4 && sums.of[COST_RECON] == 6 && sums.of[COST_KL] == 8);
    assert_true(sums.of[COST_L2] == 6 && sums.of[COST_CORR] == 12);
    assert_true(sums.ramps.kl == 0.3 && sums.ramps.l2 == 0.4);
    means = epoch_costs_means(&sums, 2);
    assert_true(means.total == 2 && means.of[COST_RECON] == 3 && means.of[COST_KL] == 4);
    assert_true(means.of[COST_L2] == 6 && means.of[COST_CORR] == 6 && means.ramps.l2 == 0.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slots_stay),
                                       cmocka_unit_test(slots_are_distinct),
                                       cmocka_unit_test(sums_and_means)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
