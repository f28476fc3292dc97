/* faults.c - a preloaded library that makes system calls on a run's files fail, like a full or
 * broken disk: the FAULT_FIRST-th and all later calls of FAULT_CALL (open, read, write, fsync,
 * rename) on paths in the working directory that contain FAULT_PATH fail with FAULT_ERRNO. The
 * first failure creates the file FAULT_MARK. With FAULT_SIGNAL the FAULT_FIRST-th call raises that
 * signal instead and then succeeds; FAULT_CALL "any" means all calls except writes to a staged
 * file. SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;
static pid_t run; /* the first process */

static char home[4096]; /* its working directory */

__attribute__((constructor)) static void note_run(void)
{
    run = getpid();
    if (!getcwd(home, sizeof home))
        abort();
}

/* Whether PATH is in the working directory: the program's coverage is written elsewhere. */
static int is_within(const char *path) { return *path != '/' || strstr(path, home) == path; }

static int faulty(const char *call, const char *path)
{
    const char *faulty_call = getenv("FAULT_CALL"), *part = getenv("FAULT_PATH");
    const char *number = getenv("FAULT_SIGNAL");
    int mark, over;

    if (!faulty_call || !path || !is_within(path) || !strstr(path, part))
        return 0;
    if (number && getpid() != run)
        return 0; /* the signal is for the run, not for a process that reads for it */
    if (strcmp(faulty_call, "any") == 0 ? strcmp(call, "write") == 0 && strstr(path, ".part")
                                        : strcmp(faulty_call, call) != 0)
        return 0;
    over = atomic_fetch_add(&calls, 1) + 1 - atoi(getenv("FAULT_FIRST"));
    if (over < 0 || (number && over > 0))
        return 0;
    mark = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULT_MARK"), O_CREAT | O_WRONLY, 0666);
    if (mark >= 0)
        syscall(SYS_close, mark);
    if (number) {
        raise(atoi(number));
        return 0;
    }
    errno = atoi(getenv("FAULT_ERRNO"));
    return 1;
}

/* Calls faulty with the path of an open file. */
static int faulty_file(const char *call, int file)
{
    char link[64], path[4096];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    return faulty(call, path);
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

static int open_next(const char *name, const char *path, int flags, mode_t mode)
{
    if ((flags & O_ACCMODE) != O_RDONLY && faulty("open", path))
        return -1;
    return NEXT(int (*)(const char *, int, ...), name)(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list words;
    mode_t mode;

    va_start(words, flags);
    mode = flags & O_CREAT ? (mode_t)va_arg(words, unsigned) : 0;
    va_end(words);
    return open_next("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list words;
    mode_t mode;

    va_start(words, flags);
    mode = flags & O_CREAT ? (mode_t)va_arg(words, unsigned) : 0;
    va_end(words);
    return open_next("open64", path, flags, mode);
}

/* With FAULT_PARTIAL the first failing call writes half of its bytes, like on a disk that becomes
 * full. */
static int fail_write(const char *call, int file, size_t *count)
{
    if (!faulty_file(call, file))
        return 0;
    if (getenv("FAULT_PARTIAL") && *count > 1) {
        unsetenv("FAULT_PARTIAL");
        *count /= 2;
        return 0;
    }
    return 1;
}

ssize_t write(int file, const void *bytes, size_t count)
{
    return fail_write("write", file, &count)
               ? -1
               : NEXT(ssize_t(*)(int, const void *, size_t), "write")(file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset)
{
    return fail_write("write", file, &count) ? -1
                                             : NEXT(ssize_t(*)(int, const void *, size_t, off_t),
                                                    "pwrite")(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset)
{
    return fail_write("write", file, &count) ? -1
                                             : NEXT(ssize_t(*)(int, const void *, size_t, off64_t),
                                                    "pwrite64")(file, bytes, count, offset);
}

ssize_t pread(int file, void *bytes, size_t count, off_t offset)
{
    return faulty_file("read", file)
               ? -1
               : NEXT(ssize_t(*)(int, void *, size_t, off_t), "pread")(file, bytes, count, offset);
}

int fsync(int file) { return faulty_file("fsync", file) ? -1 : NEXT(int (*)(int), "fsync")(file); }

int unlink(const char *path)
{
    return faulty("unlink", path) ? -1 : NEXT(int (*)(const char *), "unlink")(path);
}

/* If FAULT_FREE is set, reports that many free bytes for any directory. */
int statvfs(const char *path, struct statvfs *disk)
{
    const char *bytes = getenv("FAULT_FREE");
    int status = NEXT(int (*)(const char *, struct statvfs *), "statvfs")(path, disk);

    if (bytes)
        disk->f_bavail = (fsblkcnt_t)strtoull(bytes, NULL, 10) / disk->f_frsize;
    return status;
}

int rename(const char *from, const char *to)
{
    return faulty("rename", to) ? -1
                                : NEXT(int (*)(const char *, const char *), "rename")(from, to);
}
