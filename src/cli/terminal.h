/* terminal.h - lines, a live line of progress, and signals.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_TERMINAL_H
#define LFADS_CLI_TERMINAL_H
#include <lfads/lfads.h>

struct terminal {
    bool quiet;          /* no lines but warnings */
    bool live;           /* standard output is a terminal */
    size_t shown;        /* columns of the live line that is there */
    double last;         /* when it was drawn */
    char stack[1 << 16]; /* of the signals' handler */
};

/* Sets CALLBACKS up to print to the terminal and to stop on SIGINT and SIGTERM; a second signal
 * ends the program at once. */
void terminal_begin(struct terminal *terminal, struct lfads_callbacks *callbacks, bool quiet);
/* Removes the live line, and leaves the one that the terminal shows ^C on. */
void terminal_end(struct terminal *terminal);
/* The signal that asked to stop; 0: none. */
int terminal_signal(void);
#endif
