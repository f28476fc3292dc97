/* fuzz_index.c - the text file `checkpoint` of a save directory. Whatever it says, files outside of
 * the directory stay, and what is written back is read again.
 * SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "save/index.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char path[FILE_PATH], outside[FILE_PATH];
    struct lfads_error err = {.text = ""};
    enum lfads_status status;

    target_write("victim", bytes, 0);
    target_write("m.ckpt-7", bytes, 0);
    assert(file_make_directory("save", NULL) == LFADS_OK);
    target_write("save/notes", bytes, 0);
    target_write("save/m.ckpt-1", bytes, 0);
    target_write("save/m.ckpt-2", bytes, 0);
    target_write("save/checkpoint", bytes, length);
    status = index_latest(path, "save", "checkpoint", &err);
    target_check(status, &err);
    assert(status != LFADS_OK || (*path && file_exists(path)));
    index_step(path);
    status = index_add("save", "checkpoint", "save/m.ckpt-2", 1, &err);
    target_check(status, &err);
    assert(status == LFADS_OK);
    assert(file_exists("victim") && file_exists("m.ckpt-7") && file_exists("save/notes"));
    assert(file_exists("save/m.ckpt-2"));
    assert(index_latest(outside, "save", "checkpoint", &err) == LFADS_OK);
    assert(strcmp(outside, "save/m.ckpt-2") == 0);
    return 0;
}
