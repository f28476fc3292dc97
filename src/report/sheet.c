/* sheet.c - makes a sheet and writes it as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/sheet.h"

#include <stdlib.h>

#include "base/file.h"
#include "report/png.h"

cairo_t *sheet_create(double width, double height)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_t *cairo = cairo_create(surface);

    cairo_surface_destroy(surface); /* the sheet keeps it */
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    return cairo;
}

enum lfads_status sheet_write(cairo_t *sheet, const char *path, struct lfads_error *err)
{
    unsigned char *png;
    size_t length;
    enum lfads_status status = png_encode(&png, &length, cairo_get_target(sheet), path, err);

    cairo_destroy(sheet);
    if (status == LFADS_OK)
        status = file_write_bytes(path, png, length, err);
    free(png);
    return status;
}
