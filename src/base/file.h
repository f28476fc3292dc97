/* file.h - the only place that creates, replaces or extends files: beside, flushed, then renamed,
 * so that a file of a given name is always whole, whatever happens in between.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_FILE_H
#define LFADS_BASE_FILE_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

enum { FILE_PATH = PATH_MAX };

/* Joins directory and name; fails where the path is too long. */
enum lfads_status file_join(char path[FILE_PATH], const char *directory, const char *name,
                            struct lfads_error *err);
bool file_exists(const char *path);
/* Makes the directory and its parents; one that is there is fine. It must be writable. */
enum lfads_status file_make_directory(const char *path, struct lfads_error *err);

/* Sets TEMP to the name under which PATH is written first: in the same directory, with a dot in
 * front, so that nobody takes it for the file. */
enum lfads_status file_stage(char temp[FILE_PATH], const char *path, struct lfads_error *err);
/* Sets BESIDE to the name of a hidden file that belongs to PATH, in the same directory: a dot,
 * PATH's name, SUFFIX. */
enum lfads_status file_beside(char beside[FILE_PATH], const char *path, const char *suffix,
                              struct lfads_error *err);
/* Flushes TEMP to the disk and gives it its name. On failure TEMP is removed. */
enum lfads_status file_commit(const char *temp, const char *path, struct lfads_error *err);
void file_discard(const char *temp);
/* Files in DIRECTORY whose names begin with PREFIX; 0 where it can't be read. */
size_t file_count(const char *directory, const char *prefix);
/* Removes what killed processes left in DIRECTORY under staged names of files whose names begin
 * with PREFIX. Nobody may be writing such files. */
void file_clear_staged(const char *directory, const char *prefix);
/* Flushes PATH, a file that is added to, to the disk. One that is not there is fine. */
enum lfads_status file_flush(const char *path, struct lfads_error *err);

/* The whole file at once, by stage and commit; processes that write it at once do not meet. */
enum lfads_status file_write_text(const char *path, const char *text, struct lfads_error *err);
/* Adds TEXT at the file's end, or makes the file. */
enum lfads_status file_append(const char *path, const char *text, struct lfads_error *err);
/* The same for bytes. */
enum lfads_status file_append_bytes(const char *path, const void *bytes, size_t length,
                                    struct lfads_error *err);
/* Opens a file for reading, NULL with errno where it can't be. One that is no regular file is
 * refused: a pipe would keep the program waiting; but those that the shell passes as /dev/fd/...
 * are taken. */
FILE *file_open(const char *path);
/* Sets *TEXT to the contents, NUL-terminated, the caller's to free. More than 64 MiB or a NUL
 * within is refused. */
enum lfads_status file_read_text(char **text, const char *path, struct lfads_error *err);

/* A file without a name in DIRECTORY, open for reading and writing, gone when it is closed or the
 * process ends. Fails where the disk has no room for BYTES, which are reserved where the file
 * system can. */
enum lfads_status file_unnamed(int *file, const char *directory, size_t bytes,
                               struct lfads_error *err);
/* Writes or reads LENGTH bytes at place AT of such a file. Threads may read at once. */
enum lfads_status file_put(int file, const void *bytes, size_t length, size_t at,
                           struct lfads_error *err);
enum lfads_status file_get(void *bytes, int file, size_t length, size_t at,
                           struct lfads_error *err);
/* Sets PARENT to PATH, or to the nearest of its parents that is there. */
void file_nearest(char parent[FILE_PATH], const char *path);
/* Whether what is written into the directory takes memory rather than disk. */
bool file_is_memory(const char *directory);
#endif
