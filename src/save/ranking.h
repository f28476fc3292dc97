/* ranking.h - the file ranking.csv of a save directory that holds several trained models: its
 * members, the best first (tuning.md, "The directory"). An ensemble is made by it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_SAVE_RANKING_H
#define LFADS_SAVE_RANKING_H
#include "base/file.h"

/* The first part of the names of members' directories; a number follows. */
#define RANKING_MEMBERS "members/"

enum { RANKING_WORD = 64, RANKING_MOST = 4096 };

/* A member with a finite score. */
struct ranked {
    char directory[RANKING_WORD]; /* its save directory, inside that of the file */
    double score;                 /* the less the better */
    char index[RANKING_WORD];     /* its index file that stands for `checkpoint` (index.h) */
};

struct ranking {
    size_t count;      /* up to RANKING_MOST */
    struct ranked *of; /* [count] */
};

/* Replaces the file in DIRECTORY. */
enum lfads_status ranking_write(const char *directory, const struct ranking *ranking,
                                struct lfads_error *err);
/* Reads the file in DIRECTORY; ranking_release frees what RANKING holds, after a failure too. Fails
 * if there is none. */
enum lfads_status ranking_read(struct ranking *ranking, const char *directory,
                               struct lfads_error *err);
void ranking_release(struct ranking *ranking);
#endif
