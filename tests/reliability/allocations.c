/* allocations.c - a preloaded library that makes allocations fail. FAULT_FROM names whose:
 * "program", those that the program's code calls for, or "libraries", all others. The
 * FAULT_FIRST-th one since the start of main fails, and, unless FAULT_ONCE is set, all later ones;
 * if a library's has failed, the program's fail too. Forked processes continue the count. With
 * FAULT_STDERR and FAULT_STDOUT main runs once for each request (serve.h), which names the number
 * in FAULT_FIRST's place. The
 * library writes to the file FAULT_MARK, at the first failure, the calling object, the library's
 * function that the program called, the program's addresses on the stack, and, if the process
 * crashes or a library ends it, in which object. At the program's end it writes to the file
 * FAULT_REPORT the number of the program's allocations that were not freed and, if none had to
 * fail, a number for the call site of each counted allocation (0: of libraries).
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "address_set.h"
#include "callers.h"
#include "serve.h"

enum {
    MAX_COUNTED = 1 << 20,
    CRASH_STACK = 1 << 16, /* bytes, for a crash that has no stack left */
    LINE = 4096,           /* bytes of the mark */
    ENDLESS = 1 << 20,     /* requests: a library that gets no memory may ask for ever, */
    SECONDS = 60           /* or compute for ever without a request */
};

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

/* Shared with forked processes. */
static struct {
    atomic_size_t count;
    uint32_t site[MAX_COUNTED];
} * counted;

static bool active, of_libraries, once, forked;
static size_t first;
static char *mark; /* a mapped file, to write without allocations or file descriptors */
static const char *report;
static _Thread_local bool inside; /* this library is running: its allocations do not fail */

static void *note_allocation(void *memory, const void *caller)
{
    if (memory && active && !forked && is_program(caller) && !(of_libraries && asked_by_hdf5()))
        address_set_add(memory);
    return memory;
}

static void note_free(const void *memory)
{
    if (memory && callers_began() && !forked)
        address_set_remove(memory);
}

/* Writes the calling object, for a library the function that the program called, and the program's
 * addresses on the stack; only the first time. */
static void leave_mark(const void *caller)
{
    void *frames[CALLER_DEPTH];
    int count = program_frames(frames), length;

    if (!mark || *mark)
        return;
    length = snprintf(mark, LINE, "%s%s%s", object_of(caller), of_libraries ? " " : "",
                      of_libraries ? library_function() : "");
    for (int i = 0; i < count && length < LINE / 2; i++)
        length += snprintf(mark + length, LINE - (size_t)length, " %p", frames[i]);
}

static void note_death(const char *object)
{
    snprintf(mark + strlen(mark), LINE - strlen(mark), "\ndied in %s", object);
}

/* Adds to the mark the object in which the process crashes: the innermost one that does not belong
 * to the C or C++ runtime or to a sanitizer. */
static void note_crash(int signal)
{
    static const char *const runtime[] = {"libc.so", "ld-linux",       "libstdc++", "libgcc",
                                          "libasan", "liballocations", "unknown"};
    void *frames[CALLER_DEPTH];
    int depth;

    inside = true;
    depth = backtrace(frames, CALLER_DEPTH);
    for (int i = 0; mark && i < depth; i++) {
        const char *object = object_of(frames[i]);
        bool skipped = false;

        for (size_t k = 0; k < sizeof runtime / sizeof runtime[0]; k++)
            skipped = skipped || strncmp(object, runtime[k], strlen(runtime[k])) == 0;
        if (!skipped) {
            note_death(object);
            break;
        }
    }
    raise(signal); /* SA_RESETHAND has restored the default action */
}

/* Returns a hash of the line of the program that asks. */
static uint32_t call_site(void)
{
    void *frames[CALLER_DEPTH];
    uint64_t hash = program_frames(frames) ? (uintptr_t)frames[0] * 0x9E3779B97F4A7C15U : 0;

    return (uint32_t)(hash >> 32);
}

/* Returns whether CALLER's allocation fails. */
static bool fails(const void *caller)
{
    size_t n;

    if (!active || inside)
        return false;
    if (is_program(caller) == of_libraries) /* a library's failure makes the program's fail too */
        return of_libraries && first && !once && atomic_load(&counted->count) >= first;
    inside = true;
    n = atomic_fetch_add(&counted->count, 1) + 1;
    if (!first && !of_libraries && n <= MAX_COUNTED)
        counted->site[n - 1] = call_site();
    if (!first || n < first || (once && n > first)) {
        inside = false;
        return false;
    }
    leave_mark(caller);
    if (!once && n - first > ENDLESS)
        raise(SIGXCPU);
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
    return fails(CALLER) ? NULL : note_allocation(next(bytes), CALLER);
}

void *calloc(size_t count, size_t bytes)
{
    static void *(*next)(size_t, size_t);

    if (!next)
        next = NEXT(void *(*)(size_t, size_t), "calloc");
    return fails(CALLER) ? NULL : note_allocation(next(count, bytes), CALLER);
}

