/* What is said of an image by one or two recorded instructions. */
#pragma once

#include "facts/image/history.h"

#include "looking.h"

static inline struct image_instructions said_of(const char *one, const char *two)
{
    char *history[] = {(char *)(uintptr_t)one, (char *)(uintptr_t)two, NULL};
    struct image_instructions said;
    image_read_history(history, &said);
    return said;
}

static inline size_t count(const json_object *list)
{
    return json_object_array_length(list);
}
