/* callers.c - finds callers by the loader's tables and by backtraces.
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "callers.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

enum { NEAR = 6 /* frames from here to the caller of a function that allocates */ };

static uintptr_t base, text, text_end; /* addresses of the program and of its code */

static int find_text(struct dl_phdr_info *object, size_t size, void *payload)
{
    (void)size, (void)payload;
    base = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
            text = object->dlpi_addr + part->p_vaddr;
            text_end = text + part->p_memsz;
        }
    }
    return 1; /* the first object is the program */
}

void callers_begin(void)
{
    void *frames[2];

    backtrace(frames, 2); /* the first call loads a library */
    dl_iterate_phdr(find_text, NULL);
}

bool callers_began(void) { return text_end != 0; }

bool is_program(const void *address)
{
    return (uintptr_t)address >= text && (uintptr_t)address < text_end;
}

const char *object_of(const void *address)
{
    Dl_info info;
    const char *slash;

    if (!dladdr(address, &info) || !info.dli_fname || !*info.dli_fname)
        return "unknown";
    slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

int program_frames(void **frames)
{
    int depth, count = 0;

    depth = backtrace(frames, CALLER_DEPTH);
    for (int i = 0; i < depth; i++)
        if (is_program(frames[i]))
            frames[count++] = (void *)((uintptr_t)frames[i] - base);
    return count;
}

const char *library_function(void)
{
    void *frames[CALLER_DEPTH];
    int depth = backtrace(frames, CALLER_DEPTH), i = 0;
    Dl_info info;

    while (i < depth && !is_program(frames[i]))
        i++;
    return i > 0 && i < depth && dladdr(frames[i - 1], &info) && info.dli_sname ? info.dli_sname
                                                                                : "unknown";
}

bool asked_by_hdf5(void)
{
    void *frames[NEAR];
    int depth = backtrace(frames, NEAR), i = 0;

    while (i < depth && !is_program(frames[i]))
        i++;
    return i + 1 < depth && strncmp(object_of(frames[i + 1]), "libhdf5", 7) == 0;
}
