/* utf8.c - texts of 16-bit units, as MATLAB has them, in UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/* Writes CODE to TEXT; returns the length. */
static size_t put(char *text, uint32_t code)
{
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint32_t first[] = {0, 0xC0, 0xE0, 0xF0};

    text[0] = (char)(first[more] | code >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        text[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3F));
    return 1 + more;
}

size_t utf8_text(char *text, const uint16_t *units, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t code = units[i];

        if (code >= 0xD800 && code < 0xDC00 && i + 1 < count && units[i + 1] >= 0xDC00 &&
            units[i + 1] < 0xE000)
            code = 0x10000 + ((code - 0xD800) << 10) + (units[++i] - 0xDC00u);
        else if (code == 0 || (code >= 0xD800 && code < 0xE000))
            code = '?';
        length += put(text + length, code);
    }
    text[length] = 0;
    return length;
}
