/* quoted.c - writes and reads strings of protobuf's text format.
 * SPDX-License-Identifier: Apache-2.0 */
#include "save/quoted.h"

#include <string.h>

/* What stands after a backslash for a byte, and the byte. */
static const char letters[] = "nrt\"'\\abfv?", bytes[] = "\n\r\t\"'\\\a\b\f\v?";
enum { WRITTEN = 6 }; /* of these TensorFlow writes the first ones; it reads all */

void quoted_write(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        const char *found = memchr(bytes, byte, WRITTEN);

        if (found)
            fprintf(out, "\\%c", letters[found - bytes]);
        else if (byte < ' ' || byte > '~')
            fprintf(out, "\\%03o", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

/* The value of a digit; 16 for what is none. */
static unsigned digit_of(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;

    if (!found)
        return 16;
    return (unsigned)(found - digits) - (found - digits >= 16 ? 6 : 0);
}

/* Reads up to MOST digits of BASE; sets *BYTE. Returns what follows, NULL if there is no digit. */
static const char *read_digits(unsigned *byte, const char *at, unsigned base, int most)
{
    const char *first = at;

    *byte = 0;
    for (; at - first < most && digit_of(*at) < base; at++)
        *byte = *byte * base + digit_of(*at);
    return at == first ? NULL : at;
}

/* Reads what stands after a backslash. */
static const char *read_escape(unsigned *byte, const char *at)
{
    const char *letter = *at ? strchr(letters, *at) : NULL;

    if (letter) {
        *byte = (unsigned char)bytes[letter - letters];
        return at + 1;
    }
    return *at == 'x' || *at == 'X' ? read_digits(byte, at + 1, 16, 2)
                                    : read_digits(byte, at, 8, 3);
}

const char *quoted_read(char *text, size_t size, const char *token)
{
    char quote = *token;
    const char *at = token + 1;
    size_t length = 0;

    if (quote != '"' && quote != '\'')
        return NULL;
    while (at && *at && *at != quote) {
        unsigned byte = (unsigned char)*at++;

        if (byte == '\\')
            at = read_escape(&byte, at);
        if (!at || byte == 0 || byte > 255 || length + 1 >= size)
            return NULL;
        text[length++] = (char)byte;
    }
    if (!at || *at != quote)
        return NULL;
    text[length] = 0;
    return at + 1;
}
