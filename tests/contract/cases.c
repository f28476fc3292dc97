/* cases.c - the list of the operations' cases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

const struct operation_case operation_cases[] = {
#define OPERATION(operation, arguments) {#operation, case_##operation},
#include "backend/operations.def"
#undef OPERATION
    {NULL, NULL},
};
