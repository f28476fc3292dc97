/* fuzz_flagfile.c - a file of flags, which may name itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "cli/parse.h"
#include "config/config.h"
#include "target.h"

static enum lfads_status set_flag(void *payload, size_t place, const char *text,
                                  struct lfads_error *err)
{
    return config_set(payload, place, text, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char word[] = "--flagfile=f", *words[] = {word};
    struct lfads_config *config;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("f", bytes, length);
    assert(lfads_config_create(&config, NULL) == LFADS_OK);
    status = parse_flags(1, words, &run_flags,
                         &(struct parse_target){.set = set_flag, .payload = config}, &err);
    target_check(status, &err);
    if (status == LFADS_OK)
        target_check(config_check(config, &err), &err);
    lfads_config_free(config);
    return 0;
}
