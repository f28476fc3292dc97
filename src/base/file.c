/* file.c - writes files that are complete or absent; reads text files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_TEXT = 1 << 26, PIECE = 1 << 16 };

static const char staged[] = ".part";

const char *file_write_hint(int error)
{
    return error == ENOENT ? " (its directory is not there; was it renamed?)" : "";
}

static enum lfads_status fail(struct lfads_error *err, const char *what, const char *path)
{
    return lfads_fail(err, LFADS_IO, "can't %s %s: %s", what, path, strerror(errno));
}

static enum lfads_status fail_to_write(struct lfads_error *err, const char *path)
{
    return lfads_fail(err, LFADS_IO, "can't write %s: %s%s", path, strerror(errno),
                      file_write_hint(errno));
}

enum lfads_status file_join(char path[FILE_PATH], const char *directory, const char *name,
                            struct lfads_error *err)
{
    size_t length = strlen(directory);
    bool slash = length > 0 && directory[length - 1] != '/';

    if (snprintf(path, FILE_PATH, "%s%s%s", directory, slash ? "/" : "", name) >= FILE_PATH)
        return lfads_fail(err, LFADS_IO, "the path of %.200s in %.200s is too long", name,
                          directory);
    return LFADS_OK;
}

bool file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

bool file_is_in(const char *directory, const char *name)
{
    char path[FILE_PATH];

    return file_join(path, directory, name, NULL) == LFADS_OK && file_exists(path);
}

/* Flushes a file or directory to the disk. */
static int flush_path(const char *path, int flags)
{
    int file = open(path, flags), failed, saved_errno;

    if (file < 0)
        return -1;
    failed = fsync(file);
    saved_errno = errno;
    if (close(file) != 0 && !failed)
        return -1;
    errno = saved_errno;
    return failed;
}

static int flush_directory_of(const char *path)
{
    char directory[FILE_PATH];
    const char *slash = strrchr(path, '/');

    if (!slash)
        return flush_path(".", O_RDONLY | O_DIRECTORY);
    snprintf(directory, sizeof directory, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return flush_path(directory, O_RDONLY | O_DIRECTORY);
}

enum lfads_status file_make_directory(const char *path, struct lfads_error *err)
{
    char part[FILE_PATH];
    size_t length = strlen(path);
    struct stat found;

    if (length == 0 || length >= sizeof part)
        return lfads_fail(err, LFADS_IO, "\"%.100s\" is no name of a directory", path);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i])
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) == 0 ? flush_directory_of(part) != 0 : errno != EEXIST)
            return fail(err, "make the directory", part);
    }
    if (stat(path, &found) == 0 && !S_ISDIR(found.st_mode)) {
        errno = ENOTDIR;
        return fail(err, "write in the directory", path);
    }
    if (access(path, W_OK | X_OK) != 0)
        return fail(err, "write in the directory", path);
    return LFADS_OK;
}

enum lfads_status file_beside(char beside[FILE_PATH], const char *path, const char *suffix,
                              struct lfads_error *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int directory = (int)(name - path);

    if (snprintf(beside, FILE_PATH, "%.*s.%s%s", directory, path, name, suffix) >= FILE_PATH)
        return lfads_fail(err, LFADS_IO, "the path %.200s is too long", path);
    return LFADS_OK;
}

enum lfads_status file_stage(char temp[FILE_PATH], const char *path, struct lfads_error *err)
{
    return file_beside(temp, path, staged, err);
}

enum lfads_status file_commit(const char *temp, const char *path, struct lfads_error *err)
{
    if (flush_path(temp, O_RDONLY) == 0 && rename(temp, path) == 0) {
        if (flush_directory_of(path) == 0)
            return LFADS_OK;
        return fail(err, "flush the directory of", path);
    }
    fail_to_write(err, path);
    file_discard(temp);
    return LFADS_IO;
}

void file_discard(const char *temp) { unlink(temp); }

size_t file_count(const char *directory, const char *prefix)
{
    DIR *listing = opendir(directory);
    size_t count = 0;

    for (struct dirent *entry; listing && (entry = readdir(listing));)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    if (listing)
        closedir(listing);
    return count;
}

void file_clear_staged(const char *directory, const char *prefix)
{
    DIR *listing = opendir(directory);
    size_t prefix_length = strlen(prefix), suffix_length = strlen(staged);

    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        const char *name = entry->d_name;
        size_t name_length = strlen(name);

        if (name_length > prefix_length + suffix_length && name[0] == '.' &&
            strncmp(name + 1, prefix, prefix_length) == 0 &&
            strcmp(name + name_length - suffix_length, staged) == 0)
            unlinkat(dirfd(listing), name, 0);
    }
    if (listing)
        closedir(listing);
}

enum lfads_status file_flush(const char *path, struct lfads_error *err)
{
    return !file_exists(path) || flush_path(path, O_RDONLY) == 0 ? LFADS_OK
                                                                 : fail(err, "flush", path);
}

static int write_all(int file, const char *bytes, size_t remaining)
{
    while (remaining > 0) {
        ssize_t written = write(file, bytes, remaining);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        remaining -= (size_t)written;
    }
    return 0;
}

