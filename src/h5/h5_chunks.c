/* h5_chunks.c - the shuffle and deflate filters on our threads: HDF5 compresses on one thread.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_chunks.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/workers.h"
#include "h5/h5.h"

enum {
    ROWS_AT_ONCE = 256,
    WORTH_THREADS = 1 << 20, /* bytes that are compressed faster on several threads */
    COMPRESSOR = 1 << 20     /* bytes of a libdeflate compressor, about */
};

static size_t at_once(size_t rows) { return rows < ROWS_AT_ONCE ? rows : ROWS_AT_ONCE; }

struct batch {
    const unsigned char *values;
    size_t bytes, size, capacity;
    struct libdeflate_compressor **compressors; /* one per thread */
    unsigned char *shuffled;                    /* [threads,bytes] */
    unsigned char *packed;                      /* [ROWS_AT_ONCE,capacity], or fewer rows */
    size_t length[ROWS_AT_ONCE];                /* 0: the chunk did not fit */
};

/* Groups the bytes of all numbers by their position in a number, as HDF5's shuffle filter does. */
static void shuffle(unsigned char *out, const unsigned char *in, size_t bytes, size_t size)
{
    size_t count = bytes / size;

    for (size_t place = 0; place < size; place++)
        for (size_t i = 0; i < count; i++)
            out[place * count + i] = in[i * size + place];
}

static void pack_row(void *payload, size_t row, size_t thread)
{
    struct batch *b = payload;
    unsigned char *shuffled = b->shuffled + thread * b->bytes;

    shuffle(shuffled, b->values + row * b->bytes, b->bytes, b->size);
    b->length[row] = libdeflate_zlib_compress(b->compressors[thread], shuffled, b->bytes,
                                              b->packed + row * b->capacity, b->capacity);
}

static bool write_batch(hid_t set, const struct batch *b, size_t first, size_t rows)
{
    hsize_t offset[H5_MOST_RANK] = {0};

    for (size_t i = 0; i < rows; i++) {
        offset[0] = first + i;
        if (b->length[i] == 0 || H5Dwrite_chunk(set, H5P_DEFAULT, 0, offset, b->length[i],
                                                b->packed + i * b->capacity) < 0)
            return false;
    }
    return true;
}

size_t h5_packing_bytes(size_t count, size_t bytes, size_t threads)
{
    return (at_once(count) + threads) * (bytes + bytes / 1000) + threads * COMPRESSOR;
}

bool h5_chunks_write(hid_t set, size_t first, size_t rows, size_t bytes, size_t size,
                     const void *values, int level, size_t threads, bool *no_memory)
{
    struct batch b = {.values = values, .bytes = bytes, .size = size};
    struct workers *workers;
    bool fine = true;

    threads = threads && rows * bytes >= WORTH_THREADS ? threads : 1;
    workers = workers_create(threads);
    b.compressors = calloc(threads, sizeof *b.compressors);
    for (size_t i = 0; b.compressors && i < threads; i++)
        fine = (b.compressors[i] = libdeflate_alloc_compressor(level)) && fine;
    if (b.compressors && fine)
        b.capacity = libdeflate_zlib_compress_bound(b.compressors[0], bytes);
    b.shuffled = malloc(threads * bytes);
    b.packed = malloc(at_once(rows) * b.capacity + 1);
    fine = fine && b.compressors && b.shuffled && b.packed;
    *no_memory = !fine;
    for (size_t done = 0; fine && done < rows; done += ROWS_AT_ONCE) {
        size_t some = at_once(rows - done);

        workers_run(workers, some, pack_row, &b);
        fine = write_batch(set, &b, first + done, some);
        b.values += some * bytes;
    }
    for (size_t i = 0; b.compressors && i < threads; i++)
        libdeflate_free_compressor(b.compressors[i]);
    workers_free(workers);
    free(b.compressors);
    free(b.shuffled);
    free(b.packed);
    return fine;
}
