/* sheet.h - the paper that figures are drawn on, and its file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_REPORT_SHEET_H
#define LFADS_REPORT_SHEET_H
#include <cairo.h>

#include "base/error.h"

/* Returns a white sheet of so many pixels to draw on, which sheet_write frees. */
cairo_t *sheet_create(double width, double height);
/* Writes the sheet as a PNG to PATH, complete or not at all, and frees it. */
enum lfads_status sheet_write(cairo_t *sheet, const char *path, struct lfads_error *err);
#endif
