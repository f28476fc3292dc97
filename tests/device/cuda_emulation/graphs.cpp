/* graphs.cpp - emulated streams, which run at once, and the graphs captured from them.
 *
 * A replayed graph takes of the nodes that may run next the one captured last: other than when the
 * operations were captured, so that an edge that is missing shows.
 * SPDX-License-Identifier: Apache-2.0 */
#include <algorithm>
#include <set>
#include <vector>

#include "cuda_runtime.h"
#include "device.h"
#include "emulation.h"

struct node {
    std::function<void()> work;
    std::vector<size_t> after;
};
struct emulated_graph {
    std::vector<node> nodes;
    emulated_stream *origin = nullptr;
};
struct emulated_executable {
    std::vector<std::function<void()>> works; /* in the order they run in */
};
struct emulated_stream {
    emulated_graph *graph = nullptr; /* what it captures */
    std::vector<size_t> last;        /* nodes that its next one comes after */
};
struct emulated_event {
    emulated_graph *graph = nullptr;
    std::vector<size_t> after;
};

static std::set<emulated_stream *> streams;
static size_t executables;

static void append(std::vector<size_t> *to, const std::vector<size_t> &nodes)
{
    for (size_t n : nodes)
        if (std::find(to->begin(), to->end(), n) == to->end())
            to->push_back(n);
}

bool emulation::capturing()
{
    return std::any_of(streams.begin(), streams.end(), [](auto *s) { return s->graph; });
}

cudaError_t emulation::submit(cudaStream_t stream, std::function<void()> work)
{
    if (!stream->graph) {
        emulation::access access;

        work();
        return cudaSuccess;
    }
    stream->graph->nodes.push_back({std::move(work), stream->last});
    stream->last = {stream->graph->nodes.size() - 1};
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
    streams.insert(*stream = new emulated_stream);
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    streams.erase(stream);
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    return stream->graph ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    if (!event->graph)
        return stream->graph ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
    if (stream->graph && stream->graph != event->graph)
        return cudaErrorStreamCaptureUnsupported;
    stream->graph = event->graph;
    append(&stream->last, event->after);
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    *event = new emulated_event;
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    event->graph = stream->graph;
    event->after = stream->last;
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    return event->graph ? cudaErrorStreamCaptureUnsupported : cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode)
{
    if (stream->graph)
        return cudaErrorStreamCaptureUnsupported;
    stream->graph = new emulated_graph;
    stream->graph->origin = stream;
    stream->last.clear();
    return cudaSuccess;
}

/* Marks the nodes that LAST come after, and LAST. */
static void mark(const emulated_graph &graph, const std::vector<size_t> &last,
                 std::vector<bool> *marked)
{
    std::vector<size_t> todo = last;

    while (!todo.empty()) {
        size_t n = todo.back();

        todo.pop_back();
        if ((*marked)[n])
            continue;
        (*marked)[n] = true;
        todo.insert(todo.end(), graph.nodes[n].after.begin(), graph.nodes[n].after.end());
    }
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph)
{
    emulated_graph *captured = stream->graph;

    *graph = nullptr;
    if (!captured || captured->origin != stream)
        return cudaErrorStreamCaptureInvalidated;
    std::vector<bool> joined(captured->nodes.size());

    mark(*captured, stream->last, &joined);
    for (emulated_stream *s : streams)
        if (s->graph == captured) {
            s->graph = nullptr;
            s->last.clear();
        }
    if (std::find(joined.begin(), joined.end(), false) != joined.end()) {
        delete captured;
        return cudaErrorStreamCaptureUnjoined;
    }
    *graph = captured;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *executable, cudaGraph_t graph,
                                          unsigned long long)
{
    size_t count = graph->nodes.size();
    std::vector<size_t> waits(count), ready;
    std::vector<std::vector<size_t>> before(count);

    *executable = new emulated_executable;
    executables++;
    for (size_t n = 0; n < count; n++) {
        waits[n] = graph->nodes[n].after.size();
        for (size_t m : graph->nodes[n].after)
            before[m].push_back(n);
        if (!waits[n])
            ready.push_back(n);
    }
    while (!ready.empty()) {
        auto next = std::max_element(ready.begin(), ready.end());
        size_t n = *next;

        ready.erase(next);
        (*executable)->works.push_back(graph->nodes[n].work);
        for (size_t m : before[n])
            if (--waits[m] == 0)
                ready.push_back(m);
    }
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream)
{
    if (stream->graph)
        return cudaErrorStreamCaptureUnsupported;
    for (const auto &work : executable->works) {
        emulation::access access;

        work();
    }
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable)
{
    executables--;
    delete executable;
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    return cudaSuccess;
}

size_t emulation_graphs(void) { return executables; }
