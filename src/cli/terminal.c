/* terminal.c - what a run prints while it goes on.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double seconds_between = 0.2; /* live lines */

/* What a handler may touch; the one thing in the program that changes outside any function. */
static volatile sig_atomic_t caught;

/* The first of either asks to stop; the next, of either, finds what the system does by itself. */
static void on_signal(int number)
{
    caught = number;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static void erase(struct terminal *t)
{
    if (t->shown)
        printf("\r%*s\r", (int)t->shown, "");
    t->shown = 0;
}

static void print_line(void *payload, const char *text)
{
    struct terminal *t = payload;

    if (t->quiet)
        return;
    erase(t);
    puts(text);
    fflush(stdout);
}

static void print_warning(void *payload, const char *text)
{
    struct terminal *t = payload;

    erase(t);
    fflush(stdout);
    fprintf(stderr, "lfads: warning: %s\n", text);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Columns that a line may have before the terminal breaks it. */
static size_t columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79;
}

static void duration_text(char *text, size_t size, double seconds)
{
    long whole = seconds < 1e9 ? lround(seconds) : 1000000000;

    if (whole < 100)
        snprintf(text, size, "%ld s", whole);
    else if (whole < 6000)
        snprintf(text, size, "%ld min %02ld s", whole / 60, whole % 60);
    else
        snprintf(text, size, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
}

static void print_progress(void *payload, const struct lfads_progress *p)
{
    struct terminal *t = payload;
    char text[160], since[40], left[40];
    double seconds = now();

    if (t->quiet || !t->live || seconds - t->last < seconds_between)
        return;
    t->last = seconds;
    duration_text(since, sizeof since, p->seconds);
    duration_text(left, sizeof left, p->share > 0 ? p->seconds / p->share - p->seconds : 0);
    if (strcmp(p->what, "epoch") == 0)
        snprintf(text, sizeof text,
                 "epoch %" PRId64 ", step %" PRId64
                 ": %3.0f %%, %.0f trials/s, learning rate %.3g, %s",
                 p->epoch, p->step, 100 * p->share, p->trials_per_second, p->learning_rate, since);
    else
        snprintf(text, sizeof text, "%s: %3.0f %%, %s, %s left", p->what, 100 * p->share, since,
                 left);
    erase(t);
    text[columns() < sizeof text ? columns() : sizeof text - 1] = 0; /* a broken line would stay */
    fputs(text, stdout);
    fflush(stdout);
    t->shown = strlen(text);
}

static bool is_stopped(void *payload)
{
    (void)payload;
    return caught != 0;
}

/* oneDNN's products keep numbers where a thread's stack pointer points to: a handler that ran there
 * would write over the heap. So it has a stack of its own. */
static void catch_signals(struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = terminal->stack, .ss_size = sizeof terminal->stack};

    sigemptyset(&action.sa_mask); /* one at a time, so that the second finds the first's doing */
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaltstack(&stack, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void terminal_begin(struct terminal *terminal, struct lfads_callbacks *callbacks, bool quiet)
{
    *terminal = (struct terminal){.quiet = quiet, .live = isatty(STDOUT_FILENO) == 1};
    *callbacks = (struct lfads_callbacks){.payload = terminal,
                                          .line = print_line,
                                          .warn = print_warning,
                                          .progress = print_progress,
                                          .stop = is_stopped};
    catch_signals(terminal);
}

void terminal_end(struct terminal *terminal)
{
    stack_t none = {.ss_flags = SS_DISABLE};

    sigaltstack(&none, NULL);
    erase(terminal);
    if (terminal->live && caught == SIGINT)
        putchar('\n');
    fflush(stdout);
}

int terminal_signal(void) { return caught; }
