/* png.c - compresses a surface with libpng. Cairo's own writer tries all filters on each row and
 * takes four times as long for drawings, which they make no smaller.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/png.h"

#include <png.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Packs the pixels into three bytes each, one after another, in their own memory; cairo keeps a
 * pixel in the low bits of a word. */
static unsigned char *pack(cairo_surface_t *surface, size_t width, size_t height)
{
    unsigned char *data = cairo_image_surface_get_data(surface), *rgb = data;
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);

    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++, rgb += 3) {
            uint32_t pixel;

            memcpy(&pixel, data + y * stride + x * sizeof pixel, sizeof pixel);
            rgb[0] = (unsigned char)(pixel >> 16);
            rgb[1] = (unsigned char)(pixel >> 8);
            rgb[2] = (unsigned char)pixel;
        }
    return data;
}

enum lfads_status png_encode(unsigned char **bytes, size_t *length, cairo_surface_t *surface,
                             const char *what, struct lfads_error *err)
{
    size_t width, height;
    png_image image = {
        .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB, .flags = PNG_IMAGE_FLAG_FAST};
    char *text = NULL;
    FILE *out;
    bool done;

    *bytes = NULL;
    *length = 0;
    cairo_surface_flush(surface);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        return lfads_fail(err, LFADS_NO_MEMORY, "can't draw %s: %s", what,
                          cairo_status_to_string(cairo_surface_status(surface)));
    width = (size_t)cairo_image_surface_get_width(surface);
    height = (size_t)cairo_image_surface_get_height(surface);
    image.width = (png_uint_32)width;
    image.height = (png_uint_32)height;
    out = open_memstream(&text, length);
    done = out && png_image_write_to_stdio(&image, out, 0, pack(surface, width, height), 0, NULL);
    done = out && fclose(out) == 0 && done;
    if (done) {
        *bytes = (unsigned char *)text;
        return LFADS_OK;
    }
    free(text);
    *length = 0;
    return lfads_fail(err, LFADS_NO_MEMORY, "can't draw %s: %s", what,
                      image.message[0] ? image.message : "out of memory");
}
