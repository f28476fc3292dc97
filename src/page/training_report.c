/* training_report.c - a report on a training: lfads_training_report of the public header. What the
 * report reads of a training in memory lies in a temporary directory as long as that takes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/progress.h"
#include "base/sized.h"
#include "train/training_handle.h"

static const char call[] = "lfads_training_report";

static enum lfads_status make_temporary(char directory[FILE_PATH], struct lfads_error *err)
{
    const char *parent = getenv("TMPDIR");
    enum lfads_status status =
        file_join(directory, parent && *parent ? parent : "/tmp", "lfads-XXXXXX", err);

    if (status != LFADS_OK || mkdtemp(directory))
        return status;
    return lfads_fail(err, LFADS_IO, "can't make %.700s: %s; set TMPDIR to a directory with room",
                      directory, strerror(errno));
}

/* Removes the directory and the files in it. */
static void remove_temporary(const char *directory)
{
    DIR *names = opendir(directory);

    for (const struct dirent *entry; names && (entry = readdir(names));) {
        char path[FILE_PATH];

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            file_join(path, directory, entry->d_name, NULL) == LFADS_OK)
            unlink(path);
    }
    if (names)
        closedir(names);
    rmdir(directory);
}

/* Reports on a training without a save directory. */
static enum lfads_status report_in_memory(struct lfads_training *h,
                                          const struct lfads_report_request *what,
                                          const struct lfads_callbacks *callbacks,
                                          struct lfads_error *err)
{
    char directory[FILE_PATH];
    struct lfads_report_request request = *what;
    enum lfads_status status;

    if (!what->output_file && !what->output_dir)
        return lfads_fail(err, LFADS_USAGE,
                          "%s: the training has no save directory: output_file says where the "
                          "report goes",
                          call);
    status = make_temporary(directory, err);
    if (status != LFADS_OK)
        return status;
    status = lfads_training_save(h, directory, err);
    request.save_dir = directory;
    if (!what->title)
        request.title = "a model of arrays";
    if (status == LFADS_OK)
        status = lfads_report(&request, callbacks, err);
    remove_temporary(directory);
    return status;
}

enum lfads_status lfads_training_report(struct lfads_training *training,
                                        const struct lfads_report_request *what,
                                        const struct lfads_callbacks *callbacks,
                                        struct lfads_error *err)
{
    struct lfads_training *h = training;
    struct lfads_report_request taken;
    struct lfads_callbacks own;
    enum lfads_status status;

    if (!h || !what)
        return lfads_fail_null(err, call, h ? "what" : "training");
    status = sized_take(&taken, what, sizeof taken, call, err);
    if (status == LFADS_OK)
        status = callbacks_take(&own, &callbacks, call, err);
    if (status != LFADS_OK)
        return status;
    taken.size = sizeof taken;
    if (taken.save_dir || taken.data_dir || taken.data)
        return lfads_fail(err, LFADS_USAGE,
                          "%s: the training has its model and data: leave save_dir, data_dir and "
                          "data out",
                          call);
    taken.data = h->run->request.data;
    if (h->run->request.in_memory)
        return report_in_memory(h, &taken, callbacks, err);
    status = lfads_training_save(h, NULL, err);
    taken.save_dir = h->run->config->lfads_save_dir;
    return status == LFADS_OK ? lfads_report(&taken, callbacks, err) : status;
}
