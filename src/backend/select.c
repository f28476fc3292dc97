/* select.c - finds the module of a device and opens the device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/select.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/module.h"

enum { PATH_SIZE = 4096 };

static const char module_file[] = "lfads_cuda.so", module_variable[] = "LFADS_CUDA_MODULE";
static const char no_module[] = "this installation has no lfads_cuda.so: build it with CUDA";

/* Asks NVIDIA's driver whether there is a device before the module is loaded, whose libraries take
 * 150 MiB. Sets REASON and returns false if there is none. */
static bool driver_has_device(char *reason, size_t size)
{
    void *driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    int (*begin)(unsigned flags), (*count_devices)(int *count), count = 0;
    bool found;

    if (!driver) {
        snprintf(reason, size, "NVIDIA's driver (libcuda.so.1) is not installed");
        return false;
    }
    *(void **)&begin = dlsym(driver, "cuInit");
    *(void **)&count_devices = dlsym(driver, "cuDeviceGetCount");
    found = begin && count_devices && begin(0) == 0 && count_devices(&count) == 0 && count > 0;
    if (!found)
        snprintf(reason, size, "NVIDIA's driver finds none");
    dlclose(driver);
    return found;
}

static bool load(struct backend_choice *c, char *reason, size_t size)
{
    const struct backend_module *(*open_module)(void);
    char path[PATH_SIZE];

    if (!module_find(path, sizeof path, module_file, module_variable)) {
        snprintf(reason, size, "%s", no_module);
        return false;
    }
    if (!module_in_environment(module_variable) && !driver_has_device(reason, size))
        return false;
    c->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!c->library) {
        snprintf(reason, size, "%s", dlerror());
        return false;
    }
    *(void **)&open_module = dlsym(c->library, "lfads_cuda_module");
    c->module = open_module ? open_module() : NULL;
    if (!c->module || c->module->version != BACKEND_MODULE_VERSION ||
        c->module->real_size != sizeof(real)) {
        snprintf(reason, size, "%s belongs to another version of this program", path);
        return false;
    }
    return true;
}

/* Opens one of COUNT devices. A request that it cannot fulfil, or too little memory there, is an
 * error: the CPU does not replace a device that is requested by number. */
static enum lfads_status open_numbered(struct backend_choice *c,
                                       const struct backend_request *request, size_t number,
                                       size_t count, char *reason, size_t size,
                                       struct lfads_error *err)
{
    struct lfads_error device_err = {.status = LFADS_OK};
    enum lfads_status status;

    if (number >= count) {
        snprintf(reason, size, "there %s %zu, numbered from 0", count == 1 ? "is" : "are", count);
        return LFADS_OK;
    }
    status = c->module->create(&c->device, number, request->precision, &device_err);
    if (status == LFADS_USAGE || status == LFADS_NO_MEMORY)
        return lfads_fail(err, status, "--device=%s: %s", request->device, device_err.text);
    if (status != LFADS_OK)
        snprintf(reason, size, "%s", device_err.text);
    return LFADS_OK;
}

/* Opens the first usable one of COUNT devices. Sets REASON only if memory was too short. */
static void open_first(struct backend_choice *c, const struct backend_request *request,
                       size_t count, char *reason, size_t size)
{
    for (size_t i = 0; i < count && !c->device; i++) {
        struct lfads_error device_err = {.status = LFADS_OK};

        if (c->module->create(&c->device, i, request->precision, &device_err) == LFADS_NO_MEMORY)
            snprintf(reason, size, "%s", device_err.text);
    }
}

/* Loads the module and sets *COUNT to the number of its devices; if there are none, sets REASON and
 * returns false. */
static bool find_devices(struct backend_choice *c, size_t *count, char *reason, size_t size)
{
    struct lfads_error device_err = {.status = LFADS_OK};

    if (!load(c, reason, size))
        return false;
    if (c->module->probe(count, &device_err) == LFADS_OK && *count > 0)
        return true;
    snprintf(reason, size, "%s", *device_err.text ? device_err.text : "there is none");
    return false;
}

static enum lfads_status open_device(struct backend_choice *c,
                                     const struct backend_request *request, size_t number, bool any,
                                     char *reason, size_t size, struct lfads_error *err)
{
    size_t count = 0;
    bool found = find_devices(c, &count, reason, size);
    enum lfads_status status = LFADS_OK;

    if (any)
        *reason = '\0';
    if (found && any)
        open_first(c, request, count, reason, size);
    else if (found)
        status = open_numbered(c, request, number, count, reason, size, err);
    c->be = c->device;
    return status;
}

static enum lfads_status open_cpu(struct backend_choice *c, const char *precision,
                                  struct lfads_error *err)
{
    enum lfads_status status = LFADS_OK;

    c->be = backend_cpu();
    if (strcmp(precision, "tf32") == 0)
        return lfads_fail(err, LFADS_USAGE,
                          "--precision=tf32 is for GPUs: on the CPU use float32 or bf16");
    if (strcmp(precision, "bf16") == 0) {
        status = backend_cpu_bf16_create(&c->bf16, err);
        c->be = c->bf16;
    } else if (strcmp(precision, "float32") != 0) {
        status =
            lfads_fail(err, LFADS_USAGE,
                       "--precision=%s is not known: it takes float32, tf32 or bf16", precision);
    }
    return status;
}

enum lfads_status backend_select(struct backend_choice *choice,
                                 const struct backend_request *request, char *reason, size_t size,
                                 struct lfads_error *err)
{
    const char *device = *request->device == '/' ? request->device + 1 : request->device;
    bool any = strcmp(device, "auto") == 0, gpu = strncmp(device, "gpu:", 4) == 0;
    size_t number = gpu ? strtoul(device + 4, NULL, 10) : 0;
    enum lfads_status status = LFADS_OK;

    *choice = (struct backend_choice){.be = NULL};
    *reason = '\0';
    if (any || gpu)
        status = open_device(choice, request, number, any, reason, size, err);
    if (choice->device)
        *reason = '\0';
    if (status != LFADS_OK || choice->device)
        return status;
    backend_release(choice);
    return open_cpu(choice, request->precision, err);
}

void backend_release(struct backend_choice *choice)
{
    if (choice->module && choice->device)
        choice->module->release(choice->device);
    if (choice->library)
        dlclose(choice->library);
    backend_cpu_bf16_free(choice->bf16);
    *choice = (struct backend_choice){.be = NULL};
}

void backend_report_module(struct backend_module_report *report)
{
    struct backend_choice choice = {.be = NULL};

    *report = (struct backend_module_report){.devices = 0};
    if (!module_find(report->path, sizeof report->path, module_file, module_variable)) {
        *report->path = '\0';
        snprintf(report->reason, sizeof report->reason, "%s", no_module);
    } else {
        find_devices(&choice, &report->devices, report->reason, sizeof report->reason);
        backend_release(&choice);
    }
}
