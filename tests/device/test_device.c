/* test_device.c - opening a device as the program does, or not running at all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "test_device.h"

#include <stdio.h>
#include <stdlib.h>

#include "backend/choose.h"

enum { DID_NOT_RUN = 77 };

const struct backend *test_device(const char *name)
{
    struct backend_wish wish = {.device = name, .precision = "float32", .growth = true};
    static struct backend_choice choice;
    struct lfads_error err;
    char why[512];

    if (backend_choose(&choice, &wish, why, sizeof why, &err) != LFADS_OK) {
        printf("%s\n", err.text);
        exit(1);
    }
    if (!choice.device) {
        printf("DID NOT RUN: no device %s: %s\n", name, why);
        exit(DID_NOT_RUN);
    }
    return choice.be;
}
