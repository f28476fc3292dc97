/* h5_check.c - refuses what a foreign file should not contain.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_check.h"

#include <stdio.h>
#include <string.h>

#include "h5/h5_channel.h"
#include "h5/h5_lzf.h"
#include "h5/h5_stored.h"

enum {
    MOST_RATIO = 2048, /* greatest ratio of numbers to file size; deflate reaches 1032 */
    MOST_FILTERS = 8,  /* each of the three filters may occur more than once */
    IN_HEAP = 16,      /* bytes of a string of any length, which lies elsewhere in the file */
    MIN_CACHE = 1 << 20,
    /* HDF5's own default */ MOST_SLOTS = 1 << 16
};

/* A check in progress. */
struct check {
    struct h5_checked *set;
    const struct h5_checked_file *file;
    const char *name;      /* as it was asked for */
    struct h5_place place; /* where that leads */
    hid_t list;            /* creation properties: how it is stored */
    struct lfads_error *err;
};

static enum lfads_status refuse(const struct check *c, const char *what)
{
    return lfads_fail(c->err, LFADS_BAD_DATA, "%s: %s %s", c->file->path, c->name, what);
}

/* Follows the links of the name, none of which may leave the file. */
static enum lfads_status check_links(struct check *c)
{
    switch (h5_links_follow(&c->place, c->file->id, c->name)) {
    case H5_FOUND:
        return LFADS_OK;
    case H5_MISSING:
        return lfads_fail(c->err, LFADS_BAD_DATA, "%s: there is no %s %s", c->file->path,
                          strcmp(c->place.path, c->name) == 0 ? "data set" : "group",
                          c->place.path);
    case H5_DANGLING:
        return lfads_fail(c->err, LFADS_BAD_DATA, "%s: %s is a soft link, and there is no %s",
                          c->file->path, c->name, c->place.path);
    case H5_ELSEWHERE:
        return refuse(c, "is a link to elsewhere: copy the data itself into this file");
    case H5_CIRCLE:
        return refuse(c, "is a soft link that leads to other soft links without end");
    case H5_BROKEN:
        break;
    }
    return refuse(c, "can't be found: the file is damaged");
}

/* What lists of TYPE are. */
static enum h5_holds holds_within(hid_t type)
{
    H5T_class_t class = h5_stored_within(type);

    return class == H5T_INTEGER ? H5_LISTS : class == H5T_FLOAT ? H5_REAL_LISTS : H5_OTHER;
}

/* Whether MATLAB's attribute NAME of the data set has the text, or a number other than 0. */
static bool says(hid_t set, const char *name, const char *text)
{
    char value[16] = "";
    long long number = 0;
    hid_t attribute, type, space;
    bool fine;

    if (H5Aexists(set, name) <= 0)
        return false;
    attribute = H5Aopen(set, name, H5P_DEFAULT);
    type = H5Aget_type(attribute);
    space = H5Aget_space(attribute);
    fine = attribute >= 0 && type >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    if (fine && text)
        fine = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
               H5Tget_size(type) < sizeof value && H5Aread(attribute, type, value) >= 0 &&
               memchr(value, 0, sizeof value) && strcmp(value, text) == 0;
    else if (fine)
        fine = H5Tget_class(type) == H5T_INTEGER &&
               H5Aread(attribute, H5T_NATIVE_LLONG, &number) >= 0 && number != 0;
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return fine;
}

