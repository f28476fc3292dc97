/* operations.cpp - the isolated backend's table: every operation is the reference's, on the bytes
 * behind the addresses.
 * SPDX-License-Identifier: Apache-2.0 */
#include <type_traits>

extern "C" {
#include "backend/reference/reference.h"
#include "isolated.h"
#include "memory.h"
}

namespace
{
/* Returns the bytes behind an array's address; returns addresses of random numbers, options and
 * other arguments unchanged. */
template <class T> T translated(T argument)
{
    if constexpr (std::is_pointer_v<T> && !std::is_same_v<T, const philox_address *> &&
                  !std::is_same_v<T, const adam_options *> &&
                  !std::is_same_v<T, const norm_limit *>)
        return static_cast<T>(isolated_bytes(argument));
    else
        return argument;
}

matrix translated(matrix m)
{
    m.data = translated(m.data);
    return m;
}

operand translated(operand m)
{
    m.data = translated(m.data);
    return m;
}

zig translated(zig z)
{
    z.a = translated(z.a);
    z.b = translated(z.b);
    z.c = translated(z.c);
    z.alpha_scale = translated(z.alpha_scale);
    z.beta_scale = translated(z.beta_scale);
    return z;
}

template <auto operation> struct translate;
template <class... A, void (*operation)(const backend *, A...)> struct translate<operation> {
    static void call(const backend *self, A... arguments)
    {
        operation(self, translated(arguments)...);
    }
};

backend make_table()
{
    backend table = {};

    table.name = "isolated";
    table.memory_create = isolated_memory_create;
    table.memory_free = isolated_memory_free;
    table.memory_available = isolated_memory_available;
    table.upload = isolated_upload;
    table.download = isolated_download;
    table.download_later = isolated_download_later;
    table.host_create = isolated_host_create;
    table.host_free = isolated_host_free;
    table.finish = isolated_finish;
#define OPERATION(name, arguments) table.name = translate<reference_##name>::call;
#include "backend/operations.def"
#undef OPERATION
    return table;
}
} // namespace

extern "C" const backend *backend_isolated(void)
{
    static const backend table = make_table();

    return &table;
}
