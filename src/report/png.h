/* png.h - what was drawn, as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_PNG_H
#define LFADS_REPORT_PNG_H
#include <cairo.h>
#include <stddef.h>

#include "base/error.h"

/* Sets *BYTES, which the caller frees, and *LENGTH to an image surface of CAIRO_FORMAT_RGB24 as a
 * PNG. The surface loses its pixels. Fails with LFADS_NO_MEMORY; the message names WHAT. */
enum lfads_status png_encode(unsigned char **bytes, size_t *length, cairo_surface_t *surface,
                             const char *what, struct lfads_error *err);
#endif
