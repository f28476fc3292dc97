/* allocations.c - the program allocates nothing in a training step; oneDNN frees the memory that it
 * allocates for a product. Counted on the CPU's backend, on one thread and on two, after first
 * steps in which libraries allocate what they keep.
 *
 * This file replaces the C library's malloc and related functions. With a sanitizer's malloc it
 * cannot, and the test reports that it did not run (status 77).
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/poison.h"
#include "random_model.h"

enum { NOT_RUN = 77, CONFIGURATIONS = 20, TRIALS = 67, FIRST_STEPS = 3, STEPS = 4, FRAMES = 12 };

#if defined(LFADS_POISON) || defined(__SANITIZE_THREAD__)
#define LFADS_OTHER_MALLOC
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LFADS_OTHER_MALLOC
#endif
#endif

static atomic_bool counted;
/* allocations by the program, by oneDNN, by other libraries */
static atomic_size_t of_program, of_onednn, of_others;
static atomic_long kept;       /* allocated and not freed */
static size_t total_of_onednn; /* of_onednn of all models */
static void *frames[FRAMES];   /* callers of the first forbidden allocation */
static int n_frames;

#ifndef LFADS_OTHER_MALLOC
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

void __libc_free(void *memory);

static bool is_in(const char *file, const char *library)
{
    const char *name = strrchr(file, '/');

    return strncmp(name ? name + 1 : file, library, strlen(library)) == 0;
}

/* Returns the counter of the first caller that is neither one of the SKIPPED functions of this file
 * nor a library that allocates for its callers. */
static atomic_size_t *owner(void *const *callers, int n, int skipped)
{
    Dl_info program, caller;

    dladdr((void *)(uintptr_t)is_in, &program);
    for (int i = skipped; i < n; i++) {
        if (!dladdr(callers[i], &caller) || is_in(caller.dli_fname, "libc.so") ||
            is_in(caller.dli_fname, "libstdc++") || is_in(caller.dli_fname, "ld-linux"))
            continue;
        if (caller.dli_fbase == program.dli_fbase)
            return &of_program;
        return is_in(caller.dli_fname, "libdnnl") ? &of_onednn : &of_others;
    }
    return &of_others;
}

/* The functions below call this one; none of them is inlined. */
__attribute__((noinline)) static void count(void)
{
    void *callers[FRAMES];
    int n;
    atomic_size_t *counter;

    if (!atomic_load(&counted))
        return;
    n = backtrace(callers, FRAMES);
    counter = owner(callers, n, 2);
    atomic_fetch_add(&kept, 1);
    if (atomic_fetch_add(counter, 1) == 0 && counter != &of_onednn) {
        memcpy(frames, callers, sizeof frames);
        n_frames = n;
    }
}

void *malloc(size_t bytes)
{
    count();
    return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t size)
{
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t bytes)
{
    count();
    if (memory && atomic_load(&counted))
        atomic_fetch_sub(&kept, 1);
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t bytes)
{
    count();
    return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    count();
    return __libc_memalign(alignment, bytes);
}

void free(void *memory)
{
    if (memory && atomic_load(&counted))
        atomic_fetch_sub(&kept, 1);
    __libc_free(memory);
}

int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    count();
    *memory = __libc_memalign(alignment, bytes);
    return *memory ? 0 : 12; /* ENOMEM */
}
#endif

static const struct cost_ramps ramps = {.kl = 0.6, .l2 = 0.7};

static void step(struct random_model *r, int64_t update)
{
    struct batch_source source = random_model_batch(r);
    struct batch_costs costs;

    learner_step(r->learner, &source, &ramps, 1e-3, update);
    learner_collect(r->learner, &costs, NULL);
}

static void start_counting(void)
{
    atomic_store(&of_program, 0);
    atomic_store(&of_onednn, 0);
    atomic_store(&of_others, 0);
    atomic_store(&kept, 0);
    atomic_store(&counted, true);
}

/* Checks the allocations of STEPS steps of the model of SEED. */
static int check(uint64_t seed, const struct backend *be, size_t threads)
{
    struct random_model r;
    size_t ours, others;
    long left;

    random_model_create(&r, seed, be, TRIALS, threads);
    for (int64_t i = 0; i < FIRST_STEPS; i++)
        step(&r, 1 + i);
    start_counting();
    for (int64_t i = 0; i < STEPS; i++)
        step(&r, 1 + FIRST_STEPS + i);
    atomic_store(&counted, false);
    random_model_free(&r);
    ours = atomic_load(&of_program);
    others = atomic_load(&of_others);
    total_of_onednn += atomic_load(&of_onednn);
    left = atomic_load(&kept);
    if (!ours && !others && !left)
        return 0;
    printf(
        "seed %llu, %zu threads, %d steps: %zu allocations of the program, %zu of libraries that "
        "should have none, %ld kept\n",
        (unsigned long long)seed, threads, STEPS, ours, others, left);
    fflush(stdout);
    backtrace_symbols_fd(frames, ours || others ? n_frames : 0, STDOUT_FILENO);
    return 1;
}

/* Returns whether the program's allocations are counted, direct ones and those of the C library. */
static bool is_counting(void)
{
    void *volatile memory;
    char *line = NULL;
    size_t capacity = 0;
    long before_free;
    FILE *zeros = fopen("/dev/zero", "r");

    n_frames = backtrace(frames, FRAMES); /* the first call loads a library */
    if (!zeros)
        return false;
    start_counting();
    memory = malloc(1);
    (void)!getdelim(&line, &capacity, 0, zeros);
    before_free = atomic_load(&kept);
    free(memory);
    atomic_store(&counted, false);
    free(line);
    fclose(zeros);
    return before_free >= 2 && atomic_load(&of_program) == (size_t)before_free &&
           atomic_load(&kept) == before_free - 1;
}

int main(void)
{
    int failed = 0;

#ifdef LFADS_OTHER_MALLOC
    printf("not run: the sanitizer replaces malloc\n");
    return NOT_RUN;
#endif
    if (!is_counting()) {
        printf("allocations are not counted\n");
        return 1;
    }
    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        failed += check(seed, backend_cpu(), 1) + check(seed, backend_cpu(), 2);
    printf("%d configurations, %d failed; oneDNN allocated and freed memory %zu times\n",
           CONFIGURATIONS, failed, total_of_onednn);
    return failed != 0;
}
