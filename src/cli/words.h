/* words.h - the words of a command line that are no flags: a save directory, data files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CLI_WORDS_H
#define LFADS_CLI_WORDS_H
#include <lfads/lfads.h>
#include <limits.h>

/* Words as they came, which belong to the command line. All zero: none. */
struct words {
    const char **word; /* [count] */
    size_t count;
};

/* Adds WORD, which stays the caller's. words_release frees WORDS. */
enum lfads_status words_add(struct words *words, const char *word, struct lfads_error *err);
void words_release(struct words *words);
/* Moves the directory among WORDS to DIRECTORY, which is "" if there is none. Fails if there are
 * two, and for a word that names neither a directory nor a file. */
enum lfads_status words_take_directory(char directory[PATH_MAX], struct words *words,
                                       struct lfads_error *err);

/* Sets the flags that WORDS of the command of this name, which trains, stand for: save directory
 * and data files. Without a save directory there is a new one beside the data; *IS_NEW says so.
 * Fails if there are no data, unless the save directory has a file TRACE, where the command goes
 * on. */
enum lfads_status words_of_training(struct lfads_config *config, struct words *words,
                                    const char *command, const char *trace, bool *is_new,
                                    struct lfads_error *err);
/* Sets the save directory of the command of this name, which works on a trained model. The words
 * that are left are files of new trials, if it takes them. */
enum lfads_status words_of_model(struct lfads_config *config, struct words *words,
                                 const char *command, bool takes_trials, struct lfads_error *err);
#endif
