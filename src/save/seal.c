/* seal.c - sealing a file and checking its seal.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/seal.h"

#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { PIECE = 1 << 16 };

/* The seal's text for what follows it in FILE, which is read to its end; false on a read error. */
static bool describe(char seal[SEAL_BYTES], FILE *file)
{
    unsigned char piece[PIECE];
    unsigned long long length = 0;
    uint32_t sum = 0;
    size_t count;

    if (fseek(file, SEAL_BYTES, SEEK_SET) != 0)
        return false;
    while ((count = fread(piece, 1, sizeof piece, file)) > 0) {
        sum = libdeflate_crc32(sum, piece, count);
        length += count;
    }
    memset(seal, 0, SEAL_BYTES);
    snprintf(seal, SEAL_BYTES, "LFADS checkpoint\nbytes %llu\ncrc32 %08x\n", length, sum);
    return ferror(file) == 0;
}

enum lfads_status seal_write(const char *path, struct lfads_error *err)
{
    FILE *file = fopen(path, "r+b");
    char seal[SEAL_BYTES];
    bool fine = file && describe(seal, file) && fseek(file, 0, SEEK_SET) == 0 &&
                fwrite(seal, 1, sizeof seal, file) == sizeof seal;

    if (file)
        fine = fclose(file) == 0 && fine;
    return fine ? LFADS_OK : lfads_fail(err, LFADS_IO, "can't write %s: %m", path);
}

enum lfads_status seal_check(const char *path, struct lfads_error *err)
{
    FILE *file = file_open(path);
    char seal[SEAL_BYTES], found[SEAL_BYTES] = {0};
    bool read;

    if (!file)
        return lfads_fail(err, LFADS_IO, "can't read %s: %m", path);
    read = fread(found, 1, sizeof found, file) == sizeof found && describe(seal, file);
    fclose(file);
    if (read && memcmp(seal, found, strlen(seal) + 1) == 0)
        return LFADS_OK;
    return lfads_fail(err, LFADS_BAD_DATA,
                      memcmp(found, "LFADS checkpoint\n", 17) == 0
                          ? "%s is damaged or cut short"
                          : "%s is no checkpoint of this program",
                      path);
}
