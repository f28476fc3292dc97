/* header.cpp - the public header compiles alone in C++.
 * SPDX-License-Identifier: Apache-2.0 */
#include <lfads/lfads.h>

int main() { return lfads_version()[0] == 0; }
