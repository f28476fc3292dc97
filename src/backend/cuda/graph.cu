/* graph.cu - steps as CUDA graphs, captured once and then launched as one; and branches within a
 * step.
 *
 * The first time a step runs under a key it is not captured: CUDA loads kernels, and cuBLAS selects
 * them, at first use, which some versions cannot do during a capture. The second time it is
 * captured. If a capture fails, or graphs would take too much of the device's memory, steps run
 * without capture: slower, with the same numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include <map>
#include <new>
#include <utility>

#include "backend/cuda/cuda.h"

enum {
    NODE_BYTES = 16 << 10, /* device memory of a graph's node, about */
    SHARE = 8              /* graphs may take 1/SHARE of the device's memory */
};

struct cuda_graph {
    cudaGraphExec_t executable; /* NULL: has run without capture */
    uint64_t launches;
};

struct cuda_graphs {
    std::map<std::pair<const void *, uint64_t>, cuda_graph> seen;
    uint64_t launches, max_launches; /* of all graphs; their limit */
    uint64_t launches_before;
    bool capture_failed; /* no further captures are tried */
};

bool cuda_graphs_open(struct cuda_context *c)
{
    size_t available = 0, total = 0;

    c->graphs = new (std::nothrow) cuda_graphs();
    if (!c->graphs) {
        cuda_fail(c, LFADS_NO_MEMORY, "no memory for its graphs");
        return false;
    }
    if (!cuda_check(c, cudaMemGetInfo(&available, &total)))
        return false;
    c->graphs->max_launches = total / SHARE / NODE_BYTES;
    return true;
}

void cuda_graphs_forget(struct cuda_context *c)
{
    for (const auto &[key, graph] : c->graphs->seen)
        if (graph.executable)
            cudaGraphExecDestroy(graph.executable);
    c->graphs->seen.clear();
    c->graphs->launches = 0;
}

void cuda_graphs_close(struct cuda_context *c)
{
    if (!c->graphs)
        return;
    cuda_graphs_forget(c);
    delete c->graphs;
}

static void launch(struct cuda_context *c, const cuda_graph &graph)
{
    c->launches += graph.launches;
    cuda_check(c, cudaGraphLaunch(graph.executable, c->branches[0].stream));
}

bool cuda_replay(SELF, const void *owner, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    auto found = c->graphs->seen.find({owner, key});

    if (found == c->graphs->seen.end() || !found->second.executable)
        return false;
    if (!c->failed)
        launch(c, found->second);
    return true;
}

/* Discards the error of a capture; an error of the device will show again. */
static void give_up(struct cuda_context *c)
{
    c->graphs->capture_failed = true;
    c->failed = false;
    c->launches = c->graphs->launches_before;
}

void cuda_record(SELF, const void *owner, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    struct cuda_graphs *graphs = c->graphs;
    bool first = graphs->seen.insert({{owner, key}, {NULL, 0}}).second;

    if (first || c->failed || graphs->capture_failed || graphs->launches >= graphs->max_launches)
        return;
    graphs->launches_before = c->launches;
    c->capturing =
        cuda_check(c, cudaStreamBeginCapture(c->branches[0].stream, cudaStreamCaptureModeRelaxed));
    if (!c->capturing)
        give_up(c);
}

bool cuda_recorded(SELF, const void *owner, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    struct cuda_graphs *graphs = c->graphs;
    cuda_graph captured = {NULL, 0};
    cudaGraph_t graph = NULL;

    cuda_join(self);
    if (!c->capturing)
        return true;
    c->capturing = false;
    c->operation = "recording a step";
    /* ends the capture even after an error: otherwise the stream would stay unusable */
    cudaError_t ended = cudaStreamEndCapture(c->branches[0].stream, &graph);

    if (!c->failed && cuda_check(c, ended))
        cuda_check(c, cudaGraphInstantiateWithFlags(&captured.executable, graph, 0));
    if (graph)
        cudaGraphDestroy(graph);
    cudaGetLastError();
    if (c->failed && c->error.status != LFADS_USAGE) {
        give_up(c);
        return false;
    }
    if (c->failed)
        return true;
    captured.launches = c->launches - graphs->launches_before;
    graphs->launches += captured.launches;
    graphs->seen[{owner, key}] = captured;
    c->launches = graphs->launches_before;
    launch(c, captured);
    return true;
}

/* All branches begin after the operations before the first fork. */
void cuda_fork(SELF, unsigned branch)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (branch >= MAX_BRANCHES)
        branch = 0;
    if (c->failed)
        return;
    if (!c->forked)
        cuda_check(c, cudaEventRecord(c->begun, c->branches[0].stream));
    c->forked = true;
    c->branch = branch;
    if (branch && !c->branches[branch].used) {
        c->branches[branch].used = true;
        cuda_check(c, cudaStreamWaitEvent(c->branches[branch].stream, c->begun, 0));
    }
}

/* Joins streams after an error, too: a capture can end only when its branches are joined. */
void cuda_join(SELF)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    for (unsigned i = 1; i < MAX_BRANCHES; i++) {
        struct cuda_branch *b = &c->branches[i];

        if (b->used) {
            cuda_check(c, cudaEventRecord(b->done, b->stream));
            cuda_check(c, cudaStreamWaitEvent(c->branches[0].stream, b->done, 0));
        }
        b->used = false;
    }
    c->forked = false;
    c->branch = 0;
}
