/* words.c - finds model and data among the words of a command line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "config/file_list.h"
#include "config/no_such_file.h"

enum { MOST_NEW = 10000 }; /* numbers that a new save directory may get */

static bool is_given(const struct lfads_config *config, const char *name)
{
    return config->given[flag_find(config_table(), name)];
}

enum lfads_status words_add(void *payload, const char *word, struct lfads_error *err)
{
    struct words *words = payload;
    const char **longer = realloc(words->word, (words->count + 1) * sizeof *longer);

    if (!longer)
        return lfads_fail(err, LFADS_NO_MEMORY, "no memory for the words of the command line");
    words->word = longer;
    longer[words->count++] = word;
    return LFADS_OK;
}

void words_release(struct words *words) { free(words->word); }

enum lfads_status words_take_directory(char directory[FILE_PATH], struct words *words,
                                       struct lfads_error *err)
{
    size_t files = 0;

    *directory = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->word[i];

        if (!file_exists(word))
            return no_such_file(word, err);
        if (!path_is_directory(word)) {
            words->word[files++] = word;
            continue;
        }
        if (*directory)
            return lfads_fail(err, LFADS_USAGE,
                              "%s and %s are two directories, and a save directory is one",
                              directory, word);
        if (snprintf(directory, FILE_PATH, "%s", word) >= FILE_PATH)
            return lfads_fail(err, LFADS_USAGE, "the path %.200s is too long", word);
    }
    words->count = files;
    return LFADS_OK;
}

/* Sets --lfads_save_dir to the directory among the words, if there is one. */
static enum lfads_status place_directory(struct lfads_config *config, struct words *words,
                                         struct lfads_error *err)
{
    char directory[FILE_PATH];
    enum lfads_status status = words_take_directory(directory, words, err);

    if (status != LFADS_OK || !*directory)
        return status;
    if (is_given(config, "lfads_save_dir"))
        return lfads_fail(
            err, LFADS_USAGE,
            "%s and --lfads_save_dir=%s are two save directories: leave one of them out", directory,
            config->lfads_save_dir);
    return lfads_config_set(config, "lfads_save_dir", directory, err);
}

/* Sets --data_files to the words. */
static enum lfads_status place_files(struct lfads_config *config, const struct words *words,
                                     struct lfads_error *err)
{
    char *list = NULL;
    enum lfads_status status = LFADS_OK;

    if (words->count == 0)
        return LFADS_OK;
    if (is_given(config, "data_files"))
        return lfads_fail(err, LFADS_USAGE,
                          "%s and --data_files=%.200s both name data files: leave one out",
                          words->word[0], config->data_files);
    for (size_t i = 0; i < words->count && status == LFADS_OK; i++)
        if (!file_list_add(&list, words->word[i]))
            status =
                lfads_fail(err, LFADS_NO_MEMORY, "no memory for the words of the command line");
    if (status == LFADS_OK)
        status = lfads_config_set(config, "data_files", list, err);
    free(list);
    return status;
}

/* Sets BASE to what a new save directory is named after: the first data file without its ending, or
 * the stem without separators at its end, in the data's directory. */
static void name_after_data(char base[FILE_PATH], const struct lfads_config *config)
{
    const char *list = config->data_files;
    char *name;
    size_t length;

    if (!file_list_next(base, &list)) {
        snprintf(base, FILE_PATH, "%s%s%s", config->data_dir,
                 config->data_dir[strlen(config->data_dir) - 1] == '/' ? "" : "/",
                 config->data_filename_stem);
        length = strlen(base);
        while (length && ispunct((unsigned char)base[length - 1]) && base[length - 1] != '/')
            base[--length] = 0;
        return;
    }
    name = base + (path_name(base) - base);
    if (strrchr(name, '.') && strrchr(name, '.') != name)
        *strrchr(name, '.') = 0;
}

/* Sets --lfads_save_dir to a directory beside the data that does not exist. */
static enum lfads_status choose_new(struct lfads_config *config, struct lfads_error *err)
{
    char base[FILE_PATH], path[FILE_PATH + 40];

    name_after_data(base, config);
    for (int i = 1; i < MOST_NEW; i++) {
        const char *join = *path_name(base) ? "_" : "";

        if (i == 1)
            snprintf(path, sizeof path, "%s%slfads", base, join);
        else
            snprintf(path, sizeof path, "%s%slfads_%d", base, join, i);
        if (!file_exists(path))
            return lfads_config_set(config, "lfads_save_dir", path, err);
    }
    return lfads_fail(err, LFADS_USAGE,
                      "%s has no free name for a save directory: give --lfads_save_dir", base);
}

