/* original_hyperparams.c - chooses among the hyperparameters in a save directory of the original's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/original_hyperparams.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/hyperparams.h"
#include "config/kinds.h"

/* Steps of the files in a directory. */
struct steps {
    int64_t *step;
    size_t count;
};

bool hyperparams_step(int64_t *step, const char *name)
{
    int end = 0;

    return sscanf(name, "hyperparameters-%15" SCNd64 ".txt%n", step, &end) == 1 && end > 0 &&
           !name[end] && *step >= 0;
}

static enum lfads_status list_steps(struct steps *steps, const char *directory,
                                    struct lfads_error *err)
{
    DIR *listing = opendir(directory);
    enum lfads_status status = LFADS_OK;
    int64_t step;

    if (!listing)
        return lfads_fail(err, LFADS_IO, "can't list the directory %s: %m", directory);
    for (struct dirent *entry; status == LFADS_OK && (entry = readdir(listing));) {
        int64_t *larger;

        if (!hyperparams_step(&step, entry->d_name))
            continue;
        larger = realloc(steps->step, (steps->count + 1) * sizeof *larger);
        if (larger) {
            steps->step = larger;
            steps->step[steps->count++] = step;
        } else {
            status = lfads_fail(err, LFADS_NO_MEMORY, "no memory to list %s", directory);
        }
    }
    closedir(listing);
    return status;
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* Sets *TEXT to the text of a file, and *TRAINED to whether a training wrote it. */
static enum lfads_status read_file(char **text, bool *trained, const char *directory, int64_t step,
                                   struct lfads_error *err)
{
    struct lfads_config *config = NULL;
    char name[64], path[FILE_PATH];
    enum lfads_status status;

    *text = NULL;
    snprintf(name, sizeof name, "hyperparameters-%" PRId64 ".txt", step);
    status = file_join(path, directory, name, err);
    if (status == LFADS_OK)
        status = file_read_text(text, path, err);
    if (status == LFADS_OK)
        status = lfads_config_create(&config, err);
    if (status == LFADS_OK)
        status = hyperparams_read(config, *text, path, err);
    *trained = status == LFADS_OK && strcmp(config->kind, KIND_TRAIN) == 0;
    lfads_config_free(config);
    if (status != LFADS_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

/* Sets *TEXT to that of the file of STEP if a training wrote it, or if there is no text so far. */
static enum lfads_status try_file(char **text, bool *trained, const char *directory, int64_t step,
                                  struct lfads_error *err)
{
    char *next;
    enum lfads_status status = read_file(&next, trained, directory, step, err);

    if (status == LFADS_OK && *text && !*trained) {
        free(next);
    } else if (status == LFADS_OK) {
        free(*text);
        *text = next;
    }
    return status;
}

static enum lfads_status choose(char **text, const struct steps *steps, const char *directory,
                                int64_t step, struct lfads_error *err)
{
    size_t later = 0; /* the first file after STEP */
    enum lfads_status status = LFADS_OK;
    bool trained = false;

    while (later < steps->count && steps->step[later] <= step)
        later++;
    for (size_t i = later; i-- > 0 && status == LFADS_OK && !trained;)
        status = try_file(text, &trained, directory, steps->step[i], err);
    if (later == 0 && steps->count > 0)
        status = try_file(text, &trained, directory, steps->step[0], err);
    return status;
}

enum lfads_status original_hyperparams_find(char **text, const char *path, int64_t step,
                                            struct lfads_error *err)
{
    struct steps steps = {.count = 0};
    char directory[FILE_PATH];
    const char *slash = strrchr(path, '/');
    enum lfads_status status;

    *text = NULL;
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path + 1) : 1,
             slash ? path : ".");
    status = list_steps(&steps, directory, err);
    if (steps.count > 0)
        qsort(steps.step, steps.count, sizeof *steps.step, compare);
    if (status == LFADS_OK)
        status = choose(text, &steps, directory, step, err);
    free(steps.step);
    if (status == LFADS_OK && !*text)
        status = lfads_fail(err, LFADS_BAD_DATA,
                            "%s is a TensorFlow checkpoint, and the flags that it was trained with "
                            "are not beside it: copy the file hyperparameters-0.txt, which the "
                            "original wrote, to %s",
                            path, directory);
    if (status != LFADS_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}
