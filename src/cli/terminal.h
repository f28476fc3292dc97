/* terminal.h - prints lines and a live line of progress, and handles signals.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_TERMINAL_H
#define LFADS_CLI_TERMINAL_H
#include <lfads/lfads.h>

struct terminal {
    bool quiet;          /* print warnings only */
    bool live;           /* standard output is a terminal */
    size_t shown;        /* columns of the live line in view */
    double last;         /* time when it was last drawn, in seconds */
    int64_t max_epochs;  /* epochs after which training ends; 0: no limit */
    double first_epochs; /* epochs done at the first report of training */
    double first_s;      /* duration of the run at that report, in seconds */
    bool reported;       /* such a report has come */
    /* of the signal handler; AddressSanitizer demands that it is aligned */
    _Alignas(16) char stack[1 << 16];
};

/* Sets CALLBACKS up to print to the terminal and to stop on SIGINT and SIGTERM; a second signal
 * has its default action. */
void terminal_begin(struct terminal *terminal, struct lfads_callbacks *callbacks, bool quiet,
                    int64_t max_epochs);
/* Erases the live line; after Ctrl-C ends the line on which the terminal has printed ^C. */
void terminal_end(struct terminal *terminal);
/* Returns the signal that asked to stop; 0: none. */
int terminal_signal(void);
#endif