/* Opens, writes and closes PATH, which messages call NAME: each of the three can report a full
 * disk. O_NOFOLLOW: a directory from another source can contain links to files outside it. */
static enum lfads_status write_bytes(const char *path, const char *name, int flags,
                                     const char *bytes, size_t length, struct lfads_error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | flags, 0666), failed, saved_errno;

    if (file < 0)
        return fail_to_write(err, name);
    failed = write_all(file, bytes, length);
    saved_errno = errno;
    if (close(file) != 0 && !failed)
        return fail_to_write(err, name);
    errno = saved_errno;
    return failed ? fail_to_write(err, name) : LFADS_OK;
}

enum lfads_status file_write_bytes(const char *path, const void *bytes, size_t length,
                                   struct lfads_error *err)
{
    char temp[FILE_PATH], suffix[32];
    enum lfads_status status;

    snprintf(suffix, sizeof suffix, ".%ld%s", (long)getpid(), staged);
    status = file_beside(temp, path, suffix, err);
    if (status == LFADS_OK)
        status = write_bytes(temp, path, O_TRUNC, bytes, length, err);
    if (status != LFADS_OK) {
        file_discard(temp);
        return status;
    }
    return file_commit(temp, path, err);
}

enum lfads_status file_write_text(const char *path, const char *text, struct lfads_error *err)
{
    return file_write_bytes(path, text, strlen(text), err);
}

enum lfads_status file_write_stream(const char *path, FILE *out, char **text,
                                    enum lfads_status status, struct lfads_error *err)
{
    if (fclose(out) != 0 && status == LFADS_OK)
        status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to write %s", path);
    if (status == LFADS_OK)
        status = file_write_text(path, *text, err);
    free(*text);
    *text = NULL;
    return status;
}

enum lfads_status file_append(const char *path, const char *text, struct lfads_error *err)
{
    return write_bytes(path, path, O_APPEND, text, strlen(text), err);
}

enum lfads_status file_append_bytes(const char *path, const void *bytes, size_t length,
                                    struct lfads_error *err)
{
    return write_bytes(path, path, O_APPEND, bytes, length, err);
}

FILE *file_open(const char *path)
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

/* Appends everything that FROM has left to the file TO. */
static enum lfads_status copy_rest(const char *to, FILE *from, const char *name,
                                   struct lfads_error *err)
{
    char block[1 << 16];
    enum lfads_status status = LFADS_OK;
    size_t length;

    while (status == LFADS_OK && (length = fread(block, 1, sizeof block, from)) > 0)
        status = write_bytes(to, to, O_APPEND, block, length, err);
    return status == LFADS_OK && ferror(from) ? fail(err, "read", name) : status;
}

enum lfads_status file_copy(const char *to, const char *from, struct lfads_error *err)
{
    char temp[FILE_PATH];
    FILE *file = file_open(from);
    enum lfads_status status;

    if (!file)
        return fail(err, "read", from);
    status = file_stage(temp, to, err);
    if (status == LFADS_OK)
        status = write_bytes(temp, to, O_TRUNC, "", 0, err);
    if (status == LFADS_OK)
        status = copy_rest(temp, file, from, err);
    fclose(file);
    if (status == LFADS_OK)
        return file_commit(temp, to, err);
    file_discard(temp);
    return status;
}

/* Reads the whole file, of at most MOST bytes, and puts a NUL behind it. */
static enum lfads_status read_whole(char **bytes, size_t *length, size_t most, const char *path,
                                    struct lfads_error *err)
{
    FILE *file = file_open(path);
    char *buffer = NULL;
    enum lfads_status status = LFADS_OK;
    size_t count;

    *length = 0;
    if (!file)
        return fail(err, "read", path);
    do {
        char *larger = realloc(buffer, *length + PIECE + 1);

        if (!larger) {
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", path);
            break;
        }
        buffer = larger;
        count = fread(buffer + *length, 1, PIECE, file);
        *length += count;
    } while (count == PIECE && *length <= most);
    if (status == LFADS_OK && ferror(file))
        status = fail(err, "read", path);
    else if (status == LFADS_OK && *length > most)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s has more than %zu MiB, and such files have not", path, most >> 20);
    fclose(file);
    if (status != LFADS_OK) {
        free(buffer);
        return status;
    }
    buffer[*length] = 0;
    *bytes = buffer;
    return LFADS_OK;
}

enum lfads_status file_read_text(char **text, const char *path, struct lfads_error *err)
{
    size_t length;
    enum lfads_status status;

    *text = NULL;
    status = read_whole(text, &length, MAX_TEXT, path, err);
    if (status != LFADS_OK || !memchr(*text, 0, length))
        return status;
    free(*text);
    *text = NULL;
    return lfads_fail(err, LFADS_BAD_DATA, "%s is no text file", path);
}

enum lfads_status file_read_bytes(unsigned char **bytes, size_t *length, size_t most,
                                  const char *path, struct lfads_error *err)
{
    char *read = NULL;
    enum lfads_status status = read_whole(&read, length, most, path, err);

    *bytes = (unsigned char *)read;
    return status;
}
