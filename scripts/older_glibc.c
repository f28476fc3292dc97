/* older_glibc.c - what libraries that were built with a newer glibc take from it, for older ones
 * (older_glibc.py), which ask for it by the version of the oldest one. SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <sys/random.h>

/* As glibc 2.36's, but that it may leave memory as it was where the kernel has no random numbers:
 * libexpat, the only caller, makes the seed of a hash of it. */
void arc4random_buf(void *memory, size_t bytes)
{
    unsigned char *at = memory;

    while (bytes > 0) {
        ssize_t some = getrandom(at, bytes, 0);

        if (some <= 0)
            return;
        at += some;
        bytes -= (size_t)some;
    }
}
