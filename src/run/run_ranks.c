/* run_ranks.c - opens a run in several processes: all succeed or none, with the same seed, and none
 * goes on if they do not see the same (tuning.md, "On a cluster").
 * SPDX-License-Identifier: Apache-2.0 */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/cpu/cpu.h"
#include "base/sizes.h"
#include "base/workers.h"
#include "data/dataset_offer.h"
#include "run/run_private.h"

enum { SEEN_PROGRAM, SEEN_PROCESSOR, SEEN_FLAGS, SEEN_DATA, SEEN_CHECKPOINT, SEEN };

static uint64_t sum_of(uint64_t sum, const char *text)
{
    return libdeflate_crc32((uint32_t)sum, text, strlen(text) + 1);
}

/* A checksum of the flags that results depend on. */
static uint64_t sum_of_flags(const struct lfads_config *config)
{
    const struct flag_table *table = config_table();
    uint64_t sum = 0;

    for (size_t i = 0; i < table->count; i++) {
        const struct flag *flag = &table->flags[i];
        char number[64];

        if (flag->group == FLAG_RUN)
            continue;
        sum = sum_of(sum, flag_value(number, sizeof number, config, flag));
    }
    return sum;
}

static uint64_t sum_of_data(const struct dataset *dataset)
{
    uint64_t sum = dataset->count;

    for (size_t i = 0; i < dataset->count; i++) {
        const struct session *s = dataset->sessions[i];
        char text[100];

        snprintf(text, sizeof text, "%zu %zu %u %u", s->set[SESSION_TRAIN].count,
                 s->set[SESSION_VALID].count, s->set[SESSION_TRAIN].checksum,
                 s->set[SESSION_VALID].checksum);
        sum = sum_of(sum_of(sum, s->name), text);
    }
    return sum;
}

/* Fails if the processes do not see the same. */
static enum lfads_status compare(const struct run *p, struct lfads_error *err)
{
    static const char *const words[SEEN][2] = {
        [SEEN_PROGRAM] = {"versions of the program", "install the same everywhere"},
        [SEEN_PROCESSOR] = {"processors or devices, which do not give the same bits",
                            "take machines of one kind"},
        [SEEN_FLAGS] = {"flags in the checkpoint that --lfads_save_dir has for each of them",
                        "take a directory that all machines share"},
        [SEEN_DATA] = {"data", "take files that all machines share"},
        [SEEN_CHECKPOINT] = {"checkpoints in --lfads_save_dir",
                             "take a directory that all machines share"}};
    uint64_t seen[SEEN] = {[SEEN_PROGRAM] = sum_of(0, lfads_version()),
                           [SEEN_PROCESSOR] = sum_of(sum_of(0, p->be->name), cpu_instruction_set()),
                           [SEEN_FLAGS] = sum_of_flags(p->config),
                           [SEEN_DATA] = sum_of_data(p->dataset),
                           [SEEN_CHECKPOINT] =
                               *p->checkpoint_path ? (uint64_t)p->checkpoint.step + 1 : 0};
    bool same[SEEN];
    enum lfads_status status = ranks_compare(p->ranks, same, seen, SEEN, err);

    for (int i = 0; i < SEEN && status == LFADS_OK; i++)
        if (!same[i])
            status = lfads_fail(err, LFADS_USAGE,
                                "the %zu processes that were started together have different %s: "
                                "%s",
                                p->ranks->count, words[i][0], words[i][1]);
    return status;
}

/* Gives each process the offer of the one that has read the data on its machine. */
static enum lfads_status exchange_offers(struct dataset_offer *offer, struct lfads_ranks *ranks,
                                         struct lfads_error *err)
{
    struct dataset_offer *offers = calloc(ranks->count, sizeof *offers);
    size_t *offsets = calloc(ranks->count + 1, sizeof *offsets);
    enum lfads_status status = ranks_agree(
        ranks,
        offers && offsets ? LFADS_OK
                          : lfads_fail(err, LFADS_NO_MEMORY, "no memory to share the data"),
        NULL, err);

    if (status == LFADS_OK && offers && offsets) {
        for (size_t i = 0; i < ranks->count; i++)
            offsets[i + 1] = offsets[i] + sizeof *offers;
        offers[ranks->number] = *offer;
        status = ranks->gather(ranks, offers, offsets, err);
        *offer = offers[ranks->first];
    }
    free(offers);
    free(offsets);
    return status;
}

/* Has the other processes of a machine attach to what its first has read with MEMORY. Sets *WHY to
 * LFADS_OK or to why one of all can't. */
static enum lfads_status share_data(struct run *p, struct shared_memory *memory,
                                    struct lfads_error *why, struct lfads_error *err)
{
    struct dataset_offer offer = {.program = 0};
    const bool lone = p->ranks->beside == 1, reads = p->ranks->first == p->ranks->number;
    enum lfads_status status, own = LFADS_OK;

    if (reads && !lone)
        own = dataset_offer(&offer, p->dataset, memory, why);
    status = exchange_offers(&offer, p->ranks, err);
    if (status == LFADS_OK && !reads && offer.program)
        own = dataset_attach(&p->dataset, &offer, why);
    if (status == LFADS_OK)
        why->status = ranks_agree(p->ranks, own, NULL, why);
    return status;
}

enum lfads_status run_open_data_together(struct run *run, struct lfads_error *err)
{
    struct run *p = run;
    struct shared_memory memory;
    struct lfads_error why = {.status = LFADS_OK};
    enum lfads_status status = LFADS_OK;

    if (p->ranks->count == 1)
        return run_open_data(p, NULL, err);
    shared_memory_begin(&memory);
    if (p->ranks->first == p->ranks->number)
        status = run_open_data(p, p->ranks->beside > 1 ? &memory : NULL, err);
    status = ranks_agree(p->ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = share_data(p, &memory, &why, err);
    shared_memory_end(&memory);
    if (status == LFADS_OK && why.status != LFADS_OK)
        run_line(p, "Processes of one machine keep a copy of the data each: %s", why.text);
    if (status == LFADS_OK && !p->dataset)
        status = run_open_data(p, NULL, err);
    return status;
}

enum lfads_status run_open_together(struct run *run, enum lfads_status status,
                                    struct lfads_error *err)
{
    struct run *p = run;

    if (p->ranks->count == 1)
        return status;
    status = ranks_agree(p->ranks, status, NULL, err);
    if (status == LFADS_OK)
        status = p->ranks->broadcast(p->ranks, &p->seed, sizeof p->seed, 0, err);
    if (status != LFADS_OK)
        return status;
    p->config->seed = (int64_t)p->seed;
    return compare(p, err);
}

/* mpirun or srun may have given each process some of the machine's cores; where all see all, they
 * share them. */
size_t run_threads(const struct run *run)
{
    size_t cores = workers_available(), all = (size_t)sysconf(_SC_NPROCESSORS_ONLN);

    if (run->config->threads)
        return (size_t)run->config->threads;
    return cores < all ? cores : size_max(cores / run->ranks->beside, 1);
}
