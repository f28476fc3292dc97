/* terminal.c - prints a run's lines and progress, and stops it on signals.
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

static const double live_interval_s = 0.2; /* between drawings of the live line */
static const double min_epochs = 0.2;      /* needed for an estimate of the remaining time */

/* The program's only writable global: a signal handler cannot reach other state. */
static volatile sig_atomic_t caught;

/* The first SIGINT or SIGTERM asks to stop; the second has its default action. */
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

/* Returns the number of columns of a line. */
static size_t columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79;
}

static void duration_text(char *text, size_t size, double seconds)
{
    long rounded = seconds < 1e9 ? lround(seconds) : 1000000000;

    if (rounded < 100)
        snprintf(text, size, "%ld s", rounded);
    else if (rounded < 6000)
        snprintf(text, size, "%ld min %02ld s", rounded / 60, rounded % 60);
    else
        snprintf(text, size, "%ld h %02ld min", rounded / 3600, rounded / 60 % 60);
}

/* Writes ", at most TIME left", from the pace of this run; writes nothing without --max_epochs.
 * Training may end earlier because of its learning rate. */
static void epochs_remaining_text(char *text, size_t size, struct terminal *t,
                                  const struct lfads_progress *p)
{
    double epochs = (double)p->epoch + p->share, done, pace;
    char remaining[40];

    if (!t->reported) {
        t->reported = true;
        t->first_epochs = epochs;
        t->first_s = p->seconds;
    }
    done = epochs - t->first_epochs;
    *text = 0;
    if (t->max_epochs == 0 || done < min_epochs)
        return;
    pace = (p->seconds - t->first_s) / done;
    duration_text(remaining, sizeof remaining, fmax(pace * ((double)t->max_epochs - epochs), 0));
    snprintf(text, size, ", at most %s left", remaining);
}

static void print_progress(void *payload, const struct lfads_progress *p)
{
    struct terminal *t = payload;
    char text[200], elapsed[40], remaining[60];
    double seconds = now();

    if (t->quiet || !t->live || seconds - t->last < live_interval_s)
        return;
    t->last = seconds;
    duration_text(elapsed, sizeof elapsed, p->seconds);
    if (strcmp(p->what, "epoch") == 0) {
        epochs_remaining_text(remaining, sizeof remaining, t, p);
        snprintf(text, sizeof text,
                 "epoch %" PRId64 ": %3.0f %%, %s%s, %.0f trials/s, step %" PRId64
                 ", learning rate %.3g",
                 p->epoch, 100 * p->share, elapsed, remaining, p->trials_per_second, p->step,
                 p->learning_rate);
    } else {
        duration_text(remaining, sizeof remaining,
                      p->share > 0 ? p->seconds / p->share - p->seconds : 0);
        snprintf(text, sizeof text, "%s: %3.0f %%, %s, %s left", p->what, 100 * p->share, elapsed,
                 remaining);
    }
    erase(t);
    /* a wrapped line could not be erased */
    text[columns() < sizeof text ? columns() : sizeof text - 1] = 0;
    fputs(text, stdout);
    fflush(stdout);
    t->shown = strlen(text);
}

static bool is_stopped(void *payload)
{
    (void)payload;
    return caught != 0;
}

/* The handler runs on a separate stack: oneDNN's products use the stack pointer as a general
 * register, so a handler on the thread's stack would overwrite the heap. */
static void catch_signals(struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = terminal->stack, .ss_size = sizeof terminal->stack};

    sigemptyset(&action.sa_mask); /* block both while the handler runs */
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaltstack(&stack, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void terminal_begin(struct terminal *terminal, struct lfads_callbacks *callbacks, bool quiet,
                    int64_t max_epochs)
{
    *terminal = (struct terminal){
        .quiet = quiet, .live = isatty(STDOUT_FILENO) == 1, .max_epochs = max_epochs};
    *callbacks = (struct lfads_callbacks){.size = sizeof *callbacks,
                                          .payload = terminal,
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
