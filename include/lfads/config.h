/* config.h - the flags of a run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_H
#define LFADS_CONFIG_H
#include <lfads/common.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- configuration: the flags of a run ------------------------------------------------------ */
struct lfads_config;
/* Creates a configuration with all flags at their defaults. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_create(struct lfads_config **out,
                                                              struct lfads_error *err);
LFADS_API void lfads_config_free(struct lfads_config *config);
/* Sets flag NAME from text, as the command line does (docs/flags.md lists the flags). Fails if
 * there is no such flag or it does not take the value; CONFIG is then unchanged. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_set(struct lfads_config *config,
                                                           const char *name, const char *value,
                                                           struct lfads_error *err);
/* Returns the flag's value as text; NULL if there is no such flag or CONFIG is NULL. CONFIG owns
 * the text: a text flag's is valid until the flag is set, another's until the next call with
 * CONFIG.
 */
LFADS_API const char *lfads_config_get(struct lfads_config *config, const char *name);
/* Returns whether flag NAME was set, to whatever value. What was not set is, for a save directory
 * that exists, what its checkpoint remembers. */
LFADS_API bool lfads_config_is_given(const struct lfads_config *config, const char *name);
/* Changes the default of flag NAME in CONFIG: does nothing if the flag was set, and it counts as
 * not set afterwards. Fails as lfads_config_set does. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_set_default(struct lfads_config *config,
                                                                   const char *name,
                                                                   const char *value,
                                                                   struct lfads_error *err);
/* Sets flag data_files to the COUNT paths of FILES, which may have any characters. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_set_files(struct lfads_config *config,
                                                                 const char *const *files,
                                                                 size_t count,
                                                                 struct lfads_error *err);
/* Writes path number INDEX of flag data_files to PATH of SIZE bytes, which may be NULL if SIZE is
 * 0. Returns the path's length without the NUL, however much of it was written; 0 if there is none.
 */
LFADS_API size_t lfads_config_get_file(char *path, size_t size, const struct lfads_config *config,
                                       size_t index);
/* Fails if flags contradict each other, as far as it shows without data and checkpoint. The calls
 * that take CONFIG check it, too. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_config_check(const struct lfads_config *config,
                                                             struct lfads_error *err);

/* ---- flags as data --------------------------------------------------------------------------- */
/* Whose flags: of runs (lfads_config), and what tunings, made data and recordings have beside. */
enum lfads_flags_of {
    LFADS_FLAGS_RUN = 0,
    LFADS_FLAGS_TUNE = 1,
    LFADS_FLAGS_SYNTH = 2,
    LFADS_FLAGS_PREPARE = 3
};
enum lfads_flag_type {
    LFADS_FLAG_TEXT = 0,
    LFADS_FLAG_TRUTH = 1, /* true or false */
    LFADS_FLAG_INTEGER = 2,
    LFADS_FLAG_REAL = 3
};
/* A flag. Texts belong to the library and live as long as the program. A program can have flags of
 * its own beside them: lfads_flag_read reads their values, too. */
struct lfads_flag {
    size_t size; /* set by the caller: sizeof(struct lfads_flag) */
    const char *name;
    enum lfads_flag_type type;
    const char *group;    /* "data", "model", "training", "run" (what to do now), "search" */
    const char *standard; /* the default, as text */
    const char *choices;  /* of a text: "a|b"; "": any text */
    double min, max;      /* of a number */
    bool is_open;         /* a real must be above min, not equal to it */
    const char *help;
    bool takes_all;      /* an integer takes "all", too, which is its default */
    bool is_of_original; /* the default is for programs that are called as the original's script
                            was (run_lfads); for others the flag has none */
};
/* Returns how many flags there are. */
LFADS_API size_t lfads_flags_count(enum lfads_flags_of of);
/* Sets *OUT to flag number INDEX. Fails if there is none. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_flags_get(struct lfads_flag *out,
                                                          enum lfads_flags_of of, size_t index,
                                                          struct lfads_error *err);
/* Writes the value of FLAG that TEXT means, in its one spelling, to VALUE of SIZE bytes: "true",
 * "8", "0.1", one of the choices; a text as it is. At most 4095 bytes are a value. Fails if FLAG
 * does not take TEXT, or if VALUE is too small. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_flag_read(char *value, size_t size,
                                                          const struct lfads_flag *flag,
                                                          const char *text,
                                                          struct lfads_error *err);
/* Writes which values FLAG takes, as errors say it, to TEXT of SIZE bytes: "an integer from 1 to
 * 5".
 */
LFADS_API LFADS_CHECKED enum lfads_status
lfads_flag_range(char *text, size_t size, const struct lfads_flag *flag, struct lfads_error *err);
/* Returns which of the COUNT NAMES a misspelt WORD most likely means, for a message; NULL if none
 * is similar. Sets *EDITS, which may be NULL, to how far it is from WORD: characters to insert,
 * delete or replace, and less if the name has WORD in it. */
LFADS_API const char *lfads_nearest(const char *word, const char *const *names, size_t count,
                                    size_t *edits);

#ifdef __cplusplus
}
#endif
#endif
