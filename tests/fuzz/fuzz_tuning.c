/* fuzz_tuning.c - the text files that a tuning goes on from: its space, its flags, its population,
 * its ranking. What is taken from them is in its ranges, and is the same when it is written and
 * read again. SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "save/ranking.h"
#include "target.h"
#include "tune/population.h"
#include "tune/settings.h"

enum { MEMBERS = 2 };

static void write_text(const char *name, const char *text)
{
    target_write(name, (const uint8_t *)text, strlen(text));
}

/* Values of the space are numbers that the flags take, or are refused. */
static void use_values(const struct space *space, const double *values)
{
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};

    for (size_t i = 0; i < space->count; i++)
        assert(isfinite(values[i]));
    assert(lfads_config_create(&config, NULL) == LFADS_OK);
    target_check(space_apply(config, space, values, &err), &err);
    lfads_config_free(config);
}

static void use_space(const struct space *space)
{
    struct stream stream = stream_begin(1, STREAM_FIRST_VALUES, 0, 0);
    double values[SPACE_VALUES];

    assert(space->count > 0 && space->count <= SPACE_VALUES);
    space_draw(values, space, &stream);
    for (size_t i = 0; i < space->count; i++) {
        const struct space_value *v = &space->value[i];

        assert(values[i] >= floor(v->low) && values[i] <= ceil(v->high));
    }
    use_values(space, values);
    space_explore(values, space, true, &stream);
    space_explore(values, space, false, &stream);
    use_values(space, values);
}

static void read_space(bool any)
{
    struct space space, again;
    struct lfads_error err = {.text = ""};
    enum lfads_status status = space_read(&space, "space.txt", any, &err);
    char *text, *second;

    target_check(status, &err);
    if (status != LFADS_OK)
        return;
    use_space(&space);
    assert(space_text(&text, &space, NULL) == LFADS_OK);
    write_text("again.txt", text);
    assert(space_read(&again, "again.txt", any, NULL) == LFADS_OK);
    assert(space_text(&second, &again, NULL) == LFADS_OK && strcmp(text, second) == 0);
    free(text);
    free(second);
}

static void read_population(void)
{
    struct space space;
    struct population population = {.space = &space, .members = MEMBERS};
    struct population again = population;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    assert(space_read(&space, "autolfads", false, NULL) == LFADS_OK);
    status = population_read(&population, "population.csv", &err);
    target_check(status, &err);
    if (status == LFADS_OK) {
        size_t rows = population.begun * MEMBERS;

        assert(rows > 0 && population.begun - population.done <= 1);
        for (size_t i = 0; i < rows; i++) {
            assert(population.rows[i].parent < MEMBERS);
            use_values(&space, population.rows[i].values);
        }
        assert(population_write("again.csv", &population, NULL) == LFADS_OK);
        assert(population_read(&again, "again.csv", NULL) == LFADS_OK);
        assert(again.begun == population.begun && again.done == population.done);
        for (size_t i = 0; i < rows; i++)
            assert(memcmp(again.rows[i].values, population.rows[i].values,
                          space.count * sizeof(double)) == 0);
    }
    population_release(&population);
    population_release(&again);
}

static void read_ranking(void)
{
    struct ranking ranking;
    struct lfads_error err = {.text = ""};
    enum lfads_status status = ranking_read(&ranking, ".", &err);

    target_check(status, &err);
    assert((status == LFADS_OK) <= (ranking.count > 0));
    for (size_t i = 0; i < ranking.count; i++) {
        assert(isfinite(ranking.of[i].score) && *ranking.of[i].directory != '/');
        assert(!strchr(ranking.of[i].directory, '.') && !strchr(ranking.of[i].index, '/'));
    }
    ranking_release(&ranking);
}

static void read_settings(void)
{
    struct lfads_tune_config *tune;
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    assert(lfads_tune_config_create(&tune, NULL) == LFADS_OK);
    assert(lfads_config_create(&config, NULL) == LFADS_OK);
    status = settings_merge(tune, config, "tuning.txt", &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        target_check(settings_write("again.txt", tune, config, &err), &err);
    lfads_tune_config_free(tune);
    lfads_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const names[] = {"space.txt", "population.csv", "ranking.csv", "tuning.txt"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        target_write(names[i], bytes, length);
    read_space(false);
    read_space(true);
    read_population();
    read_ranking();
    read_settings();
    return 0;
}
