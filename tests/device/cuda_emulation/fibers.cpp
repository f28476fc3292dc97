/* fibers.cpp - runs a block's threads as separate contexts on one thread of the processor.
 *
 * A fiber runs one thread of the block after another. If a thread waits, it keeps its fiber, and
 * another fiber continues. So a kernel without barriers needs a single fiber.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fibers.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#include <deque>
#include <memory>
#include <vector>

#include "cuda_runtime.h"

#ifdef __SANITIZE_ADDRESS__
#define LFADS_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LFADS_ASAN
#endif
#endif
#ifdef LFADS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace
{
enum { WARP = 32, STACK = 256 << 10 };

/* A barrier or shuffle at which threads wait: its line in the source, and how many have arrived. */
struct rendezvous {
    const char *file;
    int line;
    unsigned arrived;
};

struct fiber {
    ucontext_t context; /* of its start */
    jmp_buf resume;     /* where it continues */
    bool started = false;
    std::unique_ptr<char[]> stack;
    unsigned thread = 0;
    const void *bottom = nullptr; /* of the stack, for AddressSanitizer */
    size_t size = 0;
    void *fake_stack = nullptr;
};

/* The running block. */
struct block {
    unsigned count, started, ended;
    bool reverse;
    const std::function<void()> *body;
    void (*select)(unsigned);
    std::deque<fiber *> ready;
    std::vector<fiber *> at_barrier;
    std::vector<std::vector<fiber *>> in_warp;
    rendezvous barrier;
    std::vector<rendezvous> warp;
    std::vector<uint64_t> words[2];   /* of shuffles, by thread; two buffers that alternate */
    std::vector<unsigned char> turns; /* by thread: the buffer of its last shuffle */
};

block current;
fiber outside, *running, *previous;
std::vector<std::unique_ptr<fiber>> fibers;
std::vector<fiber *> idle;

[[noreturn]] void stop(const char *what)
{
    fprintf(stderr, "emulated kernel, block (%u, %u): %s\n", blockIdx.x, blockIdx.y, what);
    fprintf(stderr, "  %u of %u threads have ended\n", current.ended, current.count);
    if (!current.at_barrier.empty())
        fprintf(stderr, "  %u wait at the barrier of %s:%d\n", current.barrier.arrived,
                current.barrier.file, current.barrier.line);
    for (size_t w = 0; w < current.warp.size(); w++)
        if (current.warp[w].arrived)
            fprintf(stderr, "  %u lanes of warp %zu wait at the shuffle of %s:%d\n",
                    current.warp[w].arrived, w, current.warp[w].file, current.warp[w].line);
    abort();
}

void enter(unsigned thread)
{
    running->thread = thread;
    current.select(thread);
}

/* Tells AddressSanitizer that the change of stacks is complete. */
void finish_switch()
{
#ifdef LFADS_ASAN
    __sanitizer_finish_switch_fiber(running->fake_stack, &previous->bottom, &previous->size);
#endif
}

#ifndef LFADS_ASAN
/* Switches from PREVIOUS to RUNNING like swapcontext, without its two system calls. */
void jump()
{
    if (_setjmp(previous->resume) != 0)
        return;
    if (running->started)
        _longjmp(running->resume, 1);
    running->started = true;
    setcontext(&running->context);
}
#endif

void switch_to(fiber *next)
{
    previous = running;
    running = next;
#ifdef LFADS_ASAN
    __sanitizer_start_switch_fiber(&previous->fake_stack, next->bottom, next->size);
#endif
#ifdef LFADS_ASAN
    swapcontext(&previous->context, &next->context);
#else
    jump();
#endif
    finish_switch();
}

void run_fiber();

fiber *new_fiber()
{
    fiber *f = new fiber;

    fibers.emplace_back(f);
    f->stack.reset(new char[STACK]);
    f->bottom = f->stack.get();
    f->size = STACK;
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack.get();
    f->context.uc_stack.ss_size = STACK;
    makecontext(&f->context, run_fiber, 0);
    return f;
}

fiber *idle_fiber()
{
    if (idle.empty())
        return new_fiber();
    fiber *f = idle.back();

    idle.pop_back();
    return f;
}

/* Continues another fiber while the caller's waits or is idle; returns to run_threads when all
 * threads have ended. */
void yield()
{
    if (!current.ready.empty()) {
        fiber *next = current.ready.front();

        current.ready.pop_front();
        if (next != running)
            switch_to(next);
    } else if (current.started < current.count) {
        switch_to(idle_fiber());
    } else if (current.ended == current.count) {
        switch_to(&outside);
    } else {
        stop("threads wait for others that never arrive");
    }
    if (running != &outside)
        current.select(running->thread);
}

void run_fiber()
{
    finish_switch();
    for (;;) {
        while (current.started < current.count) {
            unsigned index = current.started++;

            enter(current.reverse ? current.count - 1 - index : index);
            (*current.body)();
            current.ended++;
            if (current.barrier.arrived)
                stop("a thread ended while others wait for it at a barrier");
        }
        idle.push_back(running);
        yield();
    }
}

void arrive(rendezvous *m, const char *file, int line, const char *message)
{
    if (m->arrived++ == 0) {
        m->file = file;
        m->line = line;
    } else if (m->line != line || m->file != file) {
        fprintf(stderr, "  thread %u came to %s:%d\n", running->thread, file, line);
        stop(message);
    }
}

void release(rendezvous *m, std::vector<fiber *> *waiting)
{
    for (size_t i = 0; i < waiting->size(); i++)
        current.ready.push_back((*waiting)[current.reverse ? waiting->size() - 1 - i : i]);
    waiting->clear();
    m->arrived = 0;
}
} // namespace

unsigned emulation::current_thread() { return running->thread; }
unsigned emulation::current_lane() { return running->thread % WARP; }

void emulation::block_barrier(const char *file, int line)
{
    arrive(&current.barrier, file, line, "threads wait at different barriers");
    if (current.ended)
        stop("a thread waits at a barrier, but others have ended");
    current.at_barrier.push_back(running);
    if (current.barrier.arrived == current.count)
        release(&current.barrier, &current.at_barrier);
    yield();
}

uint64_t emulation::exchange(uint64_t word, unsigned lane, const char *file, int line)
{
    unsigned thread = running->thread, w = thread / WARP, turn = current.turns[thread] ^= 1;

    if (current.count % WARP)
        stop("a shuffle in a block that is not made of whole warps");
    current.words[turn][thread] = word;
    arrive(&current.warp[w], file, line, "lanes of a warp wait at different shuffles");
    current.in_warp[w].push_back(running);
    if (current.warp[w].arrived == WARP)
        release(&current.warp[w], &current.in_warp[w]);
    yield();
    return current.words[turn][w * WARP + lane % WARP];
}

void emulation::run_threads(unsigned count, bool reverse, const std::function<void()> &body,
                            void (*select)(unsigned thread))
{
    size_t warps = (count + WARP - 1) / WARP;

    current.count = count;
    current.started = current.ended = 0;
    current.reverse = reverse;
    current.body = &body;
    current.select = select;
    current.barrier = {};
    current.warp.assign(warps, {});
    current.in_warp.resize(warps);
    current.turns.assign(count, 0);
    current.words[0].resize(count);
    current.words[1].resize(count);
    running = &outside;
    outside.started = true;
    switch_to(idle_fiber());
}
