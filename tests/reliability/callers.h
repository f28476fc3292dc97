/* callers.h - who asks for memory: the program or which library. Nothing here allocates after
 * callers_begin.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_CALLERS_H
#define LFADS_TESTS_CALLERS_H
#include <stdbool.h>

enum { CALLER_DEPTH = 64 /* of a backtrace */ };

/* Call it before all others, when the program is loaded. */
void callers_begin(void);
/* Whether it was called: a sanitizer allocates and frees before. */
bool callers_began(void);
/* Whether ADDRESS is in the program's own code. */
bool is_program(const void *address);
/* Returns the file name of the object that contains ADDRESS. */
const char *object_of(const void *address);
/* Sets FRAMES [CALLER_DEPTH] to the program's addresses on the stack, and returns their number. */
int program_frames(void **frames);
/* Returns the name of the library's function that the program called last. */
const char *library_function(void);
/* Whether libhdf5 called the program's function that allocates, for an open file's driver: libhdf5
 * has to give it back, and does not where it has no memory to close the file. */
bool asked_by_hdf5(void);
#endif
