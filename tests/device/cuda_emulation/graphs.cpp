/* graphs.cpp - emulated streams, which run operations immediately, and graphs captured from them.
 *
 * Of the nodes that may run next, a replay runs the one captured last. This order differs from that
 * of the capture, so that a missing edge changes the results. SPDX-License-Identifier: Apache-2.0
 */
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
    std::vector<std::function<void()>> works; /* in the order of execution */
};
struct emulated_stream {
    emulated_graph *graph = nullptr; /* that it captures, or null */
    std::vector<size_t> last;        /* nodes that precede its next one */
};
struct emulated_event {
    emulated_graph *graph = nullptr;
    std::vector<size_t> after;
};

static std::set<emulated_stream *> streams;
static size_t executables;

static void append(std::vector<size_t> *list, const std::vector<size_t> &nodes)
{
    for (size_t n : nodes)
        if (std::find(list->begin(), list->end(), n) == list->end())
            list->push_back(n);
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

/* Marks LAST and all nodes that precede it. */
static void mark(const emulated_graph &graph, const std::vector<size_t> &last,
                 std::vector<bool> *marked)
{
    std::vector<size_t> pending = last;

    while (!pending.empty()) {
        size_t n = pending.back();

        pending.pop_back();
        if ((*marked)[n])
            continue;
        (*marked)[n] = true;
        pending.insert(pending.end(), graph.nodes[n].after.begin(), graph.nodes[n].after.end());
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
    std::vector<std::vector<size_t>> followers(count);

    *executable = new emulated_executable;
    executables++;
    for (size_t n = 0; n < count; n++) {
        waits[n] = graph->nodes[n].after.size();
        for (size_t m : graph->nodes[n].after)
            followers[m].push_back(n);
        if (!waits[n])
            ready.push_back(n);
    }
    while (!ready.empty()) {
        auto next = std::max_element(ready.begin(), ready.end());
        size_t n = *next;

        ready.erase(next);
        (*executable)->works.push_back(graph->nodes[n].work);
        for (size_t m : followers[n])
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
