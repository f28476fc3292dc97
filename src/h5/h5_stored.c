/* h5_stored.c - describes types of files in words of our own, so that the process that reads a file
 * need not be believed more than that.
 * SPDX-License-Identifier: Apache-2.0 */
#include "h5/h5_stored.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 1 << 16 }; /* bytes of a text of fixed length */

static const char *const truths[] = {"FALSE", "TRUE"}; /* as h5py names them */

const char *h5_holds_name(enum h5_holds holds)
{
    static const char *const names[H5_HOLDS] = {
        [H5_OTHER] = "what is no number",
        [H5_NUMBERS] = "numbers",
        [H5_TRUTHS] = "truth values",
        [H5_LISTS] = "lists of different lengths",
        [H5_REAL_LISTS] = "lists of different lengths",
        [H5_TEXTS] = "text",
        [H5_STRINGS] = "text",
        [H5_LETTERS] = "text",
        [H5_COMPLEX] = "complex numbers",
        [H5_RECORDS] = "records of several fields",
        [H5_OBJECTS] = "an object of MATLAB, such as a string array",
        [H5_REFERENCES] = "references, as a cell array of MATLAB does"};

    return names[holds < H5_HOLDS ? holds : H5_OTHER];
}

bool h5_stored_is_plain(hid_t type)
{
    size_t size = H5Tget_size(type);
    static const size_t reals[][5] = {/* bytes, exponent position and bits, mantissa bits, bias */
                                      {2, 10, 5, 10, 15},
                                      {4, 23, 8, 23, 127},
                                      {8, 52, 11, 52, 1023}};
    size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;

    if (H5Tget_offset(type) != 0 || H5Tget_precision(type) != 8 * size)
        return false;
    if (H5Tget_order(type) != H5T_ORDER_LE && H5Tget_order(type) != H5T_ORDER_BE)
        return size == 1 && H5Tget_order(type) == H5T_ORDER_NONE;
    if (H5Tget_class(type) == H5T_INTEGER)
        return size == 1 || size == 2 || size == 4 || size == 8;
    if (H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) < 0)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (size == reals[i][0])
            return sign == 8 * size - 1 && exponent == reals[i][1] &&
                   exponent_bits == reals[i][2] && mantissa == 0 && mantissa_bits == reals[i][3] &&
                   H5Tget_ebias(type) == reals[i][4] && H5Tget_norm(type) == H5T_NORM_IMPLIED;
    return false;
}

H5T_class_t h5_stored_within(hid_t type)
{
    hid_t base = H5Tget_super(type);
    H5T_class_t class = base >= 0 ? H5Tget_class(base) : H5T_NO_CLASS;

    if ((class != H5T_INTEGER && class != H5T_FLOAT) || !h5_stored_is_plain(base))
        class = H5T_NO_CLASS;
    H5Tclose(base);
    return class;
}

/* Whether the enumeration is h5py's of truth values. */
static bool are_truths(hid_t type)
{
    bool fine = H5Tget_class(type) == H5T_ENUM && H5Tget_nmembers(type) == 2;

    for (unsigned i = 0; i < 2 && fine; i++) {
        char *name = H5Tget_member_name(type, i);
        int8_t value = -1;

        fine = name && strcmp(name, truths[i]) == 0 && H5Tget_size(type) == 1 &&
               H5Tget_member_value(type, i, &value) >= 0 && value == (int8_t)i;
        H5free_memory(name);
    }
    return fine;
}

bool h5_stored_is_complex(hid_t type)
{
    char *first = H5Tget_nmembers(type) == 2 ? H5Tget_member_name(type, 0) : NULL;
    bool complex = first && (strcmp(first, "r") == 0 || strcmp(first, "real") == 0);

    H5free_memory(first);
    return complex;
}

struct h5_stored h5_stored_of(hid_t type, enum h5_holds holds)
{
    struct h5_stored stored = {.holds = holds};

    switch (holds) {
    case H5_NUMBERS:
    case H5_LETTERS:
        stored.size = H5Tget_size(type);
        stored.real = H5Tget_class(type) == H5T_FLOAT;
        stored.is_signed = !stored.real && H5Tget_sign(type) == H5T_SGN_2;
        stored.big_endian = H5Tget_order(type) == H5T_ORDER_BE;
        break;
    case H5_TRUTHS:
        stored.size = are_truths(type) ? 1 : 0;
        break;
    case H5_TEXTS:
    case H5_STRINGS:
        stored.size = holds == H5_STRINGS ? 1 : H5Tget_size(type);
        stored.utf8 = H5Tget_cset(type) == H5T_CSET_UTF8;
        stored.padding = (int)H5Tget_strpad(type);
        break;
    default:
        break;
    }
    if (!h5_stored_is_known(&stored))
        stored.size = 0;
    return stored;
}

bool h5_stored_is_known(const struct h5_stored *s)
{
    switch (s->holds) {
    case H5_NUMBERS:
    case H5_LETTERS:
        return s->size == 2 || s->size == 4 || s->size == 8 || (s->size == 1 && !s->real);
    case H5_TRUTHS:
        return s->size == 1;
    case H5_STRINGS:
    case H5_TEXTS:
        return s->size > 0 && s->size <= (s->holds == H5_STRINGS ? 1 : LONGEST) &&
               (s->padding == H5T_STR_NULLTERM || s->padding == H5T_STR_NULLPAD ||
                s->padding == H5T_STR_SPACEPAD);
    default:
        return false;
    }
}

static hid_t half(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);

    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

static hid_t number(const struct h5_stored *s)
{
    hid_t type;

    if (s->real)
        type = s->size == 2 ? half() : H5Tcopy(s->size == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE);
    else
        type = H5Tcopy(s->size == 1   ? H5T_STD_I8LE
                       : s->size == 2 ? H5T_STD_I16LE
                       : s->size == 4 ? H5T_STD_I32LE
                                      : H5T_STD_I64LE);
    if (!s->real)
        H5Tset_sign(type, s->is_signed ? H5T_SGN_2 : H5T_SGN_NONE);
    H5Tset_order(type, s->big_endian ? H5T_ORDER_BE : H5T_ORDER_LE);
    return type;
}

static hid_t truth(void)
{
    hid_t type = H5Tenum_create(H5T_STD_I8LE);

    for (int8_t i = 0; i < 2; i++)
        H5Tenum_insert(type, truths[i], &i);
    return type;
}

static hid_t text(const struct h5_stored *s)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, s->holds == H5_STRINGS ? H5T_VARIABLE : s->size);
    H5Tset_strpad(type, (H5T_str_t)s->padding);
    H5Tset_cset(type, s->utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    return type;
}

hid_t h5_stored_type(const struct h5_stored *stored)
{
    if (!h5_stored_is_known(stored))
        return -1;
    switch (stored->holds) {
    case H5_TRUTHS:
        return truth();
    case H5_TEXTS:
    case H5_STRINGS:
        return text(stored);
    default:
        return number(stored);
    }
}
