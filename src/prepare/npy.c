/* npy.c - decodes one array in NumPy's format: a header that is a Python dictionary, then numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/npy.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_HEADER = 65536, PIECE = 65536, LONGEST_TEXT = 4096 };

/* What a header says. */
struct header {
    char kind;    /* 'f', 'i', 'u', 'b', 'U', 'S'; 0: another */
    bool swapped; /* the most significant byte comes first */
    bool columns; /* the first axis varies fastest */
    bool objects; /* of Python */
    bool records; /* of several fields */
    size_t size;  /* bytes of an entry */
    size_t rank, dims[VARIABLE_AXES];
    size_t bytes; /* of the header itself */
};

static enum lfads_status damaged(const struct variables *variables, const char *name,
                                 struct lfads_error *err)
{
    return lfads_fail(err, LFADS_BAD_DATA, "%s: the array %s is damaged or cut short",
                      variables->path, name);
}

/* The text behind KEY and its colon; NULL if it is not there. */
static const char *value_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    if (!at)
        return NULL;
    at += strlen(key);
    return at + strspn(at, " :");
}

/* Reads the type, as in '<f8'. */
static bool parse_type(struct header *h, const char *text)
{
    const char *at = value_of(text, "'descr'");
    char *end;

    if (!at)
        return false;
    if (*at != '\'')
        return h->records = true;
    at++;
    h->swapped = *at == '>';
    at += strspn(at, "<>|=");
    if (strchr("fiubUS", *at))
        h->kind = *at;
    h->objects = *at == 'O';
    if (*at == 0)
        return false;
    h->size = strtoul(at + 1, &end, 10);
    if (h->kind == 'U')
        h->size *= 4;
    if (h->size > LONGEST_TEXT || (h->size > 8 && h->kind != 'U' && h->kind != 'S') ||
        (h->kind == 'f' && h->size < 2) || *end != '\'')
        h->kind = 0;
    return true;
}

static bool parse_shape(struct header *h, const char *text)
{
    const char *at = value_of(text, "'shape'");

    if (!at || *at != '(')
        return false;
    for (at++; *at && *at != ')'; at += strspn(at, ", ")) {
        char *end;

        if (!isdigit((unsigned char)*at))
            return false;
        if (h->rank == VARIABLE_AXES) {
            h->kind = 0; /* more axes than anything here has */
            return true;
        }
        h->dims[h->rank++] = strtoul(at, &end, 10);
        at = end;
    }
    return *at == ')';
}

static bool read_header(struct header *h, bool *no_memory, const struct npy_stream *stream)
{
    unsigned char start[12] = {0};
    size_t length, fixed = 10;
    const char *order;
    char *text;
    bool fine;

    *h = (struct header){.kind = 0};
    if (!stream->take(stream->source, start, 10) || memcmp(start, "\x93NUMPY", 6) != 0)
        return false;
    length = start[8] | (size_t)start[9] << 8;
    if (start[6] > 1) {
        if (!stream->take(stream->source, start + 10, 2))
            return false;
        length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
        fixed = 12;
    }
    if (length > LONGEST_HEADER || length + fixed > stream->length)
        return false;
    text = calloc(length + 1, 1);
    *no_memory = !text;
    if (!text)
        return false;
    fine = stream->take(stream->source, text, length);
    h->bytes = length + fixed;
    order = fine ? value_of(text, "'fortran_order'") : NULL;
    h->columns = order && *order == 'T';
    fine = order && parse_type(h, text) && parse_shape(h, text);
    free(text);
    return fine;
}

/* The number of 16 bits: sign, 5 bits of exponent, 10 of mantissa. */
static double number_of_half(uint32_t word)
{
    double mantissa = word & 0x3ff, sign = word & 0x8000 ? -1 : 1;
    int exponent = (int)(word >> 10 & 0x1f);

    if (exponent == 31)
        return mantissa != 0 ? (double)NAN : sign * (double)INFINITY;
    return sign * (exponent ? ldexp(mantissa + 1024, exponent - 25) : ldexp(mantissa, -24));
}

/* The number in SIZE bytes, least significant first. */
static double number_of(const unsigned char *bytes, char kind, size_t size)
{
    uint64_t word = 0;

    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    if (kind == 'f' && size == 8) {
        double value;

        memcpy(&value, &word, sizeof value);
        return value;
    }
    if (kind == 'f' && size == 4) {
        uint32_t half = (uint32_t)word;
        float value;

        memcpy(&value, &half, sizeof value);
        return (double)value;
    }
    if (kind == 'f')
        return number_of_half((uint32_t)word);
    if (kind == 'i' && size < 8 && word >> (8 * size - 1))
        word |= ~(uint64_t)0 << (8 * size);
    return kind == 'i' ? (double)(int64_t)word : (double)word;
}

