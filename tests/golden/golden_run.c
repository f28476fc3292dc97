/* golden_run.c - the main function of the programs that run golden cases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden_run.h"

#include <dirent.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/isolated_memory/isolated.h"
#include "device/test_device.h"

static int is_case(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 3 && strcmp(entry->d_name + length - 3, ".h5") == 0;
}

/* Whether the file at PATH has the attribute that marks the cases of a kind. */
static bool has_mark(const char *path, const char *mark)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    bool has = file >= 0 && H5Aexists(file, mark) > 0;

    if (file >= 0)
        H5Fclose(file);
    return has;
}

/* Runs the folder's files; adds their number to *CASES and returns how many failed. */
static int run_folder(const char *folder, const struct backend *be, const struct golden_kind *kind,
                      int *cases)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_case, alphasort), failed = 0;

    for (int i = 0; i < count; i++) {
        char path[1024];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (has_mark(path, kind->mark)) {
            failed += !kind->run(path, be);
            ++*cases;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return failed;
}

int golden_run(int argc, char **argv, const struct golden_kind *kind)
{
    const struct backend *be = backend_reference();
    const char *more = getenv("LFADS_GOLDEN");
    int failed = 0, cases = 0;

    if (argc > 1 && strcmp(argv[1], "isolated") == 0)
        be = backend_isolated();
#ifndef LFADS_REAL_DOUBLE
    if (argc > 1 && strcmp(argv[1], "cpu") == 0)
        be = backend_cpu();
    if (argc > 1 && strncmp(argv[1], "gpu:", 4) == 0)
        be = test_device(argv[1]);
#endif
    printf("golden models on %s, %zu bytes a number\n", be->name, sizeof(real));
    for (int i = 2; i < argc; i++)
        failed += run_folder(argv[i], be, kind, &cases);
    if (more && *more)
        failed += run_folder(more, be, kind, &cases);
    printf("%d cases, %d failed\n", cases, failed);
    return failed || !cases;
}