/* Fails unless the flags name data in one way, or TRACE says that COMMAND goes on. */
static enum lfads_status check_data(const struct lfads_config *config, const char *command,
                                    const char *trace, struct lfads_error *err)
{
    bool saves = is_given(config, "lfads_save_dir"), files = is_given(config, "data_files"),
         directory = is_given(config, "data_dir"), stem = is_given(config, "data_filename_stem");
    char file[FILE_PATH];

    if (files && (directory || stem))
        return lfads_fail(err, LFADS_USAGE,
                          "data files and --%s are two ways to name the data: leave one out",
                          directory ? "data_dir" : "data_filename_stem");
    if (files || (directory && stem) ||
        (saves && (file_is_in(config->lfads_save_dir, trace) ||
                   file_is_in(config->lfads_save_dir, WORDS_SEEDS))))
        return LFADS_OK;
    if (directory || stem)
        return lfads_fail(err, LFADS_USAGE,
                          "%s needs --%s too: %s, or name the files: lfads %s FILE...", command,
                          directory ? "data_filename_stem" : "data_dir",
                          directory ? "the first part of the data files' names"
                                    : "the directory of the data files",
                          command);
    if (saves && no_such_file_but(file, config->lfads_save_dir))
        return lfads_fail(err, LFADS_USAGE,
                          "%s is no save directory: it has no training to go on with. Data are "
                          "named file by file, as lfads %s %s",
                          config->lfads_save_dir, command, file);
    return lfads_fail(err, LFADS_USAGE,
                      "%s needs data: lfads %s FILE... names data files; --data_dir and "
                      "--data_filename_stem name all those of a directory%s%s",
                      command, command, saves ? "; there is nothing to go on with in " : "",
                      saves ? config->lfads_save_dir : "");
}

enum lfads_status words_of_training(struct lfads_config *config, struct words *words,
                                    const char *command, const char *trace, bool *is_new,
                                    struct lfads_error *err)
{
    enum lfads_status status = place_directory(config, words, err);

    *is_new = false;
    if (status == LFADS_OK)
        status = place_files(config, words, err);
    if (status == LFADS_OK)
        status = check_data(config, command, trace, err);
    if (status != LFADS_OK || is_given(config, "lfads_save_dir"))
        return status;
    *is_new = true;
    return choose_new(config, err);
}

/* Fails if two of the files have one name, which results are called after. */
static enum lfads_status check_names(const struct words *words, struct lfads_error *err)
{
    for (size_t i = 0; i < words->count; i++)
        for (size_t k = 0; k < i; k++) {
            const char *a = words->word[k], *b = words->word[i];

            if (path_same(a, b) && strcmp(path_name(a), path_name(b)) == 0)
                return lfads_fail(err, LFADS_USAGE, "%s is given twice", b);
            if (strcmp(path_name(a), path_name(b)) == 0)
                return lfads_fail(err, LFADS_USAGE,
                                  "results are called after their file, and %.300s and %.300s have "
                                  "one name: rename one of them, or sample them one by one with "
                                  "--output_dir",
                                  a, b);
        }
    return LFADS_OK;
}

/* Fails because the words have no save directory; one of them may be a file in it. */
static enum lfads_status refuse_model(const struct lfads_config *config, const struct words *words,
                                      const char *command, struct lfads_error *err)
{
    char directory[FILE_PATH];

    if (words->count > 0) {
        path_directory(directory, words->word[0]);
        if (file_is_in(directory, config->checkpoint_pb_load_name))
            return lfads_fail(err, LFADS_USAGE,
                              "%s is a file, and a model is named by its save directory: lfads %s "
                              "%s",
                              words->word[0], command, directory);
    }
    return lfads_fail(err, LFADS_USAGE, "which model? lfads %s DIR names its save directory",
                      command);
}

enum lfads_status words_of_model(struct lfads_config *config, struct words *words,
                                 const char *command, bool takes_trials, struct lfads_error *err)
{
    enum lfads_status status = place_directory(config, words, err);

    if (status != LFADS_OK)
        return status;
    if (!is_given(config, "lfads_save_dir"))
        return refuse_model(config, words, command, err);
    if (!takes_trials && (words->count || is_given(config, "data_files")))
        return lfads_fail(err, LFADS_USAGE,
                          "%s needs no data, and %.300s is a data file: leave it out", command,
                          words->count ? words->word[0] : config->data_files);
    if (words->count && is_given(config, "data_files"))
        return lfads_fail(err, LFADS_USAGE,
                          "%s and --data_files=%.200s both name data files: leave one out",
                          words->word[0], config->data_files);
    return check_names(words, err);
}
