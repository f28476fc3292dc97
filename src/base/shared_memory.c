/* shared_memory.c - a file in memory (memfd_create), and files of other processes, which /proc
 * shows.
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memfd_create, fallocate */
#include "base/shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole pages, at least one. */
static size_t pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return bytes ? (bytes + page - 1) / page * page : page;
}

void shared_memory_begin(struct shared_memory *memory)
{
    *memory = (struct shared_memory){.file = -1};
}

/* Makes the file LENGTH bytes long; returns 0 or an errno. A process that exceeds its limit on
 * files would be killed, so this looks first. */
static int extend(struct shared_memory *m, size_t length)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        length > limit.rlim_cur)
        return EFBIG;
    if (m->file < 0)
        m->file = memfd_create("lfads", MFD_CLOEXEC);
    if (m->file < 0)
        return errno;
    return fallocate(m->file, 0, (off_t)m->bytes, (off_t)(length - m->bytes)) == 0 ? 0 : errno;
}

void *shared_memory_take(struct shared_memory *memory, size_t *offset, size_t bytes)
{
    struct shared_memory *m = memory;
    void *segment;

    if (!m->refused)
        m->refused = extend(m, m->bytes + pages(bytes));
    if (m->refused)
        return NULL;
    segment =
        mmap(NULL, pages(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, m->file, (off_t)m->bytes);
    if (segment == MAP_FAILED) {
        m->refused = errno;
        shared_memory_drop(m, m->bytes, bytes);
        return NULL;
    }
    *offset = m->bytes;
    m->bytes += pages(bytes);
    return segment;
}

void shared_memory_drop(const struct shared_memory *memory, size_t offset, size_t bytes)
{
    fallocate(memory->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
              (off_t)pages(bytes));
}

void shared_memory_end(struct shared_memory *memory)
{
    if (memory->file >= 0)
        close(memory->file);
    memory->file = -1;
}

struct shared_file shared_file_of(int file)
{
    struct stat state;

    if (file < 0 || fstat(file, &state) != 0)
        return (struct shared_file){.process = 0};
    return (struct shared_file){getpid(), file, state.st_dev, state.st_ino};
}

/* Processes in different containers may see others under the same numbers: hence the comparison. */
enum lfads_status shared_file_open(int *file, const struct shared_file *shared,
                                   struct lfads_error *err)
{
    char path[64];
    struct stat state;

    snprintf(path, sizeof path, "/proc/%lld/fd/%lld", (long long)shared->process,
             (long long)shared->number);
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*file < 0)
        return lfads_fail(err, LFADS_IO, "a process can't open %s: %s", path, strerror(errno));
    if (fstat(*file, &state) == 0 && state.st_dev == shared->device &&
        state.st_ino == shared->inode)
        return LFADS_OK;
    close(*file);
    *file = -1;
    return lfads_fail(err, LFADS_IO, "a process sees another file as %s", path);
}

enum lfads_status shared_memory_attach(void **segment, int file, size_t offset, size_t bytes,
                                       struct lfads_error *err)
{
    void *mapped = mmap(NULL, pages(bytes), PROT_READ, MAP_SHARED, file, (off_t)offset);

    *segment = mapped == MAP_FAILED ? NULL : mapped;
    return *segment ? LFADS_OK
                    : lfads_fail(err, LFADS_IO, "a process can't map %zu bytes: %s", bytes,
                                 strerror(errno));
}

void shared_memory_unmap(void *segment, size_t bytes)
{
    if (segment)
        munmap(segment, pages(bytes));
}
