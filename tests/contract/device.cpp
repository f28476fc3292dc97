/* device.cpp - a device's operations against the reference: the case's arrays are copied to twins
 * in the device's memory before each operation and back after it.
 *
 *   contract_device [MODULE.so]
 *
 * With a module the device is the machine's first GPU, and without one the test says that it did
 * not run (status 77). The emulated build has its module within.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <initializer_list>
#include <type_traits>

extern "C" {
#include "check.h"
}
#ifdef LFADS_EMULATION
#include "emulation.h"
#endif

namespace
{
enum { NOT_RUN = 77 };

struct twin {
    const backend *device;
    arrays *here;
    void *there[CASE_ARRAYS];
    size_t made;
    uint64_t hash; /* of all that was computed */
};

size_t bytes_of(const arrays *a, size_t i)
{
    /* cases.c gives every array whole groups of four */
    size_t count = (a->array[i].count + 3) / 4 * 4;

    return count * (a->array[i].wide ? sizeof(acc) : sizeof(real));
}

void stop(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

void copy_there(twin *t)
{
    for (size_t i = 0; i < t->here->used; i++) {
        if (i >= t->made)
            t->there[t->made++] = t->device->memory_create(t->device, bytes_of(t->here, i));
        t->device->upload(t->device, t->there[i], t->here->array[i].memory, bytes_of(t->here, i));
    }
}

void copy_back(twin *t)
{
    lfads_error err;

    for (size_t i = 0; i < t->here->used; i++) {
        auto *bytes = (unsigned char *)t->here->array[i].memory;

        t->device->download(t->device, bytes, t->there[i], bytes_of(t->here, i));
        for (size_t k = 0; k < bytes_of(t->here, i); k++)
            t->hash = (t->hash ^ bytes[k]) * 1099511628211u;
    }
    if (t->device->finish(t->device, &err) != LFADS_OK)
        stop(err.text);
}

void release(twin *t)
{
    for (size_t i = 0; i < t->made; i++)
        t->device->memory_free(t->device, t->there[i]);
    t->made = 0;
}

void attach(const backend *be, arrays *a)
{
    twin *t = (twin *)be->context;

    release(t);
    t->here = a;
}

/* A pointer into one of the case's arrays, as the device's; other arguments as they are. */
template <class T> T translated(const twin *t, T argument)
{
    if constexpr (std::is_pointer_v<T> && !std::is_same_v<T, const philox_address *>)
        for (size_t i = 0; i < t->here->used; i++) {
            const char *first = (const char *)t->here->array[i].memory,
                       *at = (const char *)argument;

            if (argument && at >= first && at < first + bytes_of(t->here, i))
                return (T)((char *)t->there[i] + (at - first));
        }
    return argument;
}

template <auto member> struct through;
template <class... A, void (*backend::*member)(const backend *, A...)> struct through<member> {
    static void call(const backend *self, A... arguments)
    {
        twin *t = (twin *)self->context;

        copy_there(t);
        (t->device->*member)(t->device, translated(t, arguments)...);
        copy_back(t);
    }
};

template <auto member> void sequence_through(const backend *self, const gru_sequence *given)
{
    twin *t = (twin *)self->context;
    gru_sequence s = *given;

    copy_there(t);
    for (real **array : {&s.ru, &s.rh, &s.c, &s.h, &s.dh, &s.drh})
        *array = translated(t, *array);
    for (const real **array : {&s.h_ru, &s.rh_c, &s.b_ru, &s.b_c, &s.dstates, &s.mask})
        *array = translated(t, *array);
    (t->device->*member)(t->device, &s);
    copy_back(t);
}

int check_once(const backend *device, const char *what, uint64_t *hash)
{
    twin t = {};
    backend table = {};
    int failed;

    t.device = device;
    t.hash = 14695981039346656037u;
    table.name = device->name;
    table.context = &t;
#define OPERATION(operation, arguments) table.operation = through<&backend::operation>::call;
#include "backend/operations.def"
#undef OPERATION
    table.gru_sequence = sequence_through<&backend::gru_sequence>;
    table.gru_sequence_backward = sequence_through<&backend::gru_sequence_backward>;
    failed = check_backend(&table, what, attach);
    release(&t);
    *hash = t.hash;
    return failed;
}

const backend_module *open_module(int argc, char **argv)
{
#ifdef LFADS_EMULATION
    (void)argc, (void)argv;
    return lfads_cuda_module();
#else
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : nullptr;
    void *entry = library ? dlsym(library, "lfads_cuda_module") : nullptr;
    const backend_module *(*module)(void);

    if (!entry) {
        printf("not run: %s\n", argc > 1 ? dlerror() : "no module is given");
        return nullptr;
    }
    memcpy(&module, &entry, sizeof entry);
    return module();
#endif
}
} // namespace

int main(int argc, char **argv)
{
    const backend_module *module = open_module(argc, argv);
    backend *device;
    lfads_error err;
    uint64_t first, second;
    size_t count;
    int failed;

    if (!module)
        return NOT_RUN;
    if (module->probe(&count, &err) != LFADS_OK) {
        printf("not run: %s\n", err.text);
        return NOT_RUN;
    }
    if (module->create(&device, 0, "float32", true, &err) != LFADS_OK)
        stop(err.text);
    failed = check_once(device, "float32", &first);
#ifdef LFADS_EMULATION
    /* what threads, blocks and branches leave must not depend on whose turn comes first */
    emulation_reverse(true);
#endif
    failed += check_once(device, "float32, again", &second);
    if (first != second) {
        printf("the same operations left other bits the second time\n");
        failed++;
    }
    module->release(device);
    return failed != 0;
}
