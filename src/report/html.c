/* html.c - escapes text for HTML and JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* Returns the bytes of the character at TEXT; 0 if it is no UTF-8. */
static size_t character(const unsigned char *text)
{
    size_t bytes = *text < 0x80             ? 1
                   : (*text & 0xE0) == 0xC0 ? 2
                   : (*text & 0xF0) == 0xE0 ? 3
                   : (*text & 0xF8) == 0xF0 ? 4
                                            : 0;
    uint32_t code = bytes > 1 ? *text & (0x7Fu >> bytes) : *text;

    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (text[i] & 0x3Fu);
    }
    /* the shortest form of a character that is allowed */
    if ((bytes == 2 && code < 0x80) || (bytes == 3 && code < 0x800) ||
        (bytes == 4 && (code < 0x10000 || code > 0x10FFFF)) || (code >= 0xD800 && code < 0xE000) ||
        (code & 0xFFFE) == 0xFFFE || (code >= 0x7F && code < 0xA0))
        return 0;
    return bytes;
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Writes the character at TEXT; returns its bytes. */
static size_t put_character(FILE *out, const char *text)
{
    size_t bytes = character((const unsigned char *)text);

    if (bytes == 0 || ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t'))
        fputs(replacement, out);
    else if (entity(*text))
        fputs(entity(*text), out);
    else
        fwrite(text, 1, bytes, out);
    return bytes ? bytes : 1;
}

void html_text(FILE *out, const char *text)
{
    while (*text)
        text += put_character(out, text);
}

void html_prose(FILE *out, const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_", digits[] = "0123456789=";
    size_t flag = 0;

    while (*text) {
        if (flag == 0 && strncmp(text, "--", 2) == 0 && text[2] && strchr(letters, text[2])) {
            flag = 2;
            while (text[flag] && (strchr(letters, text[flag]) || strchr(digits, text[flag])))
                flag++;
            fputs("<span class=\"flag\">", out);
        }
        if (flag) {
            fputc(*text++, out);
            if (--flag == 0)
                fputs("</span>", out);
        } else {
            text += put_character(out, text);
        }
    }
}

void html_format(FILE *out, const char *format, ...)
{
    char text[2000];
    va_list words;

    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    html_text(out, text);
}

void html_json(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text) {
        size_t bytes = character((const unsigned char *)text);

        if (bytes == 0)
            fputs(replacement, out);
        else if ((unsigned char)*text < ' ' || strchr("\"\\<>&'", *text))
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            fwrite(text, 1, bytes, out);
        text += bytes ? bytes : 1;
    }
    fputc('"', out);
}

void html_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value == 0 ? 0 : value);
    else
        fputs("null", out);
}
