/* memory.c - two spans of addresses, one of which has no rights; what is handed out of it is
 * never handed out again, so that memory that was freed can't be reached either.
 * SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t whole = (size_t)1 << 36, line = 64, page = 4096;

/* A copy that was asked for and arrives at finish. */
struct late {
    struct late *next;
    void *dst;
    size_t bytes;
    char taken[]; /* the bytes as they were in the order of operations */
};

static struct {
    char *far, *near;   /* [whole] each */
    size_t used, given; /* addresses; bytes not freed */
    struct late *late, **last;
} memory;

static void stop(const char *what)
{
    fprintf(stderr, "far backend: %s\n", what);
    abort();
}

static char *reserve(int rights)
{
    char *at = mmap(NULL, whole, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
        stop("no addresses");
    return at;
}

void *far_near(const void *far)
{
    const char *at = far;

    if (!far)
        return NULL;
    if (!memory.far || at < memory.far || at >= memory.far + memory.used)
        stop("an operation was given an address that is not the backend's");
    return memory.near + (at - memory.far);
}

/* $LFADS_FAR_MEMORY, in MiB, is all that there is. */
static size_t limit(void)
{
    const char *text = getenv("LFADS_FAR_MEMORY");

    return text ? strtoull(text, NULL, 10) << 20 : whole;
}

/* The size stands before the array, in a page of its own. */
void *far_memory_create(SELF, size_t bytes)
{
    size_t taken = (bytes + line + page - 1) / page * page + page, at = memory.used + page;

    if (!memory.far) {
        memory.far = reserve(PROT_NONE);
        memory.near = reserve(PROT_READ | PROT_WRITE);
        memory.last = &memory.late;
    }
    if (bytes > far_memory_available(self) || memory.used + taken > whole)
        return NULL;
    memory.used += taken;
    memory.given += bytes;
    memcpy(memory.near + at - line, &bytes, sizeof bytes);
    return memory.far + at;
}

void far_memory_free(SELF, void *freed)
{
    size_t bytes;

    if (!freed)
        return;
    memcpy(&bytes, (char *)far_near(freed) - line, sizeof bytes);
    memory.given -= bytes;
    madvise(far_near(freed), (bytes + page - 1) / page * page, MADV_DONTNEED);
}

void far_memory_end(void)
{
    if (memory.given)
        stop("memory is not freed when the backend is released");
}

size_t far_memory_available(SELF) { return limit() > memory.given ? limit() - memory.given : 0; }

void far_upload(SELF, void *dst, const void *src, size_t bytes)
{
    if (bytes)
        memcpy(far_near(dst), src, bytes);
}

void far_download(SELF, void *dst, const void *src, size_t bytes)
{
    if (bytes)
        memcpy(dst, far_near(src), bytes);
}

void far_download_later(SELF, void *dst, const void *src, size_t bytes)
{
    struct late *late = malloc(sizeof *late + bytes);

    if (!late)
        stop("no memory");
    *late = (struct late){.dst = dst, .bytes = bytes};
    memcpy(late->taken, far_near(src), bytes);
    memset(dst, 0xff, bytes); /* a NaN to who does not wait */
    *memory.last = late;
    memory.last = &late->next;
}

void *far_host_create(SELF, size_t bytes) { return calloc(1, bytes ? bytes : 1); }
void far_host_free(SELF, void *freed) { free(freed); }

enum lfads_status far_finish(SELF, struct lfads_error *err)
{
    (void)err;
    while (memory.late) {
        struct late *late = memory.late;

        memcpy(late->dst, late->taken, late->bytes);
        memory.late = late->next;
        free(late);
    }
    memory.last = &memory.late;
    return LFADS_OK;
}
