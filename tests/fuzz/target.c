/* target.c - files for the fuzz targets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The directory is the process's only state that lasts; it is emptied when the process ends. */
static char directory[64];
static const pid_t *owner(void)
{
    static pid_t process;

    process = process ? process : getpid();
    return &process;
}

static void remove_directory(void)
{
    char command[100];

    if (getpid() != *owner())
        return;
    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (system(command) != 0)
        perror(directory);
}

static void make_directory(void)
{
    strcpy(directory,
           access("/dev/shm", W_OK) == 0 ? "/dev/shm/lfads_fuzz_XXXXXX" : "/tmp/lfads_fuzz_XXXXXX");
    if (!mkdtemp(directory) || chdir(directory) != 0) {
        perror(directory);
        abort();
    }
    owner();
    atexit(remove_directory);
}

void target_write(const char *name, const uint8_t *bytes, size_t length)
{
    FILE *file;

    if (!directory[0])
        make_directory();
    file = fopen(name, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(name);
        abort();
    }
}

void target_check(enum lfads_status status, const struct lfads_error *err)
{
    size_t length = strnlen(err->text, sizeof err->text);

    if (status == LFADS_OK)
        return;
    if (length == 0 || length == sizeof err->text || err->status != status) {
        fprintf(stderr, "status %d without its sentence\n", (int)status);
        abort();
    }
}
