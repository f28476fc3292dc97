/* device.cpp - a device's operations against the reference: the case's arrays are copied to twins
 * in the device's memory before each operation and back after it.
 *
 *   contract_device [MODULE.so]
 *
 * With a module the device is the machine's first GPU, and without one the test says that it did
 * not run (status 77). The emulated build has its module within.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <math.h>
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

constexpr uint64_t HASH_BASIS = 14695981039346656037u;

/* Of all that was computed, and of what decoders did. */
struct hashes {
    uint64_t all = HASH_BASIS, decoders = HASH_BASIS;
};

struct twin {
    const backend *device;
    arrays *here;
    void *there[CASE_ARRAYS];
    size_t made;
    struct hashes *hashes;
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

void copy_back(twin *t, bool decoder = false)
{
    lfads_error err;

    for (size_t i = 0; i < t->here->used; i++) {
        auto *bytes = (unsigned char *)t->here->array[i].memory;

        t->device->download(t->device, bytes, t->there[i], bytes_of(t->here, i));
        for (size_t k = 0; k < bytes_of(t->here, i); k++)
            for (uint64_t *hash : {&t->hashes->all, &t->hashes->decoders})
                if (decoder || hash == &t->hashes->all)
                    *hash = (*hash ^ bytes[k]) * 1099511628211u;
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

matrix translated(const twin *t, matrix m)
{
    m.at = translated(t, m.at);
    return m;
}

operand translated(const twin *t, operand m)
{
    m.at = translated(t, m.at);
    return m;
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

gru_sequence translated(const twin *t, gru_sequence s)
{
    for (real **array : {&s.ru, &s.rh, &s.c, &s.h, &s.dh, &s.drh})
        *array = translated(t, *array);
    for (const real **array : {&s.h_ru, &s.rh_c, &s.b_ru, &s.b_c, &s.dstates, &s.mask})
        *array = translated(t, *array);
    return s;
}

/* What the device refuses goes from bin to bin, through its other operations. */
template <auto member> bool sequence_through(const backend *self, const gru_sequence *given)
{
    twin *t = (twin *)self->context;

    copy_there(t);
    gru_sequence s = translated(t, *given);
    if (!(t->device->*member)(t->device, &s))
        return false;
    copy_back(t);
    return true;
}

template <auto member> bool decoder_through(const backend *self, const decoder_sequence *given)
{
    twin *t = (twin *)self->context;
    decoder_sequence d = *given;

    copy_there(t);
    d.con = translated(t, d.con);
    d.gen = translated(t, d.gen);
    for (real **array : {&d.fed, &d.mean, &d.logvar, &d.sample, &d.in, &d.out, &d.factors,
                         &d.dfactors, &d.dmean, &d.dlogvar, &d.du})
        *array = translated(t, *array);
    for (const real **array :
         {&d.con_ru, &d.con_c, &d.fed_ru, &d.fed_c, &d.fed_mask, &d.mean_w, &d.logvar_w, &d.mean_b,
          &d.logvar_b, &d.noise, &d.in_ru, &d.in_c, &d.out_mask, &d.fac_w})
        *array = translated(t, *array);
    if (!(t->device->*member)(t->device, &d))
        stop("the device refuses a case of the decoder");
    copy_back(t, true);
    return true;
}

int check_once(const backend *device, const char *set, const char *only, double factor_unit,
               hashes *found)
{
    twin t = {};
    backend table = {};
    checked what = {};
    int failed;

    t.device = device;
    t.hashes = found;
    table.name = device->name;
    table.context = &t;
#define OPERATION(operation, arguments) table.operation = through<&backend::operation>::call;
#include "backend/operations.def"
#undef OPERATION
    table.gru_sequence = sequence_through<&backend::gru_sequence>;
    table.gru_sequence_backward = sequence_through<&backend::gru_sequence_backward>;
    table.decoder_sequence = decoder_through<&backend::decoder_sequence>;
    table.decoder_sequence_backward = decoder_through<&backend::decoder_sequence_backward>;
    what.be = &table;
    what.set = set;
    what.only = only;
    what.factor_unit = factor_unit;
    what.attach = attach;
    failed = check_backend(&what);
    release(&t);
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

/* On a device opened anew: the cases that fail. */
int check_anew(const backend_module *module, const char *set, const char *only, hashes *found)
{
    backend *device;
    lfads_error err;
    int failed;

    if (module->create(&device, 0, "float32", &err) != LFADS_OK)
        stop(err.text);
    failed = check_once(device, set, only, 0, found);
    module->release(device);
    return failed;
}

/* 1 where bits differ. */
int check_bits(uint64_t first, uint64_t second)
{
    if (first != second)
        printf("the same operations left other bits the second time\n");
    return first != second;
}

/* Products whose operands are rounded to UNIT of themselves. */
int check_precision(const backend_module *module, const char *precision, double unit)
{
    backend *device;
    lfads_error err;
    hashes found;
    int failed;

    if (module->create(&device, 0, precision, &err) != LFADS_OK) {
        printf("%s not run: %s\n", precision, err.text);
        return 0;
    }
    failed = check_once(device, precision, "product", unit, &found);
    module->release(device);
    return failed;
}

/* What threads, blocks and branches leave must not depend on whose turn comes first. */
void reverse()
{
#ifdef LFADS_EMULATION
    emulation_reverse(true);
#endif
}
} // namespace

int main(int argc, char **argv)
{
    const backend_module *module = open_module(argc, argv);
    hashes first, second;
    lfads_error err;
    size_t count;
    int failed;

    if (!module)
        return NOT_RUN;
    if (module->probe(&count, &err) != LFADS_OK) {
        printf("not run: %s\n", err.text);
        return NOT_RUN;
    }
    failed = check_anew(module, "float32", "", &first);
    reverse();
    failed += check_anew(module, "float32, again", "", &second);
    failed += check_bits(first.all, second.all);
    failed += check_precision(module, "tf32", ldexp(1, -11));
    failed += check_precision(module, "bf16", ldexp(1, -8));
#ifdef LFADS_EMULATION
    /* nor on how many rows a block carries and what it keeps in shared memory (recurrences by
     * themselves: tests/device/cuda_emulation/test_sequences.cpp) */
    hashes limited;

    emulation_limit_shared(56 << 10);
    failed += check_anew(module, "float32, little shared memory", "decoder_", &limited);
    failed += check_bits(second.decoders, limited.decoders);
#endif
    return failed != 0;
}
