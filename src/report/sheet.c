/* sheet.c - makes a sheet and writes it as a PNG.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/sheet.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

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
    char temp[FILE_PATH];
    cairo_status_t drawn;
    const char *reason;
    enum lfads_status status = file_stage(temp, path, err);

    if (status != LFADS_OK) {
        cairo_destroy(sheet);
        return status;
    }
    errno = 0;
    drawn = cairo_surface_write_to_png(cairo_get_target(sheet), temp);
    reason = drawn == CAIRO_STATUS_WRITE_ERROR && errno ? strerror(errno)
                                                        : cairo_status_to_string(drawn);
    cairo_destroy(sheet);
    if (drawn == CAIRO_STATUS_SUCCESS)
        return file_commit(temp, path, err);
    file_discard(temp);
    return lfads_fail(err, LFADS_IO, "can't write %s: %s", path, reason);
}
