/* address_set.h - the addresses of a program's allocations, for code that must not allocate. Any
 * thread may call these functions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_ADDRESS_SET_H
#define LFADS_TESTS_ADDRESS_SET_H
#include <stddef.h>

void address_set_add(const void *address);
/* Does nothing if ADDRESS was not added. */
void address_set_remove(const void *address);
/* Returns the number of addresses that were added and not removed. */
size_t address_set_count(void);
#endif
