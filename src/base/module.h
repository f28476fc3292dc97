/* module.h - finds a library of this program that is loaded only where it is needed: what not every
 * machine has stays out of the program.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_MODULE_H
#define LFADS_BASE_MODULE_H
#include <stdbool.h>
#include <stddef.h>

/* Returns the path that the environment's VARIABLE gives; NULL if it gives none. */
const char *module_in_environment(const char *variable);
/* Sets PATH of SIZE bytes to that of the module FILE: what VARIABLE gives, or the first that exists
 * beside the program, as in the build directory, in the library directory of the program's prefix,
 * and in that of the configured prefix. Returns false if there is none. */
bool module_find(char *path, size_t size, const char *file, const char *variable);
#endif
