/* mpi_module.h - what the module for MPI offers, and the only function that it exports.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_RANKS_MPI_MODULE_H
#define LFADS_RANKS_MPI_MODULE_H
#include "ranks/ranks.h"

enum { MPI_MODULE_VERSION = 2 }; /* raised by any change of this file or ranks.h */

struct mpi_module {
    int version; /* MPI_MODULE_VERSION of the module's build */
    /* Starts MPI; a process does so once. On success *OUT's leave ends MPI and frees it. Fails if
     * the process has MPI already. */
    enum lfads_status (*join)(struct lfads_ranks **out, struct lfads_error *err);
};

const struct mpi_module *lfads_mpi_module(void);
#endif
