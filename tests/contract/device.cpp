/* device.cpp - compares a device's operations with the reference: before each operation the case's
 * arrays are copied to twins in the device's memory, and back after it.
 *
 *   contract_device [MODULE.so]
 *   contract_emulated [all]
 *
 * The device is the machine's first GPU, opened by the module. Without a GPU the test reports that
 * it did not run (status 77). The emulated build is linked with its module; it runs the
 * largest cases, which take most of the time, only if asked for all.
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
enum { NOT_RUN = 77, QUICK_ROWS = 100 };

struct twin {
    const backend *device;
    arrays *host;
    void *copy[CASE_ARRAYS]; /* in the device's memory */
    size_t count;
    uint64_t hash; /* of all results */
};

size_t bytes_of(const arrays *a, size_t i)
{
    /* arrays.c pads every array to a multiple of four elements */
    size_t count = (a->array[i].count + 3) / 4 * 4;

    return count * (a->array[i].wide ? sizeof(acc) : sizeof(real));
}

void stop(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

void copy_to_device(twin *t)
{
    for (size_t i = 0; i < t->host->used; i++) {
        if (i >= t->count)
            t->copy[t->count++] = t->device->memory_create(t->device, bytes_of(t->host, i));
        t->device->upload(t->device, t->copy[i], t->host->array[i].memory, bytes_of(t->host, i));
    }
}

void copy_back(twin *t)
{
    lfads_error err;

    for (size_t i = 0; i < t->host->used; i++) {
        auto *bytes = (unsigned char *)t->host->array[i].memory;

        t->device->download(t->device, bytes, t->copy[i], bytes_of(t->host, i));
        for (size_t k = 0; k < bytes_of(t->host, i); k++)
            t->hash = (t->hash ^ bytes[k]) * 1099511628211u;
    }
    if (t->device->finish(t->device, &err) != LFADS_OK)
        stop(err.text);
}

void release(twin *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->device->memory_free(t->device, t->copy[i]);
    t->count = 0;
}

void attach(const backend *be, arrays *a)
{
    twin *t = (twin *)be->context;

    release(t);
    t->host = a;
}

/* Translates a pointer into one of the case's arrays to the device's address; returns other
 * arguments unchanged. */
template <class T> T translated(const twin *t, T argument)
{
    if constexpr (std::is_pointer_v<T> && !std::is_same_v<T, const philox_address *>)
        for (size_t i = 0; i < t->host->used; i++) {
            const char *first = (const char *)t->host->array[i].memory,
                       *address = (const char *)argument;

            if (argument && address >= first && address < first + bytes_of(t->host, i))
                return (T)((char *)t->copy[i] + (address - first));
        }
    return argument;
}

matrix translated(const twin *t, matrix m)
{
    m.data = translated(t, m.data);
    return m;
}

operand translated(const twin *t, operand m)
{
    m.data = translated(t, m.data);
    return m;
}

zig translated(const twin *t, zig z)
{
    z.a = translated(t, z.a);
    z.b = translated(t, z.b);
    z.c = translated(t, z.c);
    z.alpha_scale = translated(t, z.alpha_scale);
    z.beta_scale = translated(t, z.beta_scale);
    return z;
}

template <auto member> struct through;
template <class... A, void (*backend::*member)(const backend *, A...)> struct through<member> {
    static void call(const backend *self, A... arguments)
    {
        twin *t = (twin *)self->context;

        copy_to_device(t);
        (t->device->*member)(t->device, translated(t, arguments)...);
        copy_back(t);
    }
};

gru_sequence translated(const twin *t, gru_sequence s)
{
    for (real **array : {&s.ru, &s.rh, &s.c, &s.h, &s.dh, &s.drh})
        *array = translated(t, *array);
    for (const real **array : {&s.h_ru, &s.rh_c, &s.b_ru, &s.b_c, &s.dstates.x, &s.dstates.mask})
        *array = translated(t, *array);
    return s;
}

/* If the device refuses a sequence, the caller computes it bin by bin with other operations. */
template <auto member> bool sequence_through(const backend *self, const gru_sequence *given)
{
    twin *t = (twin *)self->context;

    copy_to_device(t);
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

    copy_to_device(t);
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
    copy_back(t);
    return true;
}

int check_once(const backend *device, const char *set, const char *only, double operand_unit,
               case_sizes sizes, uint64_t *hash, const char *except = nullptr, size_t max_rows = 0)
{
    twin t = {};
    backend table = {};
    checked what = {};
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
    table.decoder_sequence = decoder_through<&backend::decoder_sequence>;
    table.decoder_sequence_backward = decoder_through<&backend::decoder_sequence_backward>;
    what.be = &table;
    what.set = set;
    what.only = only;
    what.except = except;
    what.sizes = sizes;
    what.max_rows = max_rows;
    what.operand_unit = operand_unit;
    what.attach = attach;
    failed = check_backend(&what);
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

/* Runs the cases twice, each time on a newly opened device, with a call of BETWEEN in between.
 * Returns the number of cases that fail, plus one if the two runs' bits differ. */
int check_twice(const backend_module *module, const char *only, case_sizes sizes, void (*between)())
{
    uint64_t hash[2];
    int failed = 0;

    for (int time = 0; time < 2; time++) {
        backend *device;
        lfads_error err;

        if (time == 1)
            between();
        if (module->create(&device, 0, "float32", &err) != LFADS_OK)
            stop(err.text);
        failed +=
            check_once(device, time ? "float32, again" : "float32", only, 0, sizes, &hash[time]);
        module->release(device);
    }
    if (hash[0] != hash[1]) {
        printf("the second run of the same operations has other bits\n");
        failed++;
    }
    return failed;
}

/* Checks products whose operands are rounded to a relative error of UNIT. */
int check_precision(const backend_module *module, const char *precision, double unit)
{
    backend *device;
    lfads_error err;
    uint64_t hash;
    int failed;

    if (module->create(&device, 0, precision, &err) != LFADS_OK) {
        printf("%s not run: %s\n", precision, err.text);
        return 0;
    }
    failed = check_once(device, precision, "product", unit, ALL_SIZES, &hash);
    module->release(device);
    return failed;
}

/* Results must not depend on the order of threads, blocks and branches. */
void reverse()
{
#ifdef LFADS_EMULATION
    emulation_reverse(true);
#endif
}

#ifdef LFADS_EMULATION
int check_large(const backend_module *module, const char *set, const char *only, const char *except,
                size_t max_rows, uint64_t *hash)
{
    backend *device;
    lfads_error err;
    int failed;

    if (module->create(&device, 0, "float32", &err) != LFADS_OK)
        stop(err.text);
    failed = check_once(device, set, only, 0, LARGE_SIZES, hash, except, max_rows);
    module->release(device);
    return failed;
}

/* The large cases, once; those of the decoder once more with little shared memory: results must not
 * depend on the rows per block and the weights that lie there, nor on the order of threads (for
 * single recurrences see tests/device/cuda_emulation/test_sequences.cpp). */
int check_large_once(const backend_module *module, size_t max_rows)
{
    uint64_t hash, decoders, again;
    int failed = check_large(module, "float32, large", "", "decoder_", max_rows, &hash);

    failed += check_large(module, "float32, large", "decoder_", nullptr, max_rows, &decoders);
    emulation_limit_shared(56 << 10);
    emulation_reverse(true);
    failed +=
        check_large(module, "float32, little shared memory", "decoder_", nullptr, max_rows, &again);
    emulation_reverse(false);
    emulation_limit_shared(96 << 10);
    if (decoders != again) {
        printf("the decoder has other bits with little shared memory\n");
        failed++;
    }
    return failed;
}
#endif
} // namespace

int main(int argc, char **argv)
{
    const backend_module *module = open_module(argc, argv);
    lfads_error err;
    size_t count;
    int failed;

    if (!module)
        return NOT_RUN;
    if (module->probe(&count, &err) != LFADS_OK) {
        printf("not run: %s\n", err.text);
        return NOT_RUN;
    }
#ifdef LFADS_EMULATION
    failed = check_large_once(module, argc > 1 ? 0 : QUICK_ROWS);
    failed += check_twice(module, "", SMALL_SIZES, reverse);
#else
    failed = check_twice(module, "", ALL_SIZES, reverse);
#endif
    failed += check_precision(module, "tf32", ldexp(1, -11));
    failed += check_precision(module, "bf16", ldexp(1, -8));
    return failed != 0;
}
