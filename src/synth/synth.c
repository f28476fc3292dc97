/* synth.c - the generators by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "synth/synth.h"

#include <string.h>

enum lfads_status lfads_synth(const char *generator, const struct lfads_synth_config *config,
                              const struct lfads_callbacks *callbacks, struct lfads_error *err)
{
    enum lfads_status status = synth_config_check(config, err);

    if (status != LFADS_OK)
        return status;
    if (strcmp(generator, "chaotic") == 0)
        return chaotic_generate(config, callbacks, NULL, err);
    return lfads_fail(err, LFADS_USAGE, "there is no generator %s: chaotic is one", generator);
}
