/* graph.cu - steps as graphs: captured from the streams once, launched as one from then on; and
 * branches within a step.
 *
 * What is recorded under a key for the first time runs as it is, for CUDA loads kernels and cuBLAS
 * chooses its own when they are first used, which not all of its versions can do in a capture; the
 * second time it is captured.
 * SPDX-License-Identifier: Apache-2.0 */
#include <new>
#include <vector>

#include "backend/cuda/cuda.h"

enum { MOST_GRAPHS = 64 };

struct cuda_graph {
    uint64_t key, last_used, launches;
    cudaGraphExec_t executable; /* NULL: has run once, without being captured */
};

struct cuda_graphs {
    std::vector<cuda_graph> kept;
    uint64_t now, launches_before;
};

bool cuda_graphs_open(struct cuda_context *c)
{
    c->graphs = new (std::nothrow) cuda_graphs();
    if (!c->graphs) {
        cuda_fail(c, LFADS_NO_MEMORY, "no memory for its graphs");
        return false;
    }
    c->graphs->kept.reserve(MOST_GRAPHS);
    return true;
}

void cuda_graphs_forget(struct cuda_context *c)
{
    for (const cuda_graph &g : c->graphs->kept)
        if (g.executable)
            cudaGraphExecDestroy(g.executable);
    c->graphs->kept.clear();
}

void cuda_graphs_close(struct cuda_context *c)
{
    if (!c->graphs)
        return;
    cuda_graphs_forget(c);
    delete c->graphs;
}

static cuda_graph *find(struct cuda_graphs *graphs, uint64_t key)
{
    for (cuda_graph &g : graphs->kept)
        if (g.key == key)
            return &g;
    return NULL;
}

/* A place for KEY, in the room of the one not used for longest where all are taken. */
static cuda_graph *place_for(struct cuda_context *c, uint64_t key)
{
    struct cuda_graphs *graphs = c->graphs;
    cuda_graph *oldest;

    if (graphs->kept.size() < MOST_GRAPHS) {
        graphs->kept.push_back({});
        oldest = &graphs->kept.back();
    } else {
        oldest = &graphs->kept[0];
        for (cuda_graph &g : graphs->kept)
            if (g.last_used < oldest->last_used)
                oldest = &g;
        if (oldest->executable && cuda_check(c, cudaStreamSynchronize(c->branches[0].stream)))
            cudaGraphExecDestroy(oldest->executable);
    }
    *oldest = {key, ++graphs->now, 0, NULL};
    return oldest;
}

static void launch(struct cuda_context *c, cuda_graph *g)
{
    g->last_used = ++c->graphs->now;
    c->launches += g->launches;
    cuda_check(c, cudaGraphLaunch(g->executable, c->branches[0].stream));
}

bool cuda_replay(SELF, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cuda_graph *g = find(c->graphs, key);

    if (!g || !g->executable)
        return false;
    if (!c->failed)
        launch(c, g);
    return true;
}

void cuda_record(SELF, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (!find(c->graphs, key)) {
        place_for(c, key);
        return;
    }
    c->graphs->launches_before = c->launches;
    c->capturing =
        !c->failed &&
        cuda_check(c, cudaStreamBeginCapture(c->branches[0].stream, cudaStreamCaptureModeRelaxed));
}

void cuda_recorded(SELF, uint64_t key)
{
    struct cuda_context *c = cuda_begin(self, __func__);
    cuda_graph *g = find(c->graphs, key);
    cudaGraph_t graph = NULL;

    cuda_join(self);
    if (!c->capturing)
        return;
    c->capturing = false;
    c->operation = "recording a step";
    /* a capture is ended even after an error, or the stream could not be used any more */
    cudaError_t ended = cudaStreamEndCapture(c->branches[0].stream, &graph);

    if (!c->failed && cuda_check(c, ended) &&
        cuda_check(c, cudaGraphInstantiateWithFlags(&g->executable, graph, 0))) {
        g->launches = c->launches - c->graphs->launches_before;
        c->launches = c->graphs->launches_before;
        launch(c, g);
    }
    if (graph)
        cudaGraphDestroy(graph);
}

/* All branches begin after what was before the first fork. */
void cuda_fork(SELF, unsigned branch)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    if (branch >= MOST_BRANCHES)
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

/* Streams are joined after an error, too: a capture ends with all its branches. */
void cuda_join(SELF)
{
    struct cuda_context *c = cuda_begin(self, __func__);

    for (unsigned i = 1; i < MOST_BRANCHES; i++) {
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
