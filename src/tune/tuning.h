/* tuning.h - struct tuning, what the files of this folder work on: a population and its base run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TUNE_TUNING_H
#define LFADS_TUNE_TUNING_H
#include "train/null_model.h"
#include "tune/population.h"
#include "tune/settings.h"

/* The files of flags from which a tuning, or a training of several seeds, goes on. */
#define TUNING_FLAGS "tuning.txt"
#define SEEDS_FLAGS "seeds.txt"

struct tuning {
    const struct lfads_callbacks *callbacks;
    const char *directory;    /* lfads_save_dir */
    bool seeds;               /* members differ in their seeds alone (lfads train --seeds) */
    struct run *base;         /* data, backend and completed flags, which members share */
    bool given[CONFIG_FLAGS]; /* flags that the user gave */
    struct lfads_tune_config *tune;
    struct settings settings;
    struct space space;
    struct population population;
    struct null_model null; /* for bits per spike */
    bool has_null;
    char csv[FILE_PATH]; /* population.csv */
    double epochs_done;  /* of all members, in this call */
    double drew;         /* when the figure was drawn; 0: not yet */
    double began;        /* time of the clock */
    bool said_time;      /* how long it will take */
    bool said_memory;    /* that memory holds few members at a time */
};

/* Passes a line to the caller (printf form). */
void tuning_say(const struct tuning *tuning, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- tune.c ---- */

/* Does what lfads_tune does; SEEDS: what lfads_train does for several seeds. */
enum lfads_status tuning_run(const struct lfads_config *config,
                             const struct lfads_tune_config *tune_config, bool seeds,
                             const struct lfads_callbacks *callbacks, struct lfads_error *err);

/* ---- seeds.c ---- */

/* Returns the seed of MEMBER's training: not negative as an int64_t. */
uint64_t tuning_seed(const struct tuning *tuning, size_t member);
/* Says the scores of the members ORDER [count], and how many have none. */
void seeds_report(const struct tuning *tuning, const size_t *order, size_t count);

/* ---- evolve.c ---- */

/* Runs from where population.csv stands to the end, with the best model on top after every
 * generation. */
enum lfads_status evolve(struct tuning *tuning, struct lfads_error *err);

/* Returns the epochs that MEMBER has at the end of GENERATION, which has begun. */
int64_t tuning_epochs(const struct tuning *tuning, size_t generation, size_t member);

/* ---- picture.c ---- */

/* Writes population.png; BEST is the best member of the last generation that is done. */
enum lfads_status tuning_draw(const struct tuning *tuning, size_t best, struct lfads_error *err);

/* ---- lineage.c ---- */

/* Writes the table of costs on top: of member BEST and its ancestors. */
enum lfads_status tuning_write_costs(const struct tuning *tuning, size_t best,
                                     struct lfads_error *err);

/* ---- ranked.c ---- */

/* Writes ranking.csv: the members ORDER [count], the best first. */
enum lfads_status tuning_write_ranking(const struct tuning *tuning, const size_t *order,
                                       size_t count, struct lfads_error *err);

/* ---- member.c ---- */

enum { MEMBER_NAME = 40 };

/* Sets NAME to that of MEMBER's save directory in the tuning's. */
void member_name(char name[MEMBER_NAME], size_t member);
/* Whether the checkpoint of lowest validation cost stands for a member, as after random search. */
bool member_is_its_best(const struct tuning *tuning);
/* Sets PATH to the save directory of MEMBER. */
enum lfads_status member_directory(char path[FILE_PATH], const struct tuning *tuning, size_t member,
                                   struct lfads_error *err);

/* Trains MEMBER to the end of the generation in progress, on THREADS threads, with CALLBACKS;
 * continues from its checkpoint. Fails with LFADS_NUMERIC if a cost is not finite. */
enum lfads_status member_train(const struct tuning *tuning, size_t member, size_t threads,
                               const struct lfads_callbacks *callbacks, struct lfads_error *err);
/* Sets *STEP to that of the member's latest checkpoint, as this machine sees it; -1: there is none.
 */
enum lfads_status member_step(int64_t *step, const struct tuning *tuning, size_t member,
                              struct lfads_error *err);
/* Waits until this machine sees the member's checkpoint of STEP or a later one, which another
 * machine may have written. Fails if it does not come. */
enum lfads_status member_await(const struct tuning *tuning, size_t member, int64_t step,
                               struct lfads_error *err);
/* Sets SCORES from the member's checkpoint. */
enum lfads_status member_measure(struct scores *scores, const struct tuning *tuning, size_t member,
                                 struct lfads_error *err);
/* Gives MEMBER the state that PARENT has at the end of the last generation that is done. May be
 * repeated until training goes on. */
enum lfads_status member_copy(const struct tuning *tuning, size_t member, size_t parent,
                              struct lfads_error *err);
/* Puts the member's model into the tuning's directory, as an ordinary save directory. */
enum lfads_status member_put_on_top(const struct tuning *tuning, size_t member,
                                    struct lfads_error *err);

/* ---- generation.c ---- */

/* Trains all members to the end of the generation in progress, side by side in processes of their
 * own; on a device one after another; where several processes were started together, in these. Sets
 * lost[m] for members whose training failed numerically. Fails with LFADS_INTERRUPTED if the caller
 * wants to stop; all members have saved their state. */
enum lfads_status generation_train(struct tuning *tuning, bool *lost, struct lfads_error *err);

/* ---- generation_ranks.c ---- */

/* For all processes but process 0: trains members that process 0 gives out, until it has no more.
 * What the members are copied from and end with are files, which all machines share. */
enum lfads_status generation_serve(struct tuning *tuning, struct lfads_error *err);
/* For process 0: ends generation_serve in all others. */
enum lfads_status generation_dismiss(const struct tuning *tuning, struct lfads_error *err);
#endif
