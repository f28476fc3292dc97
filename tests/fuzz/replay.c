/* replay.c - a fuzz target without libFuzzer: feeds it the files of the given directories, and
 * after them a number of mutations of these that is always the same.
 *
 *   fuzz_TARGET MUTATIONS PATH...
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

enum { LONGEST = 1 << 19, MOST_SEEDS = 512 };

struct seed {
    uint8_t *bytes;
    size_t length;
};

struct seeds {
    struct seed seed[MOST_SEEDS];
    size_t count;
};

static void add_file(struct seeds *seeds, const char *path)
{
    struct seed seed = {.bytes = malloc(LONGEST)};
    FILE *file = fopen(path, "rb");

    if (!file || seeds->count == MOST_SEEDS) {
        perror(path);
        exit(2);
    }
    seed.length = fread(seed.bytes, 1, LONGEST, file);
    fclose(file);
    seeds->seed[seeds->count++] = seed;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_directory(struct seeds *seeds, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, compare);
    char name[FILE_PATH];

    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            add_file(seeds, name);
        free(entries[i]);
    }
    if (count < 0)
        add_file(seeds, path);
    else
        free(entries);
}

/* A generator of its own, so that every C library makes the same mutations. */
static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = (*state ^ *state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);

    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* One to four changes: a bit, a byte, a copied piece, a piece of another seed, a cut. */
static size_t mutate(uint8_t *bytes, size_t length, const struct seeds *seeds, uint64_t *state)
{
    for (uint64_t left = 1 + next(state) % 4; left > 0; left--) {
        const struct seed *other = &seeds->seed[next(state) % seeds->count];
        size_t at = length ? next(state) % length : 0, from, count;

        switch (next(state) % 6) {
        case 0:
            if (length)
                bytes[at] ^= (uint8_t)(1u << next(state) % 8);
            break;
        case 1:
            if (length)
                bytes[at] = (uint8_t)next(state);
            break;
        case 2: /* within */
            from = length ? next(state) % length : 0;
            count = length ? next(state) % 64 : 0;
            count =
                count < length - (at > from ? at : from) ? count : length - (at > from ? at : from);
            memmove(bytes + at, bytes + from, count);
            break;
        case 3: /* inserted from another */
            count = other->length ? next(state) % 64 : 0;
            count = count < other->length ? count : other->length;
            if (length + count > LONGEST)
                break;
            from = other->length > count ? next(state) % (other->length - count) : 0;
            memmove(bytes + at + count, bytes + at, length - at);
            memcpy(bytes + at, other->bytes + from, count);
            length += count;
            break;
        case 4: /* taken out */
            count = length ? next(state) % 64 : 0;
            count = count < length - at ? count : length - at;
            memmove(bytes + at, bytes + at + count, length - at - count);
            length -= count;
            break;
        default:
            if (next(state) % 8 == 0)
                length = at;
        }
    }
    return length;
}

int main(int argc, char **argv)
{
    struct seeds *seeds = calloc(1, sizeof *seeds);
    long mutations = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    uint8_t *bytes = malloc(LONGEST);
    uint64_t state = 1;

    for (int i = 2; i < argc; i++)
        add_directory(seeds, argv[i]);
    if (seeds->count == 0) {
        fprintf(stderr, "usage: %s MUTATIONS PATH...\n", argv[0]);
        return 2;
    }
    for (size_t i = 0; i < seeds->count; i++)
        LLVMFuzzerTestOneInput(seeds->seed[i].bytes, seeds->seed[i].length);
    for (long i = 0; i < mutations; i++) {
        const struct seed *seed = &seeds->seed[next(&state) % seeds->count];

        memcpy(bytes, seed->bytes, seed->length);
        LLVMFuzzerTestOneInput(bytes, mutate(bytes, seed->length, seeds, &state));
    }
    printf("%zu files and %ld mutations of them\n", seeds->count, mutations);
    for (size_t i = 0; i < seeds->count; i++)
        free(seeds->seed[i].bytes);
    free(seeds);
    free(bytes);
    return 0;
}
