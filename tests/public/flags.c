/* flags.c - flags as a program sees them that has some of its own and offers the library's, too.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

#include <stdlib.h>
#include <string.h>

#include "refused.h"

/* Checks that TEXT is the value VALUE of FLAG; NULL: that it is none. */
static void reads(const struct lfads_flag *flag, const char *text, const char *value)
{
    char found[4096] = "nothing";
    struct lfads_error err = {.text = ""};
    enum lfads_status status = lfads_flag_read(found, sizeof found, flag, text, &err);

    if (value ? status != LFADS_OK || strcmp(found, value) != 0 : status != LFADS_USAGE)
        fail(text, status == LFADS_OK ? found : err.text);
    if (!value && (!strstr(err.text, flag->name) || strcmp(found, "nothing") != 0))
        fail(text, "the flag is not named, or its value is written");
}

static void ranges(const struct lfads_flag *flag, const char *range)
{
    char found[200];

    if (lfads_flag_range(found, sizeof found, flag, NULL) != LFADS_OK || strcmp(found, range) != 0)
        fail(flag->name, found);
}

/* Flags that the library does not have. */
static void own_flags(void)
{
    const size_t size = sizeof(struct lfads_flag);
    const struct lfads_flag colour = {
        .size = size, .name = "colour", .type = LFADS_FLAG_TEXT, .choices = "red|dark blue"};
    const struct lfads_flag title = {.size = size, .name = "title", .type = LFADS_FLAG_TEXT};
    const struct lfads_flag grid = {.size = size, .name = "grid", .type = LFADS_FLAG_TRUTH};
    const struct lfads_flag dots = {
        .size = size, .name = "dots", .type = LFADS_FLAG_INTEGER, .min = 2, .max = 1000};
    const struct lfads_flag width = {.size = size,
                                     .name = "width",
                                     .type = LFADS_FLAG_REAL,
                                     .min = 0,
                                     .max = 8,
                                     .is_open = true};

    reads(&colour, "Dark Blue", "dark blue");
    reads(&colour, "dark", NULL);
    reads(&title, " a|b ", " a|b ");
    reads(&grid, "YES", "true");
    reads(&grid, "f", "false");
    reads(&grid, "2", NULL);
    reads(&dots, " 1e3 ", "1000");
    reads(&dots, "1", NULL);
    reads(&dots, "2.5", NULL);
    reads(&width, "0.10", "0.1");
    reads(&width, "0", NULL);
    reads(&width, "nan", NULL);
    ranges(&colour, "one of red|dark blue");
    ranges(&grid, "true or false");
    ranges(&dots, "an integer from 2 to 1000");
    ranges(&width, "a number above 0 to 8");
}

/* No number of a run's flags is any of these. */
static void no_numbers(const struct lfads_flag *flag)
{
    if (flag->type != LFADS_FLAG_INTEGER && flag->type != LFADS_FLAG_REAL)
        return;
    reads(flag, "x1", NULL);
    reads(flag, "-7", NULL);
    reads(flag, "nan", NULL);
}

