/* join.c - whether mpirun or srun has started this process together with others; then the module
 * for MPI is loaded. The functions of the public header on several processes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/module.h"
#include "ranks/mpi_module.h"

enum { PATH_SIZE = 4096 };

/* Returns the number that VARIABLE of the environment holds; 0 if it holds none. */
static size_t number_in(const char *variable)
{
    const char *text = getenv(variable);

    return text && *text >= '0' && *text <= '9' ? strtoul(text, NULL, 10) : 0;
}

/* What the environment says of those that were started together. */
struct launch {
    size_t count; /* 1: this process is alone */
    const char *by;
    bool has_mpi; /* who started them serves MPI */
};

static struct launch find_launch(void)
{
    const char *alone = getenv("LFADS_ALONE");
    size_t open_mpi = number_in("OMPI_COMM_WORLD_SIZE"), pmi = number_in("PMI_SIZE");
    size_t slurm = number_in("SLURM_STEP_NUM_TASKS");

    if (alone && *alone)
        return (struct launch){1, "", false};
    if (open_mpi)
        return (struct launch){open_mpi, "mpirun", true};
    if (pmi)
        return (struct launch){pmi, slurm ? "srun" : "mpirun", true};
    if (slurm)
        return (struct launch){slurm, "srun", getenv("PMIX_RANK") != NULL};
    return (struct launch){1, "", false};
}

static enum lfads_status load(const struct mpi_module **module, const struct launch *launch,
                              struct lfads_error *err)
{
    const struct mpi_module *(*open_module)(void);
    char path[PATH_SIZE];
    void *library;

    if (!module_find(path, sizeof path, "lfads_mpi.so", "LFADS_MPI_MODULE"))
        return lfads_fail(err, LFADS_USAGE,
                          "%s has started %zu processes, and this installation has no "
                          "lfads_mpi.so: build it with Open MPI (docs/tuning.md), or start one "
                          "process",
                          launch->by, launch->count);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library)
        return lfads_fail(err, LFADS_USAGE,
                          "%s has started %zu processes, and MPI can't be loaded: %.500s",
                          launch->by, launch->count, dlerror());
    *(void **)&open_module = dlsym(library, "lfads_mpi_module");
    *module = open_module ? open_module() : NULL;
    if (!*module || (*module)->version != MPI_MODULE_VERSION)
        return lfads_fail(err, LFADS_USAGE, "%s belongs to another version of this program", path);
    return LFADS_OK;
}

enum lfads_status lfads_ranks_join(struct lfads_ranks **out, struct lfads_error *err)
{
    const struct launch launch = find_launch();
    const struct mpi_module *module;
    enum lfads_status status;

    if (!out)
        return lfads_fail_null(err, "lfads_ranks_join", "out");
    *out = NULL;
    if (launch.count < 2)
        return LFADS_OK;
    if (!launch.has_mpi)
        return lfads_fail(err, LFADS_USAGE,
                          "srun has started %zu processes without MPI: start them by srun "
                          "--mpi=pmix, or set LFADS_ALONE=1 if each is to work alone",
                          launch.count);
    status = load(&module, &launch, err);
    if (status == LFADS_OK)
        status = module->join(out, err);
    if (status != LFADS_OK || (*out)->count == launch.count)
        return status;
    status = lfads_fail(err, LFADS_USAGE,
                        "%s has started %zu processes, and the MPI that lfads_mpi.so was built "
                        "with finds %zu: start them by its own mpirun, or by srun --mpi=pmix",
                        launch.by, launch.count, (*out)->count);
    (*out)->leave(*out);
    *out = NULL;
    return status;
}

void lfads_ranks_leave(struct lfads_ranks *ranks)
{
    if (ranks)
        ranks->leave(ranks);
}

size_t lfads_ranks_number(const struct lfads_ranks *ranks) { return ranks ? ranks->number : 0; }

size_t lfads_ranks_count(const struct lfads_ranks *ranks) { return ranks ? ranks->count : 1; }

enum lfads_status lfads_ranks_agree(struct lfads_ranks *ranks, enum lfads_status status,
                                    struct lfads_error *err)
{
    return ranks ? ranks_agree(ranks, status, NULL, err) : status;
}
