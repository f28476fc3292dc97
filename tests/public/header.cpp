/* header.cpp - the public header compiles alone in C++, and its structs are set without
 * designators. SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

static void hear(void *payload, const char *) { ++*static_cast<int *>(payload); }

int main()
{
    int lines = 0;
    lfads_callbacks callbacks = {};
    lfads_error err = {};
    lfads_synth_config *synth = nullptr;
    lfads_status status = lfads_synth_config_create(&synth, &err);

    callbacks.size = sizeof callbacks;
    callbacks.payload = &lines;
    callbacks.line = hear;
    if (status == LFADS_OK)
        status = lfads_synth("no generator", synth, &callbacks, &err);
    lfads_synth_config_free(synth);
    return status == LFADS_USAGE && lines == 0 && lfads_version()[0] ? 0 : 1;
}
