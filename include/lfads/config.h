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
 * the text, which is valid until the next call with CONFIG. */
LFADS_API const char *lfads_config_get(struct lfads_config *config, const char *name);

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
/* A flag. Texts belong to the library and live as long as the program. */
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
};
/* Returns how many flags there are. */
LFADS_API size_t lfads_flags_count(enum lfads_flags_of of);
/* Sets *OUT to flag number INDEX. Fails if there is none. */
LFADS_API LFADS_CHECKED enum lfads_status lfads_flags_get(struct lfads_flag *out,
                                                          enum lfads_flags_of of, size_t index,
                                                          struct lfads_error *err);

#ifdef __cplusplus
}
#endif
#endif