void *realloc(void *memory, size_t bytes)
{
    static void *(*next)(void *, size_t);
    void *moved;

    if (!next)
        next = NEXT(void *(*)(void *, size_t), "realloc");
    if (fails(CALLER))
        return NULL;
    note_free(memory);
    moved = next(memory, bytes);
    return note_allocation(moved ? moved : memory, CALLER) == moved ? moved : NULL;
}

void free(void *memory)
{
    static void (*next)(void *);
    static volatile bool looking; /* to the compiler, dlsym does not call back */

    if (looking)
        return; /* dlsym frees the text of an earlier error */
    if (!next) {
        looking = true;
        next = NEXT(void (*)(void *), "free");
        looking = false;
    }
    note_free(memory);
    next(memory);
}

void *aligned_alloc(size_t unit, size_t bytes)
{
    void *(*next)(size_t, size_t) = NEXT(void *(*)(size_t, size_t), "aligned_alloc");

    return fails(CALLER) ? NULL : note_allocation(next(unit, bytes), CALLER);
}

int posix_memalign(void **memory, size_t unit, size_t bytes)
{
    int status;

    if (fails(CALLER))
        return ENOMEM;
    status = NEXT(int (*)(void **, size_t, size_t), "posix_memalign")(memory, unit, bytes);
    if (status == 0)
        note_allocation(*memory, CALLER);
    return status;
}

char *strdup(const char *string)
{
    return fails(CALLER) ? NULL
                         : note_allocation(NEXT(char *(*)(const char *), "strdup")(string), CALLER);
}

/* Functions of the C library that allocate for their caller. */
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

ssize_t getline(char **line, size_t *capacity, FILE *file)
{
    ssize_t length;

    if (fails(CALLER))
        return -1;
    note_free(*line);
    length = NEXT(ssize_t(*)(char **, size_t *, FILE *), "getline")(line, capacity, file);
    note_allocation(*line, CALLER);
    return length;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *payload)
{
    return fails(CALLER)
               ? EAGAIN
               : NEXT(int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *),
                      "pthread_create")(thread, attributes, run, payload);
}

pid_t fork(void)
{
    pid_t process = fails(CALLER) ? -1 : NEXT(pid_t(*)(void), "fork")();

    forked = forked || process == 0;
    return process;
}

/* Adds a library that ends the process to the mark. The end of main does not come here. */
void exit(int status)
{
    if (active && mark && !is_program(CALLER))
        note_death(object_of(CALLER));
    NEXT(void (*)(int), "exit")(status);
    abort();
}

static void write_report(void)
{
    size_t left, count = atomic_load(&counted->count);
    FILE *file;

    active = false;
    left = address_set_count();
    file = report && !forked ? fopen(report, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%zu\n", left);
    for (size_t i = 0; !first && i < count && i < MAX_COUNTED; i++)
        fprintf(file, "%x\n", (unsigned)counted->site[i]);
    fclose(file);
}

static void map_mark(const char *path)
{
    static char stack[CRASH_STACK];
    struct sigaction crash = {.sa_handler = note_crash,
                              .sa_flags = (int)SA_RESETHAND | SA_NODEFER | SA_ONSTACK};
    int file = path ? open(path, O_CREAT | O_RDWR | O_TRUNC, 0666) : -1;

    if (file < 0 || ftruncate(file, LINE) != 0)
        return;
    mark = mmap(NULL, LINE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV, &crash, NULL);
    sigaction(SIGABRT, &crash, NULL);
}

static int (*program)(int, char **, char **);

static int run_main(int argc, char **argv, char **environment)
{
    int status;

    counted =
        mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    map_mark(getenv("FAULT_MARK"));
    setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = SECONDS, .rlim_max = SECONDS + 10});
    active = true;
    status = program(argc, argv, environment);
    active = false;
    return status;
}

/* Runs main in a child for each request: loading the libraries takes half of a small run's time. */
static int serve_main(int argc, char **argv, char **environment)
{
    struct request request;

    serve(&request, NEXT(pid_t(*)(void), "fork"));
    first = request.first;
    once = request.once;
    return run_main(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    const char *from = getenv("FAULT_FROM"), *number = getenv("FAULT_FIRST");

    report = getenv("FAULT_REPORT");
    program = main;
    if (from) {
        callers_begin();
        first = number ? strtoull(number, NULL, 10) : 0;
        once = getenv("FAULT_ONCE") != NULL;
        of_libraries = strcmp(from, "libraries") == 0;
        atexit(write_report);
        main = getenv("FAULT_STDOUT") ? serve_main : run_main;
    }
    return NEXT(typeof(&__libc_start_main), "__libc_start_main")(main, argc, argv, init, fini,
                                                                 rtld_fini, stack_end);
}
