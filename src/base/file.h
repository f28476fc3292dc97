/* file.h - the only module that creates, replaces or extends files. It writes a new file beside the
 * old one, flushes it, then renames it, so that a file of a given name is always complete.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_FILE_H
#define LFADS_BASE_FILE_H
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

enum { FILE_PATH = PATH_MAX };

/* Joins DIRECTORY and NAME; fails if the path is too long. */
enum lfads_status file_join(char path[FILE_PATH], const char *directory, const char *name,
                            struct lfads_error *err);
bool file_exists(const char *path);
/* What may be behind ERROR, an errno of writing, to be said after its text; "" if that says it. */
const char *file_write_hint(int error);
/* Whether DIRECTORY has a file NAME. */
bool file_is_in(const char *directory, const char *name);
/* Makes the directory and its parents if they do not exist. Fails if it is not writable. */
enum lfads_status file_make_directory(const char *path, struct lfads_error *err);

/* Sets TEMP to the staged name of PATH: in the same directory, with a dot in front, so that nobody
 * takes the incomplete file for the complete one. */
enum lfads_status file_stage(char temp[FILE_PATH], const char *path, struct lfads_error *err);
/* Sets BESIDE to the name of a hidden file for PATH, in the same directory: a dot, PATH's name,
 * SUFFIX. */
enum lfads_status file_beside(char beside[FILE_PATH], const char *path, const char *suffix,
                              struct lfads_error *err);
/* Flushes TEMP to the disk and renames it to PATH. Removes TEMP on failure. */
enum lfads_status file_commit(const char *temp, const char *path, struct lfads_error *err);
void file_discard(const char *temp);
/* Returns the number of files in DIRECTORY whose names begin with PREFIX; 0 if it can't be read. */
size_t file_count(const char *directory, const char *prefix);
/* Removes the staged files that killed processes left in DIRECTORY, of names that begin with
 * PREFIX. No process may be writing such a file. */
void file_clear_staged(const char *directory, const char *prefix);
/* Flushes PATH to the disk, for files that are appended to. Does nothing if the file does not
 * exist. */
enum lfads_status file_flush(const char *path, struct lfads_error *err);

/* Writes the file by stage and commit. Two processes that write the same file use different staged
 * names. */
enum lfads_status file_write_text(const char *path, const char *text, struct lfads_error *err);
enum lfads_status file_write_bytes(const char *path, const void *bytes, size_t length,
                                   struct lfads_error *err);
/* Closes OUT, an open_memstream of *TEXT, and frees *TEXT; if STATUS is LFADS_OK, writes it to PATH
 * as file_write_text does. Returns STATUS or its own failure. */
enum lfads_status file_write_stream(const char *path, FILE *out, char **text,
                                    enum lfads_status status, struct lfads_error *err);
/* Writes a copy of the file FROM as TO, by stage and commit. */
enum lfads_status file_copy(const char *to, const char *from, struct lfads_error *err);
/* Appends TEXT; creates the file if it does not exist. */
enum lfads_status file_append(const char *path, const char *text, struct lfads_error *err);
/* Appends bytes; creates the file if it does not exist. */
enum lfads_status file_append_bytes(const char *path, const void *bytes, size_t length,
                                    struct lfads_error *err);
/* Opens a file for reading; returns NULL and sets errno on failure. Accepts regular files only,
 * because opening a pipe can block, and the names that the shell passes as /dev/fd/.... */
FILE *file_open(const char *path);
/* Sets *TEXT to the contents, terminated by NUL; the caller frees it. Fails if the file is larger
 * than 64 MiB or contains a NUL. */
enum lfads_status file_read_text(char **text, const char *path, struct lfads_error *err);
/* Sets *BYTES to the contents, which the caller frees, and *LENGTH to their count. Fails if they
 * are more than MOST. */
enum lfads_status file_read_bytes(unsigned char **bytes, size_t *length, size_t most,
                                  const char *path, struct lfads_error *err);

/* Creates a file without a name in DIRECTORY, open for reading and writing. It disappears when it
 * is closed or the process ends. Fails if the disk has less than BYTES free. Reserves BYTES if the
 * file system can. */
enum lfads_status file_unnamed(int *file, const char *directory, size_t bytes,
                               struct lfads_error *err);
/* Write or read LENGTH bytes at OFFSET of such a file. Several threads may read at the same time.
 */
enum lfads_status file_put(int file, const void *bytes, size_t length, size_t offset,
                           struct lfads_error *err);
enum lfads_status file_get(void *bytes, int file, size_t length, size_t offset,
                           struct lfads_error *err);
/* Sets PARENT to PATH if it exists, else to its nearest parent that exists. */
void file_nearest(char parent[FILE_PATH], const char *path);
/* Whether files in this directory take memory instead of disk space. */
bool file_is_memory(const char *directory);
#endif
