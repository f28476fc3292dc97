/* build_info.c - describes how the library was built, and the devices of this machine.
 * SPDX-License-Identifier: Apache-2.0 */
#include <cairo.h>
#include <hdf5.h>
#include <isa-l.h>
#include <jansson.h>
#include <lapacke.h>
#include <lfads/lfads.h>
#include <libdeflate.h>
#include <oneapi/dnnl/dnnl.h>
#include <png.h>
#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stdio.h>

#include "backend/cpu/cpu.h"
#include "backend/select.h"
#include "base/module.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* A text, cut off at the end of the caller's memory. */
struct text {
    char *start;
    size_t size, length; /* bytes of the memory; of the complete text */
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    size_t used = text->length < text->size ? text->length : text->size;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length =
        vsnprintf(text->start ? text->start + used : NULL, text->size - used, format, arguments);
    va_end(arguments);
    text->length += length > 0 ? (size_t)length : 0;
}

/* Versions are those of the loaded shared libraries, if these report them. */
static void add_libraries(struct text *text)
{
    const dnnl_version_t *dnnl = dnnl_version();
    unsigned major = 0, minor = 0, release = 0;
    lapack_int lapack[3] = {0, 0, 0};
    hbool_t threadsafe = 0;

    H5get_libversion(&major, &minor, &release);
    H5is_library_threadsafe(&threadsafe);
    LAPACKE_ilaver(&lapack[0], &lapack[1], &lapack[2]);
    add(text, "libraries: oneDNN %d.%d.%d, SLEEF " LFADS_SLEEF_VERSION, dnnl->major, dnnl->minor,
        dnnl->patch);
    add(text, ", OpenMP " LFADS_OPENMP_VERSION ", HDF5 %u.%u.%u%s,\n", major, minor, release,
        threadsafe ? " (thread-safe)" : "");
    add(text,
        "  libdeflate " LIBDEFLATE_VERSION_STRING ", LAPACK %d.%d.%d, jansson %s, cairo %s,\n",
        (int)lapack[0], (int)lapack[1], (int)lapack[2], jansson_version_str(),
        cairo_version_string());
    add(text, "  libpng %s, protobuf-c %s, Snappy " LFADS_SNAPPY_VERSION ", ISA-L %d.%d.%d\n",
        png_get_libpng_ver(NULL), protobuf_c_version(), ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION,
        ISAL_PATCH_VERSION);
}

static void add_devices(struct text *text)
{
    struct backend_module_report module;

    backend_report_module(&module);
    if (module.devices)
        add(text, "GPU: %zu found\n", module.devices);
    else
        add(text, "GPU: none can be used: %s\n", module.reason);
    if (*module.path)
        add(text, "GPU module: %s\n", module.path);
}

static void add_processes(struct text *text)
{
    char path[4096];

    if (module_find(path, sizeof path, "lfads_mpi.so", "LFADS_MPI_MODULE"))
        add(text, "MPI module: %s\n", path);
    else
        add(text, "MPI module: none; train and tune work in one process\n");
}

size_t lfads_build_info(char *text, size_t size)
{
    struct text info = {.start = text, .size = text ? size : 0};

    add(&info, "compiler: " COMPILER ", build type " LFADS_BUILD_TYPE "\n");
    add(&info, "processor: kernels for %s, chosen at run time\n", cpu_instruction_set());
    add(&info, "precision: float32%s; on a GPU also tf32 and bf16\n",
        cpu_has_bf16() ? ", bf16 (AVX512-BF16)" : " (no AVX512-BF16 for bf16)");
    add_libraries(&info);
    add_devices(&info);
    add_processes(&info);
    return info.length;
}
