/* memory.c - two ranges of addresses of equal size: the public one without access rights, and the
 * bytes behind it. Addresses are never reused, so that an access to freed memory is found too.
 * SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const size_t range = (size_t)1 << 36, line = 64, page = 4096;

/* A copy to the host that finish completes. */
struct pending {
    struct pending *next;
    void *dst;
    size_t bytes;
    char copy[]; /* the bytes at the time of the call, in the order of operations */
};

static struct {
    char *public, *bytes; /* [range] each */
    size_t used, in_use;  /* bytes of addresses; bytes that are not freed */
    struct pending *first, **last;
} memory;

static void stop(const char *what)
{
    fprintf(stderr, "isolated backend: %s\n", what);
    abort();
}

static char *reserve(int rights)
{
    char *start = mmap(NULL, range, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (start == MAP_FAILED)
        stop("no addresses");
    return start;
}

void *isolated_bytes(const void *address)
{
    const char *byte = address;

    if (!address)
        return NULL;
    if (!memory.public || byte < memory.public || byte >= memory.public + memory.used)
        stop("an argument of an operation is not an address of the backend's memory");
    return memory.bytes + (byte - memory.public);
}

/* Returns the size of the memory, $LFADS_ISOLATED_MEMORY in MiB. */
static size_t limit(void)
{
    const char *text = getenv("LFADS_ISOLATED_MEMORY");

    return text ? strtoull(text, NULL, 10) << 20 : range;
}

/* The page before the array ends with the array's size. */
void *isolated_memory_create(SELF, size_t bytes)
{
    size_t total = (bytes + line + page - 1) / page * page + page, offset = memory.used + page;

    if (!memory.public) {
        memory.public = reserve(PROT_NONE);
        memory.bytes = reserve(PROT_READ | PROT_WRITE);
        memory.last = &memory.first;
    }
    if (bytes > isolated_memory_available(self) || memory.used + total > range)
        return NULL;
    memory.used += total;
    memory.in_use += bytes;
    memcpy(memory.bytes + offset - line, &bytes, sizeof bytes);
    return memory.public + offset;
}

void isolated_memory_free(SELF, void *freed)
{
    size_t bytes;

    if (!freed)
        return;
    memcpy(&bytes, (char *)isolated_bytes(freed) - line, sizeof bytes);
    memory.in_use -= bytes;
    madvise(isolated_bytes(freed), (bytes + page - 1) / page * page, MADV_DONTNEED);
}

void isolated_memory_end(void)
{
    if (memory.in_use)
        stop("memory is not freed when the backend is released");
}

size_t isolated_memory_available(SELF)
{
    return limit() > memory.in_use ? limit() - memory.in_use : 0;
}

void isolated_upload(SELF, void *dst, const void *src, size_t bytes)
{
    if (bytes)
        memcpy(isolated_bytes(dst), src, bytes);
}

void isolated_download(SELF, void *dst, const void *src, size_t bytes)
{
    if (bytes)
        memcpy(dst, isolated_bytes(src), bytes);
}

void isolated_download_later(SELF, void *dst, const void *src, size_t bytes)
{
    struct pending *pending = malloc(sizeof *pending + bytes);

    if (!pending)
        stop("no memory");
    *pending = (struct pending){.dst = dst, .bytes = bytes};
    memcpy(pending->copy, isolated_bytes(src), bytes);
    memset(dst, 0xff, bytes); /* NaN until finish */
    *memory.last = pending;
    memory.last = &pending->next;
}

void *isolated_host_create(SELF, size_t bytes) { return calloc(1, bytes ? bytes : 1); }
void isolated_host_free(SELF, void *freed) { free(freed); }

enum lfads_status isolated_finish(SELF, struct lfads_error *err)
{
    (void)err;
    while (memory.first) {
        struct pending *pending = memory.first;

        memcpy(pending->dst, pending->copy, pending->bytes);
        memory.first = pending->next;
        free(pending);
    }
    memory.last = &memory.first;
    return LFADS_OK;
}
