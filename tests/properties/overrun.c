/* overrun.c - AddressSanitizer stops a read or write one element beyond an array of a shard,
 * although the shard's arrays lie in one allocation. Without AddressSanitizer the test reports that
 * it did not run (status 77). SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/poison.h"
#include "model/shard.h"
#include "random_model.h"

enum { NOT_RUN = 77, CONFIGURATIONS = 10, TRIALS = 5, SAMPLES = 2 };

/* Returns whether a process survives a write to ELEMENT. Hides AddressSanitizer's report. */
static bool survives(volatile real *element)
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        *element = 1;
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Checks that the array's last element can be written and the next one cannot. */
static int check_array(const char *name, real *array, size_t count)
{
    bool inside, beyond;

    if (!array || !count)
        return 0;
    inside = survives(array + count - 1);
    beyond = survives(array + count);
    if (inside && !beyond)
        return 0;
    printf("  %s of %zu elements: the last one %s, the next one %s\n", name, count,
           inside ? "can be written" : "cannot be written",
           beyond ? "can be written" : "cannot be written");
    return 1;
}

static int check_arrays(const struct shard *s)
{
    const struct model *m = s->model;
    size_t trial_bins = m->data_bins * s->trials, row_bins = m->bins * s->rows,
           slots = row_bins + s->rows;
    int failed = 0;

    failed += check_array("x", s->data[TRIAL_OBSERVED], trial_bins * model_channels(m, s->session));
    failed += check_array("ic_mean", s->ic_mean, s->trials * m->ic_dim);
    failed +=
        check_array("encoder[CI_FORWARD].c", s->encoder[CI_FORWARD].c.data,
                    m->co_dim ? model_encoder_bins(m, CI_FORWARD) * s->trials * m->ci_enc : 0);
    failed += check_array("con.h", s->con.h, m->co_dim ? slots * m->con_units : 0);
    failed += check_array("co_sample", s->co_sample, row_bins * m->co_dim);
    failed += check_array("gen.h", s->gen.h, slots * m->gen_units);
    failed += check_array("factors", s->factors, slots * m->factors);
    failed += check_array("out_params[0]", s->out_params[0], slots * model_channels(m, s->session));
    if (s->trained)
        failed += check_array("dfactors", s->dfactors, slots * m->factors);
    return failed;
}

/* Uses the shard's maximal number of trials and the session with the most channels, so that the
 * arrays have their full size. */
static int check(uint64_t seed, size_t samples, bool trained)
{
    struct random_model r;
    struct shard *s;
    size_t session = 0;
    int failed;

    random_model_create(&r, seed, backend_reference(), TRIALS, 1);
    if (shard_create(&s, r.learner->be, r.model, TRIALS, samples, trained, NULL) != LFADS_OK)
        return 1;
    for (size_t i = 1; i < r.model->n_sessions; i++)
        if (model_channels(r.model, i) > model_channels(r.model, session))
            session = i;
    shard_begin(s, session, TRIALS, samples, POSTERIOR_SAMPLE, false, r.learner->parameters, NULL,
                NULL);
    failed = check_arrays(s);
    if (failed)
        printf("seed %llu\n %s\n", (unsigned long long)seed, r.text);
    shard_free(s);
    random_model_free(&r);
    return failed != 0;
}

int main(void)
{
    int failed = 0;

    if (!POISON_GAP) {
        printf("not run: not built with AddressSanitizer (preset sanitize)\n");
        return NOT_RUN;
    }
    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        failed += check(seed, 1, true) + check(seed, SAMPLES, false);
    printf("%d configurations, %d failed\n", CONFIGURATIONS, failed);
    return failed != 0;
}
