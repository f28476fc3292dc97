/* checksum_header.c - writes and checks the header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/checksum_header.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tensorflow/string_table.h"

enum { PIECE = 1 << 16 };

/* Makes the header for the content of FILE after the header, which it reads to the end; false on a
 * read error. */
static bool make_header(char header[CHECKSUM_HEADER_BYTES], FILE *file)
{
    unsigned char piece[PIECE];
    unsigned long long length = 0;
    uint32_t sum = 0;
    size_t count;

    if (fseek(file, CHECKSUM_HEADER_BYTES, SEEK_SET) != 0)
        return false;
    while ((count = fread(piece, 1, sizeof piece, file)) > 0) {
        sum = libdeflate_crc32(sum, piece, count);
        length += count;
    }
    memset(header, 0, CHECKSUM_HEADER_BYTES);
    snprintf(header, CHECKSUM_HEADER_BYTES, "LFADS checkpoint\nbytes %llu\ncrc32 %08x\n", length,
             sum);
    return ferror(file) == 0;
}

enum lfads_status checksum_header_write(const char *path, struct lfads_error *err)
{
    FILE *file = fopen(path, "r+b");
    char header[CHECKSUM_HEADER_BYTES];
    bool fine = file && make_header(header, file) && fseek(file, 0, SEEK_SET) == 0 &&
                fwrite(header, 1, sizeof header, file) == sizeof header;

    if (file)
        fine = fclose(file) == 0 && fine;
    return fine ? LFADS_OK
                : lfads_fail(err, LFADS_IO, "can't write %s: %m%s", path, file_write_hint(errno));
}

enum lfads_status checksum_header_check(const char *path, struct lfads_error *err)
{
    FILE *file = file_open(path);
    char header[CHECKSUM_HEADER_BYTES], found[CHECKSUM_HEADER_BYTES] = {0};
    bool read;

    if (!file)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    read = fread(found, 1, sizeof found, file) == sizeof found && make_header(header, file);
    fclose(file);
    if (read && memcmp(header, found, strlen(header) + 1) == 0)
        return LFADS_OK;
    if (string_table_is(path))
        return lfads_fail(err, LFADS_BAD_DATA,
                          "%s is a TensorFlow checkpoint of the form before TensorFlow 1.0, one "
                          "file, which is not read: restore it in TensorFlow and save it with "
                          "tf.compat.v1.train.Saver()",
                          path);
    return lfads_fail(err, LFADS_BAD_DATA,
                      memcmp(found, "LFADS checkpoint\n", 17) == 0
                          ? "%s is damaged or cut short"
                          : "%s is no checkpoint of this program",
                      path);
}
