/* allocations.c - preloaded, makes allocations fail: of those that FAULT_FROM names ("program":
 * asked for by the program's own code, "libraries": by any other) the FAULT_FIRST-th since main
 * began, and unless FAULT_ONCE is set all later ones, after a library's the program's too.
 * Processes that the program forks count on. The first that fails is noted in the file FAULT_MARK:
 * which object asked for it and for which places in the program, and in which object the process
 * dies, if it does. FAULT_REPORT is a file that is written at the program's end: how much of the
 * program's memory was not freed, and, where none is to fail, of each allocation that was counted a
 * number for the place in the program that it was made for (0: of libraries).
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST = 1 << 20, SLOTS = 1 << 16, DEPTH = 64, NEAR = 2, GONE = 1, LINE = 4096 };

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

/* Shared with forked processes. */
static struct {
    atomic_size_t count;
    uint32_t site[MOST];
} * counted;

static uintptr_t load, text, text_end; /* where the program is, and its code */
static bool active, of_libraries, once, forked;
static size_t first;
static char *mark; /* a mapped file: it outlives the process, and one without descriptors writes */
static const char *report;
static _Thread_local bool inside; /* the shim itself is at work */

/* What the program's own code holds. */
static uintptr_t held[SLOTS];
static atomic_flag busy = ATOMIC_FLAG_INIT;

static bool is_own(const void *address)
{
    return (uintptr_t)address >= text && (uintptr_t)address < text_end;
}

static size_t slot_of(uintptr_t memory)
{
    return (size_t)((memory >> 4) * 0x9E3779B97F4A7C15U >> 48) % SLOTS;
}

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
        sched_yield();
}

static void unlock(void) { atomic_flag_clear_explicit(&busy, memory_order_release); }

static void *hold(void *memory, const void *caller)
{
    size_t slot = slot_of((uintptr_t)memory);

    if (!memory || !active || forked || !is_own(caller))
        return memory;
    lock();
    while (held[slot] > GONE)
        slot = (slot + 1) % SLOTS;
    held[slot] = (uintptr_t)memory;
    unlock();
    return memory;
}

static void let_go(const void *memory)
{
    size_t slot = slot_of((uintptr_t)memory);

    if (!memory || !text_end || forked)
        return;
    lock();
    for (; held[slot]; slot = (slot + 1) % SLOTS)
        if (held[slot] == (uintptr_t)memory) {
            held[slot] = GONE;
            break;
        }
    unlock();
}

/* The places in the program on the way to an allocation: their number in FRAMES. */
static int own_frames(void **frames)
{
    int depth, own = 0;

    depth = backtrace(frames, DEPTH);
    for (int i = 0; i < depth; i++)
        if (is_own(frames[i]))
            frames[own++] = (void *)((uintptr_t)frames[i] - load);
    return own;
}

/* The file name of the object that ADDRESS lies in. */
static const char *object_of(const void *address)
{
    Dl_info info;
    const char *slash;

    if (!dladdr(address, &info) || !info.dli_fname)
        return "unknown";
    slash = strrchr(info.dli_fname, '/');
    return slash ? slash + 1 : info.dli_fname;
}

/* Who asked, and for which places in the program; once. */
static void leave_mark(const void *caller)
{
    void *frames[DEPTH];
    int own = own_frames(frames), length;

    if (!mark || *mark)
        return;
    length = snprintf(mark, LINE, "%s", object_of(caller));
    for (int i = 0; i < own && length < LINE / 2; i++)
        length += snprintf(mark + length, LINE - (size_t)length, " %p", frames[i]);
}

/* Adds to the mark in which object the process dies: the innermost that only passes on. */
static void note_crash(int signal)
{
    static const char *const passing[] = {"libc.so", "libstdc++", "libgcc", "liballocations",
                                          "unknown"};
    void *frames[DEPTH];
    int depth;

    inside = true;
    depth = backtrace(frames, DEPTH);
    for (int i = 0; mark && i < depth; i++) {
        const char *object = object_of(frames[i]);
        bool passes = false;

        for (size_t k = 0; k < sizeof passing / sizeof passing[0]; k++)
            passes = passes || strncmp(object, passing[k], strlen(passing[k])) == 0;
        if (!passes) {
            snprintf(mark + strlen(mark), LINE - strlen(mark), "\ndied in %s", object);
            break;
        }
    }
    raise(signal); /* as it would have: the handler is gone */
}

/* The place is the NEAR innermost of the program's calls: so one that many share has several. */
static uint32_t site(void)
{
    void *frames[DEPTH];
    int own = own_frames(frames);
    uint64_t hash = 1;

    for (int i = 0; i < own && i < NEAR; i++)
        hash = (hash ^ (uintptr_t)frames[i]) * 0x100000001B3U;
    return (uint32_t)(hash ^ hash >> 32);
}

/* Whether what CALLER asks for is refused. */
static bool fails(const void *caller)
{
    size_t n;

    if (!active || inside)
        return false;
    if (is_own(caller) == of_libraries) /* of these, libraries' end the memory for all */
        return of_libraries && first && !once && atomic_load(&counted->count) >= first;
    inside = true;
    n = atomic_fetch_add(&counted->count, 1) + 1;
    if (!first && !of_libraries && n <= MOST)
        counted->site[n - 1] = site();
    if (!first || n < first || (once && n > first)) {
        inside = false;
        return false;
    }
    leave_mark(caller);
    inside = false;
    errno = ENOMEM;
    return true;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t bytes)
{
    static void *(*next)(size_t);

    if (!next)
        next = NEXT(void *(*)(size_t), "malloc");
    return fails(CALLER) ? NULL : hold(next(bytes), CALLER);
}

