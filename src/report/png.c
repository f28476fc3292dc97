/* png.c - compresses a surface with libpng. Cairo's own writer tries all filters on each row and
 * takes four times as long for drawings, which they make no smaller.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/png.h"

#include <png.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sets RGB to the pixels, three bytes each; cairo keeps a pixel in the low bits of a word. */
static void pack(unsigned char *rgb, cairo_surface_t *surface, size_t width, size_t height)
{
    const unsigned char *data = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);

    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++, rgb += 3) {
            uint32_t pixel;

            memcpy(&pixel, data + y * stride + x * sizeof pixel, sizeof pixel);
            rgb[0] = (unsigned char)(pixel >> 16);
            rgb[1] = (unsigned char)(pixel >> 8);
            rgb[2] = (unsigned char)pixel;
        }
}

enum lfads_status png_encode(unsigned char **bytes, size_t *length, cairo_surface_t *surface,
                             const char *what, struct lfads_error *err)
{
    size_t width, height;
    unsigned char *rgb;
    png_image image = {
        .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB, .flags = PNG_IMAGE_FLAG_FAST};
    png_alloc_size_t most;
    int done = 0;

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
    most = PNG_IMAGE_PNG_SIZE_MAX(image);
    rgb = malloc(width * height * 3);
    *bytes = malloc(most);
    if (rgb && *bytes) {
        pack(rgb, surface, width, height);
        done = png_image_write_to_memory(&image, *bytes, &most, 0, rgb, 0, NULL);
    }
    free(rgb);
    if (done) {
        *length = most;
        return LFADS_OK;
    }
    free(*bytes);
    *bytes = NULL;
    return lfads_fail(err, LFADS_NO_MEMORY, "can't draw %s: %s", what,
                      image.message[0] ? image.message : "out of memory");
}
