/* h5_serve_keys.c - answers what a group has.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "h5/h5_links.h"
#include "h5/h5_server.h"

enum { MOST_KEYS = 1000, KEYS_BYTES = 1 << 16 };

/* Names as they are collected. */
struct keys {
    const struct server *server;
    const char *group;
    char text[KEYS_BYTES];
    size_t length, count;
};

/* Whether a terminal and a message can show the name: UTF-8 without control characters. */
static bool can_be_shown(const char *name)
{
    const unsigned char *at = (const unsigned char *)name;

    while (*at) {
        size_t more = *at < 0x80 ? 0 : *at < 0xc2 ? 4 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;

        if (*at < 0x20 || *at == 0x7f || more == 4 || *at > 0xf4)
            return false;
        for (at++; more > 0; more--, at++)
            if ((*at & 0xc0) != 0x80)
                return false;
    }
    return true;
}

/* The letter for what NAME of the group leads to (h5_keys). */
static char letter_of(const struct keys *keys, const char *name)
{
    const struct h5_checked_file *file = &keys->server->file;
    char path[H5_NAME];
    struct h5_place place;
    char letter = 'x';
    hid_t object;

    if (snprintf(path, sizeof path, "%s/%s", keys->group, name) >= (int)sizeof path ||
        h5_links_follow(&place, file->id, path) != H5_FOUND)
        return 'x';
    object = H5Oopen(file->id, place.path, H5P_DEFAULT);
    if (object >= 0 && H5Iget_type(object) == H5I_DATASET)
        letter = h5_check_empty(file, &place) ? 'e' : 'd';
    else if (object >= 0 && H5Iget_type(object) == H5I_GROUP)
        letter = 'g';
    H5Oclose(object);
    return letter;
}

/* libhdf5 calls this for each link; a positive result ends the iteration. */
static herr_t add_key(hid_t group, const char *name, const H5L_info_t *info, void *payload)
{
    struct keys *keys = payload;
    size_t length = strlen(name);

    (void)group, (void)info;
    if (keys->count == MOST_KEYS || length + 2 > KEYS_BYTES - keys->length)
        return 1;
    if (!can_be_shown(name))
        return 0;
    keys->text[keys->length] = letter_of(keys, name);
    memcpy(keys->text + keys->length + 1, name, length + 1);
    keys->length += length + 2;
    keys->count++;
    return 0;
}

bool server_answer_keys(struct server *s, const char *group)
{
    struct keys keys = {.server = s, .group = group};
    struct h5_answer answer = {.bytes = 0};
    struct lfads_error err;
    struct h5_place place;
    hid_t id = -1;
    enum lfads_status status = LFADS_OK;

    if (h5_links_follow(&place, s->file.id, group) == H5_FOUND)
        id = H5Gopen2(s->file.id, *place.path ? place.path : "/", H5P_DEFAULT);
    if (id < 0 || H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, NULL, add_key, &keys) < 0)
        status =
            lfads_fail(&err, LFADS_BAD_DATA, "%s: the group %s can't be read: the file is damaged",
                       s->file.path, *group ? group : "/");
    H5Gclose(id);
    answer.bytes = status == LFADS_OK ? keys.length : 0;
    return server_send(s, &answer, status, &err) &&
           (answer.bytes == 0 || h5_channel_send(s->channel, keys.text, answer.bytes));
}
