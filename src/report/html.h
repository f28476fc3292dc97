/* html.h - writes text into HTML and JSON, so that nothing from a file can become markup.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_HTML_H
#define LFADS_REPORT_HTML_H
#include <stdio.h>

/* Writes TEXT for an element's contents or an attribute in quotes. What is no UTF-8 and what
 * controls becomes U+FFFD. */
void html_text(FILE *out, const char *text);
/* Writes a sentence as html_text, with each flag that it names in an element of class flag, which a
 * style keeps on one line. */
void html_prose(FILE *out, const char *text);
/* Writes as html_text what the printf form gives, up to 2000 bytes. */
void html_format(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes TEXT as a JSON string, with its quotes, that is also safe within <script>. */
void html_json(FILE *out, const char *text);
/* Writes VALUE with DIGITS significant digits as JSON; null if it is not finite. */
void html_number(FILE *out, double value, int digits);
#endif
