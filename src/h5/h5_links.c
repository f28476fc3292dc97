/* h5_links.c - follows the links of a name one by one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_links.h"

#include <stdio.h>
#include <string.h>

enum { MOST_SOFT = 16 }; /* soft links of a name; more are taken for a circle */

/* A name being followed. */
struct walk {
    hid_t file;
    char rest[H5_NAME]; /* what is still to be followed */
    size_t soft;        /* soft links so far */
};

/* Takes the first part of the rest into PART; false if nothing is left. */
static bool take_part(char part[H5_NAME], struct walk *w)
{
    const char *from = w->rest + strspn(w->rest, "/");
    size_t length = strcspn(from, "/");

    memcpy(part, from, length);
    part[length] = 0;
    memmove(w->rest, from + length, strlen(from + length) + 1);
    return length > 0;
}

/* Puts what the soft link PATH says before the rest; true if it begins at the root. */
static enum h5_link take_soft(bool *from_root, struct walk *w, const char *path, size_t length)
{
    char says[H5_NAME], rest[H5_NAME];

    if (++w->soft > MOST_SOFT)
        return H5_CIRCLE;
    if (length == 0 || length > sizeof says ||
        H5Lget_val(w->file, path, says, sizeof says, H5P_DEFAULT) < 0)
        return H5_BROKEN;
    says[sizeof says - 1] = 0;
    memcpy(rest, w->rest, sizeof rest);
    *from_root = says[0] == '/';
    return snprintf(w->rest, sizeof w->rest, "%s/%s", says, rest) < (int)sizeof w->rest ? H5_FOUND
                                                                                        : H5_BROKEN;
}

static enum h5_link missing(const struct walk *w) { return w->soft ? H5_DANGLING : H5_MISSING; }

/* Follows PART from PLACE, which is a group. */
static enum h5_link follow(struct h5_place *place, struct walk *w, const char *part)
{
    size_t length = strlen(place->path);
    H5L_info_t info;
    bool from_root = false;
    htri_t there;
    enum h5_link found;

    if (strcmp(part, ".") == 0)
        return H5_FOUND;
    if (snprintf(place->path + length, sizeof place->path - length, "%s%s", length ? "/" : "",
                 part) >= (int)(sizeof place->path - length))
        return missing(w);
    there = H5Lexists(w->file, place->path, H5P_DEFAULT);
    if (there == 0)
        return missing(w);
    if (H5Lget_info(w->file, place->path, &info, H5P_DEFAULT) < 0)
        return H5_BROKEN;
    if (info.type == H5L_TYPE_HARD)
        return H5_FOUND;
    if (info.type != H5L_TYPE_SOFT)
        return H5_ELSEWHERE;
    found = take_soft(&from_root, w, place->path, info.u.val_size);
    place->path[from_root ? 0 : length] = 0;
    return found;
}

enum h5_link h5_links_follow(struct h5_place *place, hid_t file, const char *name)
{
    struct walk w = {.file = file};
    char part[H5_NAME];
    enum h5_link found = H5_FOUND;

    place->path[0] = 0;
    if (snprintf(w.rest, sizeof w.rest, "%s", name) >= (int)sizeof w.rest)
        return H5_MISSING;
    while (found == H5_FOUND && take_part(part, &w))
        found = follow(place, &w, part);
    return found;
}
