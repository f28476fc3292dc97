/* test_select.c - the device that a request selects, and the reasons for devices that cannot be
 * used. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/select.h"

struct outcome {
    const char *devices, *device; /* letters as in many_devices.c; the request */
    enum lfads_status status;
    const char *name;  /* of the device; NULL: the CPU */
    const char *words; /* in REASON or in the error; "": REASON is empty */
};

static const struct outcome outcomes[] = {
    {"uuu", "auto", LFADS_OK, "many 0", ""},
    {"uuu", "gpu:2", LFADS_OK, "many 2", ""},
    {"ouu", "auto", LFADS_OK, "many 1", ""},
    {"fou", "auto", LFADS_OK, "many 2", ""},
    {"rru", "auto", LFADS_OK, "many 2", ""},
    {"oo", "auto", LFADS_OK, NULL, ""},
    {"of", "auto", LFADS_OK, NULL, "device 1 is full"},
    {"", "auto", LFADS_OK, NULL, ""},
    {"", "gpu:0", LFADS_OK, NULL, "no device at all"},
    {"uo", "gpu:1", LFADS_OK, NULL, "device 1 is too old"},
    {"uu", "gpu:2", LFADS_OK, NULL, "there are 2, numbered from 0"},
    {"uf", "gpu:1", LFADS_NO_MEMORY, NULL, "--device=gpu:1: device 1 is full"},
    {"ur", "gpu:1", LFADS_USAGE, NULL, "--device=gpu:1: device 1 refuses"},
    {"uuu", "cpu", LFADS_OK, NULL, ""},
};

static void test_outcomes(void **state)
{
    (void)state;
    setenv("LFADS_CUDA_MODULE", MANY_DEVICES_MODULE, 1);
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        const struct outcome *o = &outcomes[i];
        struct backend_request request = {.device = o->device, .precision = "float32"};
        struct backend_choice choice;
        struct lfads_error err = {.status = LFADS_OK};
        char reason[512];
        enum lfads_status status;

        setenv("LFADS_TEST_DEVICES", o->devices, 1);
        status = backend_select(&choice, &request, reason, sizeof reason, &err);
        assert_int_equal(status, o->status);
        assert_int_equal(choice.be != NULL, status == LFADS_OK);
        assert_int_equal(choice.device != NULL, o->name != NULL);
        if (o->name)
            assert_string_equal(choice.be->name, o->name);
        if (*o->words)
            assert_non_null(strstr(status == LFADS_OK ? reason : err.text, o->words));
        else
            assert_string_equal(reason, "");
        backend_release(&choice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_outcomes)};

    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
