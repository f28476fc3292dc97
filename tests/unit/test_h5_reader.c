/* test_h5_reader.c - the process that reads a file: use from several threads, its end, and its
 * resources.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/poison.h"
#include "h5/h5.h"

enum { ROWS = 300, ROW = 1000, THREADS = 4, TIMES = 25 };

/* Whether the allocator can be used in a child that is forked while other threads are in it.
 * glibc's can. AddressSanitizer's (gcc 12, clang 14) stays locked if another thread held its lock.
 */
#ifdef LFADS_POISON
enum { FORKS_ALLOCATOR = 0 };
#else
enum { FORKS_ALLOCATOR = 1 };
#endif

struct fixture {
    char path[40];
    double *values;
    atomic_bool done; /* all readers have ended */
};

static int set_up(void **state)
{
    const size_t dims[2] = {ROWS, ROW};
    const struct h5_storage storage = {.gzip = 1, .threads = 1};
    struct fixture *f = calloc(1, sizeof *f);
    struct h5_file file;

    strcpy(f->path, "/tmp/lfads_reader_XXXXXX");
    close(mkstemp(f->path));
    f->values = malloc(ROWS * ROW * sizeof *f->values);
    for (size_t i = 0; i < ROWS * ROW; i++)
        f->values[i] = (double)(i * 7 % 1001);
    assert_int_equal(h5_begin(&file, f->path, NULL), LFADS_OK);
    assert_int_equal(h5_write(&file, "x", H5_FLOAT64, 2, dims, f->values, &storage, NULL),
                     LFADS_OK);
    assert_int_equal(h5_finish(&file, LFADS_OK, NULL), LFADS_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    unlink(f->path);
    free(f->values);
    free(f);
    return 0;
}

static bool reads_right(const struct fixture *f)
{
    double *values = malloc(ROWS * ROW * sizeof *values);
    struct h5_file file;
    bool correct = h5_open(&file, f->path, NULL) == LFADS_OK &&
                   h5_read(values, H5_FLOAT64, &file, "x", ROWS * ROW, NULL) == LFADS_OK &&
                   memcmp(values, f->values, ROWS * ROW * sizeof *values) == 0;

    h5_close(&file, NULL);
    free(values);
    return correct;
}

static void *read_often(void *payload)
{
    const struct fixture *f = payload;
    size_t right = 0;

    for (int i = 0; i < TIMES; i++)
        right += reads_right(f);
    return (void *)right;
}

/* Allocates and frees memory and holds libhdf5's lock while other threads fork. */
static void *keep_busy(void *payload)
{
    struct fixture *f = payload;
    const size_t dims[2] = {ROWS, ROW};
    const struct h5_storage storage = {.checksum = true};
    char path[60];

    snprintf(path, sizeof path, "%s.busy", f->path);
    while (!atomic_load(&f->done)) {
        struct h5_file file;
        void *memory = malloc(100000);

        if (h5_begin(&file, path, NULL) == LFADS_OK)
            h5_finish(&file, h5_write(&file, "y", H5_FLOAT64, 2, dims, f->values, &storage, NULL),
                      NULL);
        free(memory);
    }
    unlink(path);
    return NULL;
}

static void test_threads(void **state)
{
    struct fixture *f = *state;
    pthread_t readers[THREADS], busy;
    void *right[THREADS];

    if (!FORKS_ALLOCATOR) {
        print_message("not run: the allocator of AddressSanitizer may stay locked after a fork\n");
        skip();
    }
    alarm(3600); /* ends the test after a deadlock, not on a slow machine */
    assert_int_equal(pthread_create(&busy, NULL, keep_busy, *state), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_often, *state), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(readers[i], &right[i]);
    atomic_store(&f->done, true);
    pthread_join(busy, NULL);
    alarm(0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal((size_t)right[i], TIMES);
}

static size_t open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* No process and no open file remain, also after a failure. */
static void test_leaves_nothing(void **state)
{
    size_t before = open_files();
    struct h5_file file;

    assert_true(reads_right(*state));
    assert_int_equal(h5_open(&file, "/dev/null", NULL), LFADS_BAD_DATA);
    assert_int_equal(h5_open(&file, "/proc/self/exe", NULL), LFADS_BAD_DATA);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(open_files(), before);
}

/* Returns the only child of this process; 0 if the system does not list children. */
static pid_t child(void)
{
    char path[60];
    int process = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    file = fopen(path, "r");
    if (file) {
        assert_int_equal(fscanf(file, "%d", &process), 1);
        fclose(file);
    }
    return process;
}

/* If the reader dies, this and all later requests fail with the reason. */
static void test_end(void **state)
{
    static const struct {
        int signal;
        enum lfads_status status;
        const char *says;
    } ends[] = {{SIGSEGV, LFADS_BAD_DATA, "libhdf5 crashed when it read it: Segmentation fault"},
                {SIGXCPU, LFADS_BAD_DATA, "reading it comes to no end"},
                {SIGKILL, LFADS_NO_MEMORY, "was killed"}};
    const struct fixture *f = *state;

    for (size_t i = 0; i < 3; i++) {
        struct lfads_error err = {.text = ""};
        struct h5_shape shape;
        struct h5_file file;
        pid_t process;

        assert_int_equal(h5_open(&file, f->path, NULL), LFADS_OK);
        process = child();
        if (!process)
            skip(); /* the system does not list children */
        kill(process, ends[i].signal);
        assert_int_equal(h5_shape(&shape, &file, "x", &err), ends[i].status);
        assert_non_null(strstr(err.text, ends[i].says));
        assert_true(h5_has(&file, "x"));
        assert_int_equal(h5_shape(&shape, &file, "x", &err), ends[i].status);
        assert_non_null(strstr(err.text, ends[i].says));
        h5_close(&file, NULL);
    }
}

/* A host that ignores SIGCHLD can read files; the error says that the reason of a child's end is
 * unknown.
 */
static void test_ignored_children(void **state)
{
    const struct fixture *f = *state;
    struct lfads_error err = {.text = ""};
    struct h5_shape shape;
    struct h5_file file;

    signal(SIGCHLD, SIG_IGN);
    assert_int_equal(h5_open(&file, f->path, NULL), LFADS_OK);
    assert_int_equal(h5_shape(&shape, &file, "x", NULL), LFADS_OK);
    if (child()) {
        kill(child(), SIGSEGV);
        assert_int_equal(h5_shape(&shape, &file, "x", &err), LFADS_IO);
        assert_non_null(strstr(err.text, "how is not known"));
    }
    h5_close(&file, NULL);
    signal(SIGCHLD, SIG_DFL);
}

/* The reader ignores signals that a terminal sends to all processes. */
static void test_interrupt(void **state)
{
    const struct fixture *f = *state;
    struct h5_shape shape;
    struct h5_file file;

    assert_int_equal(h5_open(&file, f->path, NULL), LFADS_OK);
    if (child())
        kill(child(), SIGINT);
    assert_int_equal(h5_shape(&shape, &file, "x", NULL), LFADS_OK);
    h5_close(&file, NULL);
}

/* A request whose rows do not match the file or the caller's array is refused. */
static void test_rows(void **state)
{
    const struct fixture *f = *state;
    double values[2 * ROW];
    struct h5_file file;

    assert_int_equal(h5_open(&file, f->path, NULL), LFADS_OK);
    assert_int_equal(h5_read_rows(values, H5_FLOAT64, &file, "x", 7, 2, 2 * ROW, NULL), LFADS_OK);
    assert_memory_equal(values, f->values + 7 * ROW, sizeof values);
    assert_int_equal(h5_read_rows(values, H5_FLOAT64, &file, "x", 7, 2, ROW, NULL), LFADS_BAD_DATA);
    assert_int_equal(h5_read_rows(values, H5_FLOAT64, &file, "x", ROWS - 1, 2, 2 * ROW, NULL),
                     LFADS_BAD_DATA);
    assert_int_equal(h5_read_rows(values, H5_FLOAT64, &file, "x", SIZE_MAX, 2, 2 * ROW, NULL),
                     LFADS_BAD_DATA);
    h5_close(&file, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),   cmocka_unit_test(test_leaves_nothing),
        cmocka_unit_test(test_end),       cmocka_unit_test(test_ignored_children),
        cmocka_unit_test(test_interrupt), cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
