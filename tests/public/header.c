/* header.c - the public header compiles alone in C.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

int main(void) { return lfads_version()[0] == 0; }