/* Every flag of a run reads its default to the value that a new configuration has. */
static void all_flags(void)
{
    struct lfads_config *config;
    size_t all = 0, of_original = 0;

    if (lfads_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    for (size_t i = 0; i < lfads_flags_count(LFADS_FLAGS_RUN); i++) {
        struct lfads_flag flag = {.size = sizeof flag};

        if (lfads_flags_get(&flag, LFADS_FLAGS_RUN, i, NULL) != LFADS_OK)
            exit(1);
        reads(&flag, flag.standard, lfads_config_get(config, flag.name));
        if (lfads_config_is_given(config, flag.name))
            fail(flag.name, "counts as given");
        if (flag.takes_all)
            reads(&flag, "all", flag.standard);
        no_numbers(&flag);
        all += flag.takes_all;
        of_original += flag.is_of_original;
    }
    if (all == 0 || of_original == 0)
        fail("lfads_flags_get", "no flag takes all, or none has a default of the original's");
    lfads_config_free(config);
}

/* Structs of a program that is older, or newer, than the library. */
static void sizes(void)
{
    struct {
        struct lfads_flag flag;
        char more[16];
    } newer;
    struct lfads_flag older = {.size = offsetof(struct lfads_flag, takes_all), .takes_all = true};

    memset(&newer, 7, sizeof newer);
    newer.flag.size = sizeof newer;
    if (lfads_flags_get(&newer.flag, LFADS_FLAGS_RUN, 0, NULL) != LFADS_OK || newer.more[0] != 0)
        fail("lfads_flags_get", "what the library does not know is not 0");
    reads(&newer.flag, newer.flag.standard, newer.flag.standard);
    if (lfads_flags_get(&older, LFADS_FLAGS_RUN, 0, NULL) != LFADS_OK || !older.takes_all)
        fail("lfads_flags_get", "writes behind the struct of an older program");
    reads(&older, older.standard, older.standard);
}

static void files(void)
{
    static const char *const paths[] = {"plain.h5", "a,b\\c.h5", "\\,", "d e"};
    struct lfads_config *config;
    char path[64];

    if (lfads_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    if (lfads_config_get_file(path, sizeof path, config, 0) != 0 || *path)
        fail("lfads_config_get_file", "there is a file before one is set");
    if (lfads_config_set_files(config, paths, 4, NULL) != LFADS_OK)
        fail("lfads_config_set_files", "four paths are refused");
    for (size_t i = 0; i < 4; i++)
        if (lfads_config_get_file(path, sizeof path, config, i) != strlen(paths[i]) ||
            strcmp(path, paths[i]) != 0)
            fail(paths[i], path);
    if (lfads_config_get_file(path, sizeof path, config, 4) != 0 || *path)
        fail("lfads_config_get_file", "there is a fifth file");
    if (lfads_config_get_file(NULL, 0, config, 1) != strlen(paths[1]) ||
        lfads_config_get_file(path, 3, config, 0) != strlen(paths[0]) || strcmp(path, "pl") != 0)
        fail("lfads_config_get_file", "a short buffer is not told the length");
    if (!lfads_config_is_given(config, "data_files") ||
        lfads_config_set_files(config, NULL, 0, NULL) != LFADS_OK ||
        *lfads_config_get(config, "data_files"))
        fail("lfads_config_set_files", "no paths are not set");
    REFUSED(lfads_config_set_files(config, (const char *const[]){"a", ""}, 2, e));
    REFUSED(lfads_config_set_files(config, (const char *const[]){"a", NULL}, 2, e));
    lfads_config_free(config);
}

/* A default of the program's own gives way to what is set, and is not taken for it. */
static void defaults(void)
{
    struct lfads_config *config;

    if (lfads_config_create(&config, NULL) != LFADS_OK)
        exit(1);
    if (lfads_config_set_default(config, "gen_dim", "31", NULL) != LFADS_OK ||
        strcmp(lfads_config_get(config, "gen_dim"), "31") != 0 ||
        lfads_config_is_given(config, "gen_dim"))
        fail("lfads_config_set_default", "does not set, or counts as given");
    if (lfads_config_set(config, "gen_dim", "7", NULL) != LFADS_OK ||
        lfads_config_set_default(config, "gen_dim", "31", NULL) != LFADS_OK ||
        strcmp(lfads_config_get(config, "gen_dim"), "7") != 0 ||
        !lfads_config_is_given(config, "gen_dim") || lfads_config_is_given(config, "no_flag"))
        fail("lfads_config_set_default", "changes what was set");
    REFUSED(lfads_config_set_default(config, "con_dim", "x", e));
    REFUSED(lfads_config_set_default(config, "no_flag", "1", e));
    if (lfads_config_check(config, NULL) != LFADS_OK ||
        lfads_config_set(config, "do_train_io_only", "true", NULL) != LFADS_OK ||
        lfads_config_set(config, "do_train_encoder_only", "true", NULL) != LFADS_OK)
        exit(1);
    REFUSED(lfads_config_check(config, e));
    lfads_config_free(config);
}

static void nearest(void)
{
    static const char *const names[] = {"train", "tune", NULL, "posterior-sample"};
    size_t edits = 9;
    const char *name = lfads_nearest("trian", names, 4, &edits);

    if (!name || strcmp(name, "train") != 0 || edits != 2)
        fail("lfads_nearest", name ? name : "trian is near nothing");
    name = lfads_nearest("posterior", names, 4, &edits);
    if (!name || strcmp(name, "posterior-sample") != 0 || edits != 1)
        fail("lfads_nearest", name ? name : "posterior is near nothing");
    if (lfads_nearest("quite_another", names, 4, NULL) || lfads_nearest(NULL, names, 4, NULL) ||
        lfads_nearest("train", NULL, 4, NULL))
        fail("lfads_nearest", "something is near nothing");
}

static void misuse(void)
{
    const struct lfads_flag nameless = {.size = sizeof nameless};
    const struct lfads_flag strange = {
        .size = sizeof strange, .name = "x", .type = (enum lfads_flag_type)9};
    const struct lfads_flag plain = {.size = sizeof plain, .name = "x"};
    const struct lfads_flag sizeless = {.name = "x"};
    const struct lfads_flag *const wrong[] = {NULL, &nameless, &strange, &sizeless};
    char text[8];

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        REFUSED(lfads_flag_read(text, sizeof text, wrong[i], "1", e));
        REFUSED(lfads_flag_range(text, sizeof text, wrong[i], e));
    }
    REFUSED(lfads_flag_read(NULL, 8, &plain, "1", e));
    REFUSED(lfads_flag_read(text, sizeof text, &plain, NULL, e));
    REFUSED(lfads_flag_read(text, sizeof text, &plain, "12345678", e));
    REFUSED(lfads_flag_read(text, 0, &plain, "", e));
    REFUSED(lfads_flag_range(NULL, 8, &plain, e));
    REFUSED(lfads_flag_range(text, 4, &plain, e));
    REFUSED(lfads_config_set_default(NULL, "gen_dim", "1", e));
    REFUSED(lfads_config_set_files(NULL, NULL, 0, e));
    REFUSED(lfads_config_check(NULL, e));
    if (lfads_config_is_given(NULL, "gen_dim") ||
        lfads_config_get_file(text, sizeof text, NULL, 0) != 0)
        fail("lfads_config_is_given", "NULL has flags");
}

int main(void)
{
    own_flags();
    all_flags();
    sizes();
    files();
    defaults();
    nearest();
    misuse();
    return failures ? 1 : 0;
}