/* What the data set consists of. */
static enum h5_holds holds(const struct h5_checked *set, H5T_class_t class)
{
    switch (class) {
    case H5T_INTEGER:
        if (H5Aexists(set->set, "MATLAB_object_decode") > 0)
            return H5_OBJECTS;
        return says(set->set, "MATLAB_class", "char") ? H5_LETTERS : H5_NUMBERS;
    case H5T_FLOAT:
        return H5_NUMBERS;
    case H5T_ENUM:
        return set->number == 1 && h5_stored_within(set->type) == H5T_INTEGER ? H5_TRUTHS
                                                                              : H5_OTHER;
    case H5T_BITFIELD:
        return set->bits ? H5_TRUTHS : H5_OTHER;
    case H5T_VLEN:
        return holds_within(set->type);
    case H5T_STRING:
        return H5Tis_variable_str(set->type) == 0 ? H5_TEXTS : H5_STRINGS;
    case H5T_COMPOUND:
        return h5_stored_is_complex(set->type) ? H5_COMPLEX : H5_RECORDS;
    case H5T_REFERENCE:
        return H5_REFERENCES;
    default:
        return H5_OTHER;
    }
}

static enum lfads_status check_type(const struct check *c)
{
    struct h5_checked *set = c->set;
    H5T_class_t class = H5Tget_class(set->type);

    set->number = H5Tget_size(set->type);
    if (class == H5T_NO_CLASS || set->number == 0)
        return refuse(c, "has no type: the file is damaged");
    if ((class == H5T_INTEGER || class == H5T_FLOAT) && !h5_stored_is_plain(set->type))
        return refuse(c, "has numbers of an uncommon type: store it as integers of up to 8 bytes "
                         "or as float or double");
    set->bits = class == H5T_BITFIELD && set->number == 1 && H5Tget_precision(set->type) == 8 &&
                H5Tget_offset(set->type) == 0;
    set->shape.holds = holds(set, class);
    set->shape.whole = class == H5T_INTEGER;
    set->shape.numeric = set->shape.holds == H5_NUMBERS || set->shape.holds == H5_TRUTHS;
    set->shape.stored = h5_stored_of(set->type, set->shape.holds);
    if (set->shape.holds == H5_STRINGS)
        set->number = IN_HEAP; /* in the file; the type's size is that of a pointer */
    return LFADS_OK;
}

static enum lfads_status check_shape(const struct check *c)
{
    struct h5_shape *shape = &c->set->shape;
    hsize_t dims[H5S_MAX_RANK] = {0};
    H5S_class_t class = H5Sget_simple_extent_type(c->set->space);
    int rank = H5Sget_simple_extent_ndims(c->set->space);

    if (class != H5S_SCALAR && class != H5S_SIMPLE)
        return refuse(c, "is empty");
    if (rank < 0 || rank > H5_MOST_RANK ||
        H5Sget_simple_extent_dims(c->set->space, dims, NULL) != rank)
        return lfads_fail(c->err, LFADS_BAD_DATA, "%s: %s has more than %d axes", c->file->path,
                          c->name, H5_MOST_RANK);
    shape->rank = (size_t)rank;
    shape->count = 1;
    for (int i = 0; i < rank; i++) {
        shape->dims[i] = (size_t)dims[i];
        if (__builtin_mul_overflow(shape->count, shape->dims[i], &shape->count) ||
            shape->count > SIZE_MAX / 16)
            return refuse(c, "is larger than any memory");
    }
    return LFADS_OK;
}

static enum lfads_status check_filters(const struct check *c, bool *checksummed)
{
    int count = H5Pget_nfilters(c->list);

    if (count < 0 || count > MOST_FILTERS)
        return refuse(c, "has filters that can't be read: the file is damaged");
    for (int i = 0; i < count; i++) {
        unsigned flags, config, values[8];
        size_t n = 8;
        char name[40] = "";
        H5Z_filter_t filter =
            H5Pget_filter2(c->list, (unsigned)i, &flags, &n, values, sizeof name, name, &config);

        *checksummed = *checksummed || filter == H5Z_FILTER_FLETCHER32;
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE &&
            filter != H5Z_FILTER_FLETCHER32 && filter != H5_LZF)
            return lfads_fail(c->err, LFADS_BAD_DATA,
                              "%s: %s is stored with the filter %d (%.39s), which is not read: "
                              "store it with gzip or lzf, or without compression",
                              c->file->path, c->name, (int)filter, name);
    }
    return LFADS_OK;
}

