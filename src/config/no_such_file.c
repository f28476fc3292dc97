/* no_such_file.c - explains a word of the command line that names no file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "config/no_such_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/entry.h"
#include "base/path.h"
#include "config/config.h"
#include "config/nearest.h"

/* The characters at which WORD goes on behind a dash that is not the one of flags: those from
 * U+2010 to U+2015 and U+2212, as text editors and web pages have them; NULL without one. */
static const char *behind_other_dash(const char *word)
{
    const char *at = word;

    while ((strncmp(at, "\xE2\x80", 2) == 0 && at[2] >= '\x90' && at[2] <= '\x95') ||
           strncmp(at, "\xE2\x88\x92", 3) == 0)
        at += 3;
    return at == word ? NULL : at + strspn(at, "-");
}

/* Whether WORD is NAME in another case, perhaps without its ending. */
static bool is_but_for_ending(const char *word, const char *name)
{
    size_t length = strlen(word);

    return strncasecmp(word, name, length) == 0 && (!name[length] || name[length] == '.');
}

/* A word, and how far the best name is from it. */
struct search {
    const char *word;
    size_t distance;
};

/* Whether NAME is the word but for case, or similar to it, and more so than BEST; of names that are
 * so alike, the first in the order of bytes. */
static bool is_more_similar(void *what, const char *name, const char *best)
{
    struct search *search = what;
    struct nearest nearest = nearest_begin(search->word);
    size_t distance;

    nearest_try(&nearest, name);
    if (is_but_for_ending(search->word, name))
        distance = 0;
    else if (nearest.name)
        distance = nearest.distance;
    else
        return false;
    if (distance > search->distance ||
        (distance == search->distance && *best && strcmp(name, best) > 0))
        return false;
    search->distance = distance;
    return true;
}

/* Fails with the name of a similar file, if there is one. */
static enum lfads_status suggest(const char *word, struct lfads_error *err)
{
    char directory[FILE_PATH], name[FILE_PATH];
    const char *last = path_name(word);
    struct search search = {last, strlen(last) / 4 + 2};

    path_directory(directory, word);
    if (!*last || !entry_choose(name, directory, is_more_similar, &search))
        return lfads_fail(err, LFADS_USAGE,
                          "\"%s\" is no flag, which begins with --, and there is no file or "
                          "directory of that name",
                          word);
    return lfads_fail(err, LFADS_USAGE,
                      "there is no file or directory \"%s\"; did you mean \"%.*s%s\"?", word,
                      (int)(last - word), word, name);
}

enum lfads_status no_such_file(const char *word, struct lfads_error *err)
{
    const char *flag = behind_other_dash(word);
    size_t length = strlen(word);
    char without[FILE_PATH];
    struct stat info;

    if (flag)
        return lfads_fail(err, LFADS_USAGE,
                          "\"%s\" begins with another character than the dash of flags: type --%s",
                          word, flag);
    if (stat(word, &info) < 0 && (errno == EACCES || errno == ENAMETOOLONG || errno == ELOOP))
        return lfads_fail(err, LFADS_USAGE, "can't read %.300s: %s", word, strerror(errno));
    if (length > 1 && length < FILE_PATH && word[length - 1] == '/') {
        snprintf(without, sizeof without, "%.*s", (int)length - 1, word);
        if (file_exists(without))
            return lfads_fail(err, LFADS_USAGE,
                              "%s is a file, and %s ends like a directory: "
                              "leave the slash out",
                              without, word);
    }
    if (strstr(path_name(word), ".ckpt-"))
        return lfads_fail(
            err, LFADS_USAGE,
            "there is no file \"%s\"; a model is named by its save directory, not by a "
            "checkpoint",
            word);
    if (strstr(word, "://"))
        return lfads_fail(err, LFADS_USAGE,
                          "\"%s\" is an address, and files are read from this machine only: "
                          "download it, and give its path",
                          word);
    length = strcspn(word, "=");
    if (word[length] && length < sizeof without) {
        snprintf(without, sizeof without, "%.*s", (int)length, word);
        if (flag_find(config_table(), without) >= 0)
            return lfads_fail(err, LFADS_USAGE,
                              "there is no file or directory \"%s\"; did you mean --%s?", word,
                              word);
    }
    if (strpbrk(word, "*?["))
        return lfads_fail(err, LFADS_USAGE, "no name of a file matches \"%s\"", word);
    return suggest(word, err);
}

/* Whether NAME ends as data files do, and comes before BEST. */
static bool is_earlier_data(void *what, const char *name, const char *best)
{
    static const char *const endings[] = {".h5", ".hdf5", ".hdf", ".mat"};
    const char *ending = strrchr(name, '.');

    (void)what;
    for (size_t i = 0; ending && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return !*best || strcmp(name, best) < 0;
    return false;
}

bool no_such_file_but(char path[FILE_PATH], const char *directory)
{
    char name[FILE_PATH];

    return entry_choose(name, directory, is_earlier_data, NULL) &&
           file_join(path, directory, name, NULL) == LFADS_OK;
}
