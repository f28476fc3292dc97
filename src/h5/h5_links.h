/* h5_links.h - finds an object of a foreign file by its name, without leaving the file.
 *
 * libhdf5 follows every link by itself, into other files too. So each part of a name is looked at
 * before it is used: hard links are passed, soft links are replaced by what they say, all others
 * are refused.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_H5_H5_LINKS_H
#define LFADS_H5_H5_LINKS_H
#include <hdf5.h>
#include <stdbool.h>

#include "h5/h5_channel.h"

enum h5_link {
    H5_FOUND,
    H5_MISSING,   /* there is no link of the name */
    H5_DANGLING,  /* a soft link leads to what is not there */
    H5_ELSEWHERE, /* a link leads to another file */
    H5_CIRCLE,    /* soft links lead to each other */
    H5_BROKEN     /* the file is damaged */
};

/* Where a name leads. */
struct h5_place {
    char path[H5_NAME]; /* of hard links only, if found; else as far as the name could be followed
                           and what is missing there */
};

enum h5_link h5_links_follow(struct h5_place *place, hid_t file, const char *name);
#endif