/* Compares the size that the file claims with its length. */
static enum lfads_status check_size(const struct check *c, size_t bytes)
{
    uint64_t length = c->file->bytes;

    if (bytes <= length || (H5Pget_layout(c->list) == H5D_CHUNKED && bytes / MOST_RATIO <= length))
        return LFADS_OK;
    return lfads_fail(c->err, LFADS_BAD_DATA,
                      "%s: %s claims %zu bytes of numbers in a file of %llu: it is damaged, or was "
                      "never filled",
                      c->file->path, c->name, bytes, (unsigned long long)length);
}

/* Checks the stored bytes. (libhdf5 1.10 reads past the end of a compact data set that is shorter
 * than its shape.) */
static enum lfads_status check_stored(const struct check *c, H5D_layout_t layout, size_t bytes)
{
    hsize_t stored = H5Dget_storage_size(c->set->set);

    if (stored > c->file->bytes)
        return refuse(c, "claims more than the file's length: the file is damaged");
    if (layout != H5D_CHUNKED && stored != bytes)
        return refuse(c, stored ? "is shorter than its shape: the file is damaged"
                                : "was never filled");
    return LFADS_OK;
}

/* Checks the chunks, and that a row of chunks fits in memory. */
static enum lfads_status check_chunks(const struct check *c, size_t *slots)
{
    const struct h5_shape *shape = &c->set->shape;
    hsize_t chunk[H5S_MAX_RANK] = {0}, max_dims[H5S_MAX_RANK] = {0};
    size_t bytes = c->set->number, strip = bytes, across = 1;

    if (H5Pget_chunk(c->list, H5_MOST_RANK, chunk) != (int)shape->rank)
        return refuse(c, "has chunks of another shape: the file is damaged");
    H5Sget_simple_extent_dims(c->set->space, NULL, max_dims);
    for (size_t i = 0; i < shape->rank; i++) {
        size_t side = (size_t)chunk[i], count = side ? (shape->dims[i] + side - 1) / side : 0;

        /* HDF5 itself never makes chunks larger than the greatest extent of the set */
        if (side == 0 || chunk[i] > max_dims[i] ||
            (i > 0 && __builtin_mul_overflow(across, count, &across)) ||
            __builtin_mul_overflow(bytes, side, &bytes) ||
            __builtin_mul_overflow(strip, i > 0 ? count * side : side, &strip))
            return refuse(c, "has chunks larger than itself or any memory: the file is damaged");
    }
    if (bytes > c->file->memory || bytes > UINT32_MAX)
        return lfads_fail(c->err, LFADS_NO_MEMORY,
                          "%s: %s has chunks of %zu MiB, and %zu MiB of memory can be had: store "
                          "it in smaller chunks",
                          c->file->path, c->name, bytes >> 20, c->file->memory >> 20);
    c->set->deep = (size_t)chunk[0];
    c->set->strip = strip;
    *slots = across;
    return check_size(c, bytes);
}

/* Reopens the data set with a cache for a row of chunks, so that each chunk is unpacked once. */
static enum lfads_status open_cached(const struct check *c, size_t slots)
{
    size_t max = c->file->memory / 2 > MIN_CACHE ? c->file->memory / 2 : MIN_CACHE;
    size_t bytes = c->set->strip < max ? c->set->strip : max;
    hid_t list;

    if (bytes <= MIN_CACHE)
        return LFADS_OK;
    list = H5Pcreate(H5P_DATASET_ACCESS);
    slots = slots < MOST_SLOTS / 4 ? 4 * slots + 521 : MOST_SLOTS;
    H5Pset_chunk_cache(list, slots, bytes, 0.75);
    H5Dclose(c->set->set);
    c->set->set = H5Dopen2(c->file->id, c->place.path, list);
    H5Pclose(list);
    return c->set->set > 0 ? LFADS_OK : refuse(c, "can't be opened: the file is damaged");
}