bool npy_is_number(char type, size_t size)
{
    return (type == 'f' && (size == 2 || size == 4 || size == 8)) || (type == 'b' && size == 1) ||
           ((type == 'i' || type == 'u') && (size == 1 || size == 2 || size == 4 || size == 8));
}

double npy_number(const unsigned char *bytes, char type, size_t size, bool swapped)
{
    unsigned char turned[8];

    for (size_t i = 0; i < size; i++)
        turned[i] = bytes[swapped ? size - 1 - i : i];
    return number_of(turned, type, size);
}

/* The text in SIZE bytes of UTF-32 or ASCII, as UTF-8; NULL without memory. */
static char *text_of(const unsigned char *bytes, char kind, size_t size)
{
    char *text = calloc(size + 1, 1), *to;

    if (!text)
        return NULL;
    if (kind == 'S')
        return memcpy(text, bytes, size);
    to = text;
    for (size_t i = 0; i < size; i += 4) {
        uint32_t c = bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16;

        if (c < 0x80) {
            *to++ = (char)c;
        } else if (c < 0x800) {
            *to++ = (char)(0xc0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
            *to++ = (char)(0x80 | (c >> 6 & 0x3f));
            *to++ = (char)(0x80 | (c & 0x3f));
        } else {
            *to++ = '?';
        }
    }
    return text;
}

/* Reads the entries of V in pieces. */
static enum lfads_status read_entries(struct variable *v, const struct header *h,
                                      const struct npy_stream *stream,
                                      const struct variables *variables, struct lfads_error *err)
{
    unsigned char piece[PIECE];
    size_t each = h->size ? PIECE / h->size : 0;

    for (size_t done = 0; done < v->count; done += each) {
        size_t some = each < v->count - done ? each : v->count - done;

        if (!stream->take(stream->source, piece, some * h->size))
            return damaged(variables, v->name, err);
        for (size_t i = 0; i < some; i++) {
            unsigned char *entry = piece + i * h->size;

            for (size_t b = 0; h->swapped && b < h->size / 2 && v->numbers; b++) {
                unsigned char other = entry[b];

                entry[b] = entry[h->size - 1 - b];
                entry[h->size - 1 - b] = other;
            }
            if (v->numbers)
                v->numbers[done + i] = number_of(entry, h->kind, h->size);
            else if (!(v->texts[done + i] = text_of(entry, h->kind, h->size)))
                return lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path);
        }
    }
    return LFADS_OK;
}

/* Reads what is behind the header of an array of objects: their pickle. */
static enum lfads_status read_objects(struct variables *variables, const char *name,
                                      const struct header *h, const struct npy_stream *stream,
                                      struct lfads_error *err)
{
    size_t length = stream->length > h->bytes ? (size_t)stream->length - h->bytes : 0;
    unsigned char *bytes;
    enum lfads_status status = variables_allocate(&bytes, length, 1, variables->path, err);

    if (status != LFADS_OK)
        return status;
    status = stream->take(stream->source, bytes, length)
                 ? npy_read_objects(variables, name, h->rank, h->dims, bytes, length, err)
                 : damaged(variables, name, err);
    free(bytes);
    return status;
}

enum lfads_status npy_read(struct variables *variables, const char *name,
                           const struct npy_stream *stream, struct lfads_error *err)
{
    struct header header;
    struct variable *v;
    bool texts, no_memory = false;
    size_t bytes;
    enum lfads_status status;

    if (!read_header(&header, &no_memory, stream))
        return no_memory ? lfads_fail(err, LFADS_NO_MEMORY, "no memory to read %s", variables->path)
                         : damaged(variables, name, err);
    if (header.objects)
        return read_objects(variables, name, &header, stream, err);
    texts = header.kind == 'U' || header.kind == 'S';
    if (header.kind == 0 || header.size == 0 || (texts && header.swapped))
        return variables_skip(variables, name,
                              header.records
                                  ? "holds records of several fields (save each field as an array)"
                                  : "holds neither numbers nor texts of up to 4 axes",
                              err);
    status = variables_add(&v, variables, name, header.rank, header.dims, err);
    if (status != LFADS_OK)
        return status;
    if (__builtin_mul_overflow(v->count, header.size, &bytes) || bytes > stream->length) {
        v->count = 0;
        return damaged(variables, name, err);
    }
    status =
        texts ? variables_allocate(&v->texts, v->count, sizeof *v->texts, variables->path, err)
              : variables_allocate(&v->numbers, v->count, sizeof *v->numbers, variables->path, err);
    if (status == LFADS_OK)
        status = read_entries(v, &header, stream, variables, err);
    return status == LFADS_OK && header.columns ? variable_from_columns(v, variables->path, err)
                                                : status;
}
