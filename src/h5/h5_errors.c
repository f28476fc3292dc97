/* h5_errors.c - what HDF5 says of its own failures, to us in place of the terminal.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "h5/h5_errors.h"
#include "h5/h5_output.h"

static herr_t look(unsigned place, const H5E_error2_t *error, void *payload)
{
    struct quiet *quiet = payload;

    (void)place;
    quiet->no_memory = quiet->no_memory || error->maj_num == H5E_RESOURCE ||
                       error->min_num == H5E_NOSPACE || error->min_num == H5E_CANTALLOC;
    return 0;
}

/* HDF5 calls it at the end of a call that failed, whether or not its caller looks. */
static herr_t note(hid_t stack, void *payload)
{
    struct quiet *quiet = payload;

    quiet->failed = true;
    H5Ewalk2(stack, H5E_WALK_DOWNWARD, look, quiet);
    return 0;
}

void quiet_begin(struct quiet *quiet)
{
    *quiet = (struct quiet){.print = NULL};
    H5Eget_auto2(H5E_DEFAULT, &quiet->print, &quiet->payload);
    H5Eset_auto2(H5E_DEFAULT, note, quiet);
}

void quiet_end(const struct quiet *quiet, struct h5_output *output)
{
    H5Eset_auto2(H5E_DEFAULT, quiet->print, quiet->payload);
    if (!output || !quiet->failed)
        return;
    output->failed = true;
    if (quiet->no_memory && output->reason == 0)
        output->reason = ENOMEM;
}
