/* line.c - gives each flag of a command line to the handle that it belongs to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/line.h"

#include "cli/own_flags.h"

static enum lfads_status set_flag(void *payload, size_t index, const char *text,
                                  struct lfads_error *err)
{
    const struct line *line = payload;
    const char *name = flags_at(line->source, index).name;
    enum lfads_flags_of of;
    size_t own;

    if (!flags_of(&of, &own, line->source, index))
        return own_flags_set(line->request, line->source, own, text, err);
    switch (of) {
    case LFADS_FLAGS_RUN:
        return lfads_config_set(line->config, name, text, err);
    case LFADS_FLAGS_TUNE:
        return lfads_tune_config_set(line->tune, name, text, err);
    case LFADS_FLAGS_SYNTH:
        return lfads_synth_config_set(line->synth, name, text, err);
    case LFADS_FLAGS_PREPARE:
        return lfads_prepare_config_set(line->prepare, name, text, err);
    }
    return LFADS_USAGE;
}

static enum lfads_status take_word(void *payload, const char *word, struct lfads_error *err)
{
    const struct line *line = payload;

    return words_add(line->words, word, err);
}

enum lfads_status line_parse(const struct line *line, int argc, char **argv,
                             struct lfads_error *err)
{
    struct line copy = *line; /* the setters' payload is not const */
    const struct parse_target target = {.set = set_flag,
                                        .take = line->words ? take_word : NULL,
                                        .payload = &copy,
                                        .ignored = line->ignored};
    enum lfads_status status =
        line->request ? own_flags_begin(line->request, line->source, err) : LFADS_OK;

    return status == LFADS_OK ? parse_flags(argc, argv, line->source, &target, err) : status;
}
