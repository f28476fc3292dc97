/* h5_lzf.c - unpacks chunks that h5py compressed with lzf, by liblzf.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_lzf.h"

#include <lzf.h>
#include <stdint.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 2, PARAMETERS = 3 }; /* the third parameter is the unpacked chunk's size */

/* libhdf5 1.10 takes an unpacked chunk for as large as its shape, so one that is not is refused. */
static size_t unpack(unsigned flags, size_t count, const unsigned parameters[], size_t bytes,
                     size_t *size, void **buffer)
{
    size_t wanted = count >= PARAMETERS ? parameters[CHUNK_BYTES] : 0;
    void *out;

    if (!(flags & H5Z_FLAG_REVERSE) || wanted == 0 || wanted > UINT32_MAX || bytes > UINT32_MAX)
        return 0;
    out = malloc(wanted);
    if (!out)
        return 0;
    if (lzf_decompress(*buffer, (unsigned)bytes, out, (unsigned)wanted) != wanted) {
        free(out);
        return 0;
    }
    free(*buffer);
    *buffer = out;
    *size = wanted;
    return wanted;
}

static const H5Z_class2_t lzf = {.version = H5Z_CLASS_T_VERS,
                                 .id = H5_LZF,
                                 .encoder_present = 0,
                                 .decoder_present = 1,
                                 .name = "lzf",
                                 .can_apply = NULL,
                                 .set_local = NULL,
                                 .filter = unpack};

bool h5_lzf_register(void) { return H5Zregister(&lzf) >= 0; }
