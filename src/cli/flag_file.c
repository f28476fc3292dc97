/* flag_file.c - reads a file of flags, a word each line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/flag_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/fail.h"

enum { MOST_BYTES = 1 << 26 };

/* Opens a file, or what the shell passes as /dev/fd/...: not a named pipe, which can block. */
static FILE *open_text(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info = {.st_mode = 0};
    FILE *stream;

    if (file < 0)
        return NULL;
    if (fstat(file, &info) != 0 || !(S_ISREG(info.st_mode) || strncmp(path, "/dev/", 5) == 0) ||
        fcntl(file, F_SETFL, 0) != 0) {
        close(file);
        errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
        return NULL;
    }
    stream = fdopen(file, "rb");
    if (!stream)
        close(file);
    return stream;
}

/* Returns what FILE has, four times MOST_BYTES at most, with room for a NUL, and sets *LENGTH; NULL
 * without memory. */
static char *read_all(FILE *file, size_t *length)
{
    char *bytes = NULL;

    *length = 0;
    for (size_t size = 1 << 12;; size *= 4) {
        char *longer = realloc(bytes, size + 1);

        if (!longer) {
            free(bytes);
            return NULL;
        }
        bytes = longer;
        *length += fread(bytes + *length, 1, size - *length, file);
        if (*length < size || size > MOST_BYTES)
            return bytes;
    }
}

static enum lfads_status read_text(char **text, const char *path, struct lfads_error *err)
{
    FILE *file = open_text(path);
    char *bytes = NULL;
    size_t length = 0;
    enum lfads_status status = LFADS_OK;

    if (file)
        bytes = read_all(file, &length);
    if (!file || ferror(file))
        status = cli_fail(err, LFADS_IO, "can't read %s: %s", path, strerror(errno));
    else if (!bytes)
        status = cli_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    else if (length > MOST_BYTES)
        status = cli_fail(err, LFADS_BAD_DATA, "%s has more than %d MiB, and such files have not",
                          path, MOST_BYTES >> 20);
    else if (memchr(bytes, 0, length))
        status = cli_fail(err, LFADS_BAD_DATA, "%s is no text file", path);
    if (file)
        fclose(file);
    if (status != LFADS_OK || !bytes) {
        free(bytes);
        return status;
    }
    bytes[length] = 0;
    *text = bytes;
    return LFADS_OK;
}

enum lfads_status flag_file_read(char **text, char ***words, int *count, const char *path,
                                 struct lfads_error *err)
{
    char *rest;
    size_t lines = 1;
    enum lfads_status status = read_text(text, path, err);

    if (status != LFADS_OK)
        return status;
    for (const char *newline = *text; (newline = strchr(newline, '\n')); newline++)
        lines++;
    *count = 0;
    *words = calloc(lines, sizeof **words);
    if (!*words) {
        free(*text);
        return cli_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
    }
    rest = *text + (strncmp(*text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0); /* Windows' editors' mark */
    for (char *line; (line = strsep(&rest, "\n"));) {
        size_t length;

        line += strspn(line, " \t\r");
        length = strlen(line);
        while (length > 0 && isspace((unsigned char)line[length - 1]))
            line[--length] = 0;
        if (*line && *line != '#')
            (*words)[(*count)++] = line;
    }
    return LFADS_OK;
}
