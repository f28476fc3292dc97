/* fuzz_command_line.c - words of a command line, a line each, for both tables of flags.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "config/config.h"
#include "config/synth_config.h"
#include "target.h"

enum { MOST_WORDS = 64 };

struct words {
    char *text, *word[MOST_WORDS];
    int count;
};

static struct words split(const uint8_t *bytes, size_t length)
{
    struct words words = {.text = malloc(length + 1)};
    char *rest = words.text;

    memcpy(words.text, bytes, length);
    words.text[length] = 0;
    while (rest && words.count < MOST_WORDS)
        words.word[words.count++] = strsep(&rest, "\n");
    return words;
}

static enum lfads_status set_run(void *payload, size_t place, const char *text,
                                 struct lfads_error *err)
{
    return config_set(payload, place, text, err);
}

static enum lfads_status set_synth(void *payload, size_t place, const char *text,
                                   struct lfads_error *err)
{
    return flag_set(payload, synth_config_table(), place, text, err);
}

/* What was set can be said as text, and set again to the same value. */
static void say_again(const struct lfads_config *config)
{
    struct lfads_config *again;
    char text[4096];

    assert(lfads_config_create(&again, NULL) == LFADS_OK);
    for (size_t i = 0; i < CONFIG_FLAGS; i++) {
        flag_text(text, sizeof text, config, &config_table()->flags[i]);
        assert(config_set(again, i, text, NULL) == LFADS_OK);
        assert(flag_equal(config, again, &config_table()->flags[i]));
    }
    lfads_config_free(again);
}

static const struct flag_source synth_flags = {.sets = {LFADS_FLAGS_SYNTH}, .n_sets = 1};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct words words = split(bytes, length);
    struct lfads_synth_config *synth;
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    assert(lfads_config_create(&config, NULL) == LFADS_OK);
    assert(lfads_synth_config_create(&synth, NULL) == LFADS_OK);
    status = parse_flags(words.count, words.word, &run_flags,
                         &(struct parse_target){.set = set_run, .payload = config}, &err);
    target_check(status, &err);
    say_again(config);
    if (status == LFADS_OK)
        target_check(config_check(config, &err), &err);
    status = parse_flags(words.count, words.word, &synth_flags,
                         &(struct parse_target){.set = set_synth, .payload = synth}, &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        target_check(synth_config_check(synth, true, &err), &err);
    lfads_synth_config_free(synth);
    lfads_config_free(config);
    free(words.text);
    return 0;
}
