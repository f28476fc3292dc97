/* dataset_offer.h - one process of a machine reads a data set; others take it from there, without
 * a copy of its trials.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_DATA_DATASET_OFFER_H
#define LFADS_DATA_DATASET_OFFER_H
#include "data/dataset.h"

/* What another process needs to attach to a data set; it has no pointers. */
struct dataset_offer {
    uint64_t program;          /* a checksum of the program that made it; 0: there is no offer */
    struct shared_file memory; /* in which the data set is described */
    uint64_t offset, bytes;    /* of the description */
};

/* Sets *OFFER to an offer of DATASET, which was read with storage_limits.shared = MEMORY. It holds
 * until MEMORY ends or DATASET is closed. Fails if the system has refused shared memory. */
enum lfads_status dataset_offer(struct dataset_offer *offer, const struct dataset *dataset,
                                struct shared_memory *memory, struct lfads_error *err);
/* Attaches to the data set that OFFER, of a process of this machine, describes. Its
 * sessions have what models need of them, but neither keys nor names of kept arrays, which serve
 * messages and results. On success the caller frees *OUT with dataset_close; it outlives what it is
 * attached to. Fails if the process can't see the memory or is of another program. */
enum lfads_status dataset_attach(struct dataset **out, const struct dataset_offer *offer,
                                 struct lfads_error *err);
#endif
