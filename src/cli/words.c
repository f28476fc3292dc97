/* words.c - finds model and data among the words of a command line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fail.h"
#include "cli/no_such_file.h"
#include "cli/places.h"

enum { MOST_NEW = 10000 }; /* numbers that a new save directory may get */

/* A file that says, whatever trains, that it goes on: of several seeds (tuning.md). */
static const char seeds[] = "seeds.txt";

enum lfads_status words_add(struct words *words, const char *word, struct lfads_error *err)
{
    const char **longer = realloc(words->word, (words->count + 1) * sizeof *longer);

    if (!longer)
        return cli_fail(err, LFADS_NO_MEMORY, "no memory for the words of the command line");
    words->word = longer;
    longer[words->count++] = word;
    return LFADS_OK;
}

void words_release(struct words *words) { free(words->word); }

enum lfads_status words_take_directory(char directory[PATH_MAX], struct words *words,
                                       struct lfads_error *err)
{
    size_t files = 0;

    *directory = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->word[i];

        if (!place_exists(word))
            return no_such_file(word, err);
        if (!place_is_directory(word)) {
            words->word[files++] = word;
            continue;
        }
        if (*directory)
            return cli_fail(err, LFADS_USAGE,
                            "%s and %s are two directories, and a save directory is one", directory,
                            word);
        if (snprintf(directory, PATH_MAX, "%s", word) >= PATH_MAX)
            return cli_fail(err, LFADS_USAGE, "the path %.200s is too long", word);
    }
    words->count = files;
    return LFADS_OK;
}

/* Sets --lfads_save_dir to the directory among the words, if there is one. */
static enum lfads_status set_directory(struct lfads_config *config, struct words *words,
                                       struct lfads_error *err)
{
    char directory[PATH_MAX];
    enum lfads_status status = words_take_directory(directory, words, err);

    if (status != LFADS_OK || !*directory)
        return status;
    if (lfads_config_is_given(config, "lfads_save_dir"))
        return cli_fail(
            err, LFADS_USAGE,
            "%s and --lfads_save_dir=%s are two save directories: leave one of them out", directory,
            lfads_config_get(config, "lfads_save_dir"));
    return lfads_config_set(config, "lfads_save_dir", directory, err);
}

/* Sets --data_files to the words. */
static enum lfads_status set_files(struct lfads_config *config, const struct words *words,
                                   struct lfads_error *err)
{
    if (words->count == 0)
        return LFADS_OK;
    if (lfads_config_is_given(config, "data_files"))
        return cli_fail(err, LFADS_USAGE,
                        "%s and --data_files=%.200s both name data files: leave one out",
                        words->word[0], lfads_config_get(config, "data_files"));
    return lfads_config_set_files(config, words->word, words->count, err);
}

/* Sets BASE to what a new save directory is named after: the first data file without its ending, or
 * the stem without separators at its end, in the data's directory. */
static void name_after_data(char base[PATH_MAX], struct lfads_config *config)
{
    const char *directory = lfads_config_get(config, "data_dir");
    char *name;
    size_t length;

    if (!lfads_config_get_file(base, PATH_MAX, config, 0)) {
        snprintf(base, PATH_MAX, "%s%s%s", directory,
                 directory[strlen(directory) - 1] == '/' ? "" : "/",
                 lfads_config_get(config, "data_filename_stem"));
        length = strlen(base);
        while (length && ispunct((unsigned char)base[length - 1]) && base[length - 1] != '/')
            base[--length] = 0;
        return;
    }
    name = base + (place_name(base) - base);
    if (strrchr(name, '.') && strrchr(name, '.') != name)
        *strrchr(name, '.') = 0;
}

/* Sets --lfads_save_dir to a directory beside the data that does not exist. */
static enum lfads_status choose_new(struct lfads_config *config, struct lfads_error *err)
{
    char base[PATH_MAX], path[PATH_MAX + 40];

    name_after_data(base, config);
    for (int i = 1; i < MOST_NEW; i++) {
        const char *join = *place_name(base) ? "_" : "";

        if (i == 1)
            snprintf(path, sizeof path, "%s%slfads", base, join);
        else
            snprintf(path, sizeof path, "%s%slfads_%d", base, join, i);
        if (!place_exists(path))
            return lfads_config_set(config, "lfads_save_dir", path, err);
    }
    return cli_fail(err, LFADS_USAGE,
                    "%s has no free name for a save directory: give --lfads_save_dir", base);
}