/* HDF5 reads a missing chunk as zeros, so a set with checksums must have all its chunks. A row
 * consists of ACROSS chunks. */
static enum lfads_status check_whole(const struct check *c, size_t across)
{
    const struct h5_shape *shape = &c->set->shape;
    size_t down = (shape->dims[0] + c->set->deep - 1) / c->set->deep;
    hsize_t count = 0;

    return H5Dget_num_chunks(c->set->set, c->set->space, &count) >= 0 &&
                   (count == down * across || shape->count == 0)
               ? LFADS_OK
               : refuse(c, "lacks some of its chunks: the file is damaged, or was never filled");
}

static enum lfads_status check_storage(const struct check *c)
{
    H5D_layout_t layout = H5Pget_layout(c->list);
    bool checksummed = false;
    size_t slots = 0;
    enum lfads_status status;

    if (layout == H5D_VIRTUAL || H5Pget_external_count(c->list) != 0)
        return refuse(c, "lies in other files: copy it into this one");
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
        return refuse(c, "is stored in an unknown way: the file is damaged");
    status = check_filters(c, &checksummed);
    if (status == LFADS_OK)
        status = check_size(c, c->set->shape.count * c->set->number);
    if (status == LFADS_OK && layout == H5D_CHUNKED)
        status = check_chunks(c, &slots);
    if (status == LFADS_OK)
        status = check_stored(c, layout, c->set->shape.count * c->set->number);
    if (status == LFADS_OK && checksummed)
        status = check_whole(c, slots);
    return status == LFADS_OK && layout == H5D_CHUNKED ? open_cached(c, slots) : status;
}

static bool is_group(hid_t file, const char *path)
{
    hid_t object = H5Oopen(file, path, H5P_DEFAULT);
    bool group = object >= 0 && H5Iget_type(object) == H5I_GROUP;

    H5Oclose(object);
    return group;
}

enum lfads_status h5_check_open(struct h5_checked *set, const struct h5_checked_file *file,
                                const char *name, struct lfads_error *err)
{
    struct check c = {.set = set, .file = file, .name = name, .err = err};
    enum lfads_status status;

    *set = (struct h5_checked){.deep = 1};
    status = check_links(&c);
    if (status != LFADS_OK)
        return status;
    if (is_group(file->id, c.place.path))
        return refuse(
            &c, "is a group, and a data set is needed: write the array itself under this name");
    set->set = H5Dopen2(file->id, c.place.path, H5P_DEFAULT);
    if (set->set <= 0)
        return refuse(&c, "is no data set, or it is damaged");
    if (says(set->set, "MATLAB_empty", NULL))
        return refuse(&c, "is an empty array of MATLAB");
    set->space = H5Dget_space(set->set);
    set->type = H5Dget_type(set->set);
    c.list = H5Dget_create_plist(set->set);
    if (set->space <= 0 || set->type <= 0 || c.list <= 0)
        return refuse(&c, "can't be opened: the file is damaged");
    status = check_type(&c);
    if (status == LFADS_OK)
        status = check_shape(&c);
    if (status == LFADS_OK)
        status = check_storage(&c);
    H5Pclose(c.list);
    return status;
}

bool h5_check_empty(const struct h5_checked_file *file, const struct h5_place *place)
{
    hid_t set = H5Dopen2(file->id, place->path, H5P_DEFAULT);
    hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    bool empty = set >= 0 &&
                 (says(set, "MATLAB_empty", NULL) || H5Sget_simple_extent_type(space) == H5S_NULL);

    H5Sclose(space);
    H5Dclose(set);
    return empty;
}

void h5_check_close(struct h5_checked *set)
{
    if (set->type > 0)
        H5Tclose(set->type);
    if (set->space > 0)
        H5Sclose(set->space);
    if (set->set > 0)
        H5Dclose(set->set);
    *set = (struct h5_checked){.deep = 1};
}
