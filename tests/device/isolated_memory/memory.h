/* memory.h - the far backend's memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_FAR_MEMORY_H
#define LFADS_TESTS_FAR_MEMORY_H
#include "backend/backend.h"

/* Where the bytes at FAR, an address that was handed out (or NULL), are; stops the program where it
 * is none. */
void *far_near(const void *far);

void *far_memory_create(SELF, size_t bytes);
void far_memory_free(SELF, void *memory);
size_t far_memory_available(SELF);
void far_upload(SELF, void *dst, const void *src, size_t bytes);
void far_download(SELF, void *dst, const void *src, size_t bytes);
void far_download_later(SELF, void *dst, const void *src, size_t bytes);
/* Stops the program where memory that was handed out is not freed. */
void far_memory_end(void);
void *far_host_create(SELF, size_t bytes);
void far_host_free(SELF, void *memory);
enum lfads_status far_finish(SELF, struct lfads_error *err);
#endif