/* Fails unless the flags name data in one way, or TRACE says that COMMAND goes on. */
static enum lfads_status check_data(struct lfads_config *config, const char *command,
                                    const char *trace, struct lfads_error *err)
{
    bool saves = lfads_config_is_given(config, "lfads_save_dir"),
         files = lfads_config_is_given(config, "data_files"),
         directory = lfads_config_is_given(config, "data_dir"),
         stem = lfads_config_is_given(config, "data_filename_stem");
    char file[PATH_MAX];

    if (files && (directory || stem))
        return cli_fail(err, LFADS_USAGE,
                        "data files and --%s are two ways to name the data: leave one out",
                        directory ? "data_dir" : "data_filename_stem");
    if (files || (directory && stem) ||
        (saves && (place_has(lfads_config_get(config, "lfads_save_dir"), trace) ||
                   place_has(lfads_config_get(config, "lfads_save_dir"), seeds))))
        return LFADS_OK;
    if (directory || stem)
        return cli_fail(err, LFADS_USAGE,
                        "%s needs --%s too: %s, or name the files: lfads %s FILE...", command,
                        directory ? "data_filename_stem" : "data_dir",
                        directory ? "the first part of the data files' names"
                                  : "the directory of the data files",
                        command);
    if (saves && no_such_file_but(file, lfads_config_get(config, "lfads_save_dir")))
        return cli_fail(err, LFADS_USAGE,
                        "%s is no save directory: it has no training to go on with. Data are "
                        "named file by file, as lfads %s %s",
                        lfads_config_get(config, "lfads_save_dir"), command, file);
    return cli_fail(err, LFADS_USAGE,
                    "%s needs data: lfads %s FILE... names data files; --data_dir and "
                    "--data_filename_stem name all those of a directory%s%s",
                    command, command, saves ? "; there is nothing to go on with in " : "",
                    saves ? lfads_config_get(config, "lfads_save_dir") : "");
}

enum lfads_status words_of_training(struct lfads_config *config, struct words *words,
                                    const char *command, const char *trace, bool *is_new,
                                    struct lfads_error *err)
{
    enum lfads_status status = set_directory(config, words, err);

    *is_new = false;
    if (status == LFADS_OK)
        status = set_files(config, words, err);
    if (status == LFADS_OK)
        status = check_data(config, command, trace, err);
    if (status != LFADS_OK || lfads_config_is_given(config, "lfads_save_dir"))
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

            if (place_is_same(a, b) && strcmp(place_name(a), place_name(b)) == 0)
                return cli_fail(err, LFADS_USAGE, "%s is given twice", b);
            if (strcmp(place_name(a), place_name(b)) == 0)
                return cli_fail(err, LFADS_USAGE,
                                "results are called after their file, and %.300s and %.300s have "
                                "one name: rename one of them, or sample them one by one with "
                                "--output_dir",
                                a, b);
        }
    return LFADS_OK;
}

/* Fails because the words have no save directory; one of them may be a file in it. */
static enum lfads_status refuse_model(struct lfads_config *config, const struct words *words,
                                      const char *command, struct lfads_error *err)
{
    char directory[PATH_MAX];

    if (words->count > 0) {
        place_directory(directory, words->word[0]);
        if (place_has(directory, lfads_config_get(config, "checkpoint_pb_load_name")))
            return cli_fail(err, LFADS_USAGE,
                            "%s is a file, and a model is named by its save directory: lfads %s "
                            "%s",
                            words->word[0], command, directory);
    }
    return cli_fail(err, LFADS_USAGE, "which model? lfads %s DIR names its save directory",
                    command);
}

enum lfads_status words_of_model(struct lfads_config *config, struct words *words,
                                 const char *command, bool takes_trials, struct lfads_error *err)
{
    enum lfads_status status = set_directory(config, words, err);

    if (status != LFADS_OK)
        return status;
    if (!lfads_config_is_given(config, "lfads_save_dir"))
        return refuse_model(config, words, command, err);
    if (!takes_trials && (words->count || lfads_config_is_given(config, "data_files")))
        return cli_fail(err, LFADS_USAGE,
                        "%s needs no data, and %.300s is a data file: leave it out", command,
                        words->count ? words->word[0] : lfads_config_get(config, "data_files"));
    if (words->count && lfads_config_is_given(config, "data_files"))
        return cli_fail(err, LFADS_USAGE,
                        "%s and --data_files=%.200s both name data files: leave one out",
                        words->word[0], lfads_config_get(config, "data_files"));
    return check_names(words, err);
}
