/* address_set.c - a hash table with open addressing in static memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "address_set.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

enum {
    SLOTS = 1 << 16,
    REMOVED = 1 /* marks a slot whose address was removed */
};

static uintptr_t slots[SLOTS];
static atomic_flag busy = ATOMIC_FLAG_INIT;

static size_t slot_of(uintptr_t address)
{
    return (size_t)((address >> 4) * 0x9E3779B97F4A7C15U >> 48) % SLOTS;
}

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire))
        sched_yield();
}

static void unlock(void) { atomic_flag_clear_explicit(&busy, memory_order_release); }

void address_set_add(const void *address)
{
    size_t slot = slot_of((uintptr_t)address);

    lock();
    while (slots[slot] > REMOVED)
        slot = (slot + 1) % SLOTS;
    slots[slot] = (uintptr_t)address;
    unlock();
}

void address_set_remove(const void *address)
{
    size_t slot = slot_of((uintptr_t)address);

    lock();
    for (; slots[slot]; slot = (slot + 1) % SLOTS)
        if (slots[slot] == (uintptr_t)address) {
            slots[slot] = REMOVED;
            break;
        }
    unlock();
}

size_t address_set_count(void)
{
    size_t count = 0;

    lock();
    for (size_t i = 0; i < SLOTS; i++)
        count += slots[i] > REMOVED;
    unlock();
    return count;
}
