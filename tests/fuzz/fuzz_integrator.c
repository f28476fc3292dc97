/* fuzz_integrator.c - any file as the weights of the integrating network (--checkpoint_path of
 * lfads synth): of its number of units, or refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>

#include "synth/integrator.h"
#include "target.h"

enum { UNITS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct integrator network;
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("f", bytes, length);
    assert(integrator_create(&network, UNITS, NULL) == LFADS_OK);
    status = integrator_read(&network, "f", &err);
    target_check(status, &err);
    for (size_t i = 0; i < network.size && status == LFADS_OK; i++)
        assert(isfinite(network.weights[i]));
    integrator_release(&network);
    return 0;
}
