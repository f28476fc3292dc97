/* tensorboard.c - writes event records: protocol buffers, framed by lengths and masked CRC-32C.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/tensorboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <events.pb-c.h>

#include "tensorflow/crc32c.h"

enum { HEAD = 12, TAIL = 4, MAX_SCALARS = 64 };

static void put_little_endian(unsigned char *dst, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        dst[i] = (unsigned char)(value >> (8 * i));
}

/* Appends length, its checksum, the record, its checksum. */
static enum lfads_status add_record(const char *path, const LfadsEvents__Event *event,
                                    struct lfads_error *err)
{
    size_t length = lfads_events__event__get_packed_size(event);
    unsigned char *frame = malloc(HEAD + length + TAIL);
    enum lfads_status status;

    if (!frame)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    put_little_endian(frame, length, 8);
    put_little_endian(frame + 8, crc32c_masked(frame, 8), 4);
    lfads_events__event__pack(event, frame + HEAD);
    put_little_endian(frame + HEAD + length, crc32c_masked(frame + HEAD, length), 4);
    status = file_append_bytes(path, frame, HEAD + length + TAIL, err);
    free(frame);
    return status;
}

static double wall_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum lfads_status events_create(char path[FILE_PATH], const char *directory,
                                struct lfads_error *err)
{
    char host[128] = "host", name[200];
    LfadsEvents__Event first = LFADS_EVENTS__EVENT__INIT;
    enum lfads_status status = file_make_directory(directory, err);

    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, "events.out.tfevents.%.0f.%s", wall_time(), host);
    if (status == LFADS_OK)
        status = file_join(path, directory, name, err);
    if (status != LFADS_OK)
        return status;
    if (file_exists(path)) /* created in the same second, with its first record */
        return LFADS_OK;
    first.wall_time = wall_time();
    first.what_case = LFADS_EVENTS__EVENT__WHAT_FILE_VERSION;
    first.file_version = (char *)"brain.Event:2";
    return add_record(path, &first, err);
}

/* Appends one record of the values. */
static enum lfads_status add_values(const char *path, int64_t step, LfadsEvents__Value **values,
                                    size_t count, struct lfads_error *err)
{
    LfadsEvents__Summary summary = LFADS_EVENTS__SUMMARY__INIT;
    LfadsEvents__Event event = LFADS_EVENTS__EVENT__INIT;

    summary.n_value = count;
    summary.value = values;
    event.wall_time = wall_time();
    event.step = step;
    event.what_case = LFADS_EVENTS__EVENT__WHAT_SUMMARY;
    event.summary = &summary;
    return add_record(path, &event, err);
}

enum lfads_status events_add(const char *path, int64_t step, const struct event_scalar *scalars,
                             size_t count, struct lfads_error *err)
{
    LfadsEvents__Value values[MAX_SCALARS], *list[MAX_SCALARS];

    count = count < MAX_SCALARS ? count : MAX_SCALARS;
    for (size_t i = 0; i < count; i++) {
        lfads_events__value__init(&values[i]);
        values[i].tag = (char *)scalars[i].tag;
        values[i].content_case = LFADS_EVENTS__VALUE__CONTENT_SIMPLE_VALUE;
        values[i].simple_value = (float)scalars[i].value;
        list[i] = &values[i];
    }
    return add_values(path, step, list, count, err);
}

enum lfads_status events_add_image(const char *path, int64_t step, const struct event_image *image,
                                   struct lfads_error *err)
{
    LfadsEvents__Image picture = LFADS_EVENTS__IMAGE__INIT;
    LfadsEvents__Value value = LFADS_EVENTS__VALUE__INIT, *list = &value;

    picture.width = image->width;
    picture.height = image->height;
    picture.colorspace = 3;
    picture.encoded_image_string.data = (unsigned char *)image->png;
    picture.encoded_image_string.len = image->length;
    value.tag = (char *)image->tag;
    value.content_case = LFADS_EVENTS__VALUE__CONTENT_IMAGE;
    value.image = &picture;
    return add_values(path, step, &list, 1, err);
}
