/* test_device.c - opens a device as the program does, or reports that the test did not run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "test_device.h"

#include <stdio.h>
#include <stdlib.h>

#include "backend/select.h"

enum { DID_NOT_RUN = 77 };

const struct backend *test_device(const char *name)
{
    struct backend_request request = {.device = name, .precision = "float32"};
    static struct backend_choice choice;
    struct lfads_error err;
    char reason[512];

    if (backend_select(&choice, &request, reason, sizeof reason, &err) != LFADS_OK) {
        printf("%s\n", err.text);
        exit(1);
    }
    if (!choice.device) {
        printf("DID NOT RUN: no device %s: %s\n", name, reason);
        exit(DID_NOT_RUN);
    }
    return choice.be;
}
