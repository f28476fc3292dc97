/* memory.h - the isolated backend's memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_ISOLATED_MEMORY_H
#define LFADS_TESTS_ISOLATED_MEMORY_H
#include "backend/backend.h"

/* Returns the accessible bytes of ADDRESS, one of the backend's, or NULL for NULL; aborts the
 * program for any other address. */
void *isolated_bytes(const void *address);

void *isolated_memory_create(SELF, size_t bytes);
void isolated_memory_free(SELF, void *memory);
size_t isolated_memory_available(SELF);
void isolated_upload(SELF, void *dst, const void *src, size_t bytes);
void isolated_download(SELF, void *dst, const void *src, size_t bytes);
void isolated_download_later(SELF, void *dst, const void *src, size_t bytes);
/* Aborts the program if allocated memory is not freed. */
void isolated_memory_end(void);
void *isolated_host_create(SELF, size_t bytes);
void isolated_host_free(SELF, void *memory);
enum lfads_status isolated_finish(SELF, struct lfads_error *err);
#endif
