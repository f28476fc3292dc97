/* fibers.cpp - a block's threads as contexts of their own on one thread of the processor.
 *
 * A fiber takes up one thread of the block after the other as long as they come to their end; one
 * that has to wait keeps its fiber, and another fiber goes on. So kernels without barriers need
 * one.
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

/* Where threads wait: a place in the source, and how many are there. */
struct meeting {
    const char *file;
    int line;
    unsigned arrived;
};

struct fiber {
    ucontext_t context; /* where it begins */
    jmp_buf place;      /* where it goes on */
    bool begun = false;
    std::unique_ptr<char[]> stack;
    unsigned thread = 0;
    const void *bottom = nullptr; /* of its stack, for AddressSanitizer */
    size_t size = 0;
    void *fake_stack = nullptr;
};

/* The block in progress. */
struct block {
    unsigned count, started, ended;
    bool reverse;
    const std::function<void()> *body;
    void (*select)(unsigned);
    std::deque<fiber *> ready;
    std::vector<fiber *> at_barrier;
    std::vector<std::vector<fiber *>> in_warp;
    meeting barrier;
    std::vector<meeting> warp;
    std::vector<uint64_t> words[2];   /* what lanes hand over, in turns */
    std::vector<unsigned char> turns; /* of each thread */
};

block now;
fiber outside, *running, *previous;
std::vector<std::unique_ptr<fiber>> fibers;
std::vector<fiber *> idle;

[[noreturn]] void stop(const char *what)
{
    fprintf(stderr, "emulated kernel, block (%u, %u): %s\n", blockIdx.x, blockIdx.y, what);
    fprintf(stderr, "  %u of %u threads have ended\n", now.ended, now.count);
    if (!now.at_barrier.empty())
        fprintf(stderr, "  %u wait at the barrier of %s:%d\n", now.barrier.arrived,
                now.barrier.file, now.barrier.line);
    for (size_t w = 0; w < now.warp.size(); w++)
        if (now.warp[w].arrived)
            fprintf(stderr, "  %u lanes of warp %zu wait at the shuffle of %s:%d\n",
                    now.warp[w].arrived, w, now.warp[w].file, now.warp[w].line);
    abort();
}

void enter(unsigned thread)
{
    running->thread = thread;
    now.select(thread);
}

/* AddressSanitizer is told of every change of stacks, on both sides of it. */
void arrived()
{
#ifdef LFADS_ASAN
    __sanitizer_finish_switch_fiber(running->fake_stack, &previous->bottom, &previous->size);
#endif
}

#ifndef LFADS_ASAN
/* From PREVIOUS to RUNNING like swapcontext, without its two system calls. */
void jump()
{
    if (_setjmp(previous->place) != 0)
        return;
    if (running->begun)
        _longjmp(running->place, 1);
    running->begun = true;
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
    arrived();
}

void life();

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
    makecontext(&f->context, life, 0);
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

/* Another fiber goes on, while the caller's waits or idles; back outside when all threads ended. */
void yield()
{
    if (!now.ready.empty()) {
        fiber *next = now.ready.front();

        now.ready.pop_front();
        if (next != running)
            switch_to(next);
    } else if (now.started < now.count) {
        switch_to(idle_fiber());
    } else if (now.ended == now.count) {
        switch_to(&outside);
    } else {
        stop("threads wait for others that never come");
    }
    if (running != &outside)
        now.select(running->thread);
}

void life()
{
    arrived();
    for (;;) {
        while (now.started < now.count) {
            unsigned place = now.started++;

            enter(now.reverse ? now.count - 1 - place : place);
            (*now.body)();
            now.ended++;
            if (now.barrier.arrived)
                stop("a thread ended while others wait for it at a barrier");
        }
        idle.push_back(running);
        yield();
    }
}

void arrive(meeting *m, const char *file, int line, const char *otherwise)
{
    if (m->arrived++ == 0) {
        m->file = file;
        m->line = line;
    } else if (m->line != line || m->file != file) {
        fprintf(stderr, "  thread %u came to %s:%d\n", running->thread, file, line);
        stop(otherwise);
    }
}

void release(meeting *m, std::vector<fiber *> *waiting)
{
    for (size_t i = 0; i < waiting->size(); i++)
        now.ready.push_back((*waiting)[now.reverse ? waiting->size() - 1 - i : i]);
    waiting->clear();
    m->arrived = 0;
}
} // namespace

unsigned emulation::current_thread() { return running->thread; }
unsigned emulation::own_lane() { return running->thread % WARP; }

void emulation::block_barrier(const char *file, int line)
{
    arrive(&now.barrier, file, line, "threads wait at different barriers");
    if (now.ended)
        stop("a thread waits at a barrier, but others have ended");
    now.at_barrier.push_back(running);
    if (now.barrier.arrived == now.count)
        release(&now.barrier, &now.at_barrier);
    yield();
}

uint64_t emulation::exchange(uint64_t word, unsigned lane, const char *file, int line)
{
    unsigned thread = running->thread, w = thread / WARP, turn = now.turns[thread] ^= 1;

    if (now.count % WARP)
        stop("a shuffle in a block that is not made of whole warps");
    now.words[turn][thread] = word;
    arrive(&now.warp[w], file, line, "lanes of a warp wait at different shuffles");
    now.in_warp[w].push_back(running);
    if (now.warp[w].arrived == WARP)
        release(&now.warp[w], &now.in_warp[w]);
    yield();
    return now.words[turn][w * WARP + lane % WARP];
}

void emulation::run_threads(unsigned count, bool reverse, const std::function<void()> &body,
                            void (*select)(unsigned thread))
{
    size_t warps = (count + WARP - 1) / WARP;

    now.count = count;
    now.started = now.ended = 0;
    now.reverse = reverse;
    now.body = &body;
    now.select = select;
    now.barrier = {};
    now.warp.assign(warps, {});
    now.in_warp.resize(warps);
    now.turns.assign(count, 0);
    now.words[0].resize(count);
    now.words[1].resize(count);
    running = &outside;
    outside.begun = true;
    switch_to(idle_fiber());
}
