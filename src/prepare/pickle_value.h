/* pickle_value.h - the values of a pickle.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PREPARE_PICKLE_VALUE_H
#define LFADS_PREPARE_PICKLE_VALUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pickle_kind {
    PICKLE_OTHER,
    PICKLE_NUMBER,
    PICKLE_TEXT,  /* bytes too */
    PICKLE_LIST,  /* tuples too */
    PICKLE_ARRAY, /* of numbers in BYTES, or of objects in a list */
    PICKLE_TYPE,  /* of an array's entries */
    PICKLE_NAME,  /* of what a pickle would call */
    PICKLE_MARK
};

/* Where no value is. */
enum { PICKLE_NONE = UINT32_MAX };

struct pickle_value {
    enum pickle_kind kind;
    double number;              /* of a number, or of a type the bytes of an entry */
    const unsigned char *bytes; /* of a text, a name, an array … */
    size_t length;              /* … how many; of a list, how many entries */
    uint32_t first, last;       /* of a list: its links */
    uint32_t list;              /* of an array of objects: the list of them */
    size_t rank, dims[4];       /* of an array; rank 5: more axes */
    char type;                  /* of an array or type: NumPy's letter */
    size_t size;                /* bytes of an entry */
    bool swapped, columns;      /* most significant byte first; the first axis varies fastest */
};

/* An entry of a list. */
struct pickle_link {
    uint32_t value, next;
};

struct pickle {
    struct pickle_value *value;
    struct pickle_link *link;
    size_t values, links, value_room, link_room;
    unsigned char **made; /* bytes that are not in the pickle itself */
    size_t n_made;
    bool no_memory;
};

#endif
