/* unit_names.c - reads unit_names or unit_ids.
 * SPDX-License-Identifier: Apache-2.0 */
#include "infer/unit_names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/hyperparams.h"
#include "infer/arrays.h"

/* Returns COUNT empty names in one piece of memory; NULL if there is none. */
static char **create(size_t count)
{
    char **names = calloc(count * (sizeof *names + UNIT_NAME) + 1, 1);

    for (size_t j = 0; names && j < count; j++)
        names[j] = (char *)(names + count) + j * UNIT_NAME;
    return names;
}

/* Sets NAME to the LENGTH bytes of TEXT, or to as many characters as it takes. */
static void set_name(char name[UNIT_NAME], const char *text, size_t length)
{
    if (length >= UNIT_NAME) {
        length = UNIT_NAME - 1;
        while (length > 0 && (text[length] & 0xC0) == 0x80) /* no part of a character */
            length--;
    }
    memcpy(name, text, length);
    name[length] = 0;
    for (char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 127)
            *at = '?';
    for (char *at = name; *at && !hyperparams_is_utf8(name); at++)
        if ((unsigned char)*at > 127)
            *at = '?';
}

/* Takes the lines of TEXT; false unless there are COUNT. */
static bool take_lines(char **names, const char *text, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        size_t length = strcspn(text, "\n");

        set_name(names[j], text, length);
        text += length;
        if (j + 1 < count && *text++ != '\n')
            return false;
    }
    return *text == 0 || strcmp(text, "\n") == 0;
}

static bool take_texts(char **names, const struct h5_file *file, const char *key,
                       const struct h5_shape *shape, size_t count)
{
    bool matlab = shape->holds == H5_LETTERS || shape->holds == H5_REFERENCES, fine;
    struct h5_texts texts = {.count = 0};

    fine = (matlab ? h5_read_cells : h5_read_texts)(&texts, file, key, shape, NULL) == LFADS_OK;
    if (fine && texts.count == 1)
        fine = take_lines(names, texts.each[0], count);
    else if (fine && texts.count == count)
        for (size_t j = 0; j < count; j++)
            set_name(names[j], texts.each[j], strlen(texts.each[j]));
    else
        fine = false;
    h5_texts_free(&texts);
    return fine;
}

static bool take_numbers(char **names, const struct h5_file *file, const char *key, size_t count)
{
    struct array ids;
    bool fine = array_read(&ids, file, key, 1, NULL) == LFADS_OK && ids.count == count;

    for (size_t j = 0; fine && j < count; j++) {
        fine = isfinite(ids.values[j]);
        snprintf(names[j], UNIT_NAME, "%.15g", ids.values[j]);
    }
    array_free(&ids);
    return fine;
}

/* Whatever else a file calls so is no reason to fail. */
static bool take(char **names, const struct evaluation *s, const char *key)
{
    struct h5_shape shape;

    if (!h5_has(&s->data, key) || h5_shape(&shape, &s->data, key, NULL) != LFADS_OK)
        return false;
    return shape.numeric && shape.holds != H5_LETTERS
               ? take_numbers(names, &s->data, key, s->channels)
               : take_texts(names, &s->data, key, &shape, s->channels);
}

enum lfads_status unit_names_read(char ***names, const struct evaluation *s)
{
    *names = create(s->channels);
    if (!*names)
        return lfads_fail(s->err, LFADS_NO_MEMORY, "no memory to read %s", s->data.path);
    if (!take(*names, s, "unit_names") && !take(*names, s, "unit_ids")) {
        free(*names);
        *names = NULL;
    }
    return LFADS_OK;
}

void unit_name(char text[UNIT_NAME], char *const *names, size_t j)
{
    if (names && *names[j])
        snprintf(text, UNIT_NAME, "%s", names[j]);
    else
        snprintf(text, UNIT_NAME, "%zu", j);
}