void *calloc(size_t count, size_t bytes)
{
    static void *(*next)(size_t, size_t);

    if (!next)
        next = NEXT(void *(*)(size_t, size_t), "calloc");
    return fails(CALLER) ? NULL : hold(next(count, bytes), CALLER);
}

void *realloc(void *memory, size_t bytes)
{
    static void *(*next)(void *, size_t);
    void *moved;

    if (!next)
        next = NEXT(void *(*)(void *, size_t), "realloc");
    if (fails(CALLER))
        return NULL;
    let_go(memory);
    moved = next(memory, bytes);
    return hold(moved ? moved : memory, CALLER) == moved ? moved : NULL;
}

void free(void *memory)
{
    static void (*next)(void *);

    if (!next)
        next = NEXT(void (*)(void *), "free");
    let_go(memory);
    next(memory);
}

void *aligned_alloc(size_t unit, size_t bytes)
{
    void *(*next)(size_t, size_t) = NEXT(void *(*)(size_t, size_t), "aligned_alloc");

    return fails(CALLER) ? NULL : hold(next(unit, bytes), CALLER);
}

int posix_memalign(void **memory, size_t unit, size_t bytes)
{
    int status;

    if (fails(CALLER))
        return ENOMEM;
    status = NEXT(int (*)(void **, size_t, size_t), "posix_memalign")(memory, unit, bytes);
    if (status == 0)
        hold(*memory, CALLER);
    return status;
}

char *strdup(const char *string)
{
    return fails(CALLER) ? NULL : hold(NEXT(char *(*)(const char *), "strdup")(string), CALLER);
}

/* What libc allocates for its caller. */
FILE *fdopen(int file, const char *mode)
{
    return fails(CALLER) ? NULL : NEXT(FILE * (*)(int, const char *), "fdopen")(file, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return fails(CALLER) ? NULL : NEXT(FILE * (*)(const char *, const char *), "fopen")(path, mode);
}

FILE *open_memstream(char **memory, size_t *bytes)
{
    return fails(CALLER) ? NULL
                         : NEXT(FILE * (*)(char **, size_t *), "open_memstream")(memory, bytes);
}

DIR *opendir(const char *path)
{
    return fails(CALLER) ? NULL : NEXT(DIR * (*)(const char *), "opendir")(path);
}

ssize_t getline(char **line, size_t *room, FILE *file)
{
    ssize_t length;

    if (fails(CALLER))
        return -1;
    let_go(*line);
    length = NEXT(ssize_t(*)(char **, size_t *, FILE *), "getline")(line, room, file);
    hold(*line, CALLER);
    return length;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *),
                   void *payload)
{
    return fails(CALLER)
               ? EAGAIN
               : NEXT(int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *),
                      "pthread_create")(thread, how, run, payload);
}

pid_t fork(void)
{
    pid_t process = fails(CALLER) ? -1 : NEXT(pid_t(*)(void), "fork")();

    forked = forked || process == 0;
    return process;
}

static void write_report(void)
{
    size_t left = 0, count = atomic_load(&counted->count);
    FILE *file;

    active = false;
    for (size_t i = 0; i < SLOTS; i++)
        left += held[i] > GONE;
    file = report && !forked ? fopen(report, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%zu\n", left);
    for (size_t i = 0; !first && i < count && i < MOST; i++)
        fprintf(file, "%x\n", (unsigned)counted->site[i]);
    fclose(file);
}

static int (*program)(int, char **, char **);

static int watched(int argc, char **argv, char **environment)
{
    int status;

    active = true;
    status = program(argc, argv, environment);
    active = false;
    return status;
}

static void map_mark(const char *path)
{
    struct sigaction crash = {.sa_handler = note_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    int file = path ? open(path, O_CREAT | O_RDWR | O_TRUNC, 0666) : -1;

    if (file < 0 || ftruncate(file, LINE) != 0)
        return;
    mark = mmap(NULL, LINE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    sigaction(SIGSEGV, &crash, NULL);
    sigaction(SIGABRT, &crash, NULL);
}

static int find_text(struct dl_phdr_info *object, size_t size, void *payload)
{
    (void)size, (void)payload;
    load = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
            text = object->dlpi_addr + part->p_vaddr;
            text_end = text + part->p_memsz;
        }
    }
    return 1; /* the first is the program */
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    const char *from = getenv("FAULT_FROM"), *number = getenv("FAULT_FIRST");
    void *frames[2];

    report = getenv("FAULT_REPORT");
    program = main;
    if (from) {
        backtrace(frames, 2); /* loads what it needs */
        dl_iterate_phdr(find_text, NULL);
        counted =
            mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        first = number ? strtoull(number, NULL, 10) : 0;
        once = getenv("FAULT_ONCE") != NULL;
        of_libraries = strcmp(from, "libraries") == 0;
        map_mark(getenv("FAULT_MARK"));
        atexit(write_report);
    }
    return NEXT(typeof(&__libc_start_main), "__libc_start_main")(from ? watched : main, argc, argv,
                                                                 init, fini, rtld_fini, stack_end);
}
