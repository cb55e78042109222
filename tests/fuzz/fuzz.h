/* A harness a format: any bytes, any verdict, but no crash, no leak, and an error exactly when there is no tree. */
#pragma once

#include "formats/format.h"
#include "model/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline int fuzz_format(const char *name, const uint8_t *data, size_t size)
{
    /* Parsers may count on a NUL behind the text, as host_read() gives it; a copy of this size shows reads past it. */
    g_autofree char *text = g_malloc(size + 1);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = format_find(name)->parse("fuzz", text, size, &error);
    if ((tree == NULL) != (error != NULL))
        abort();
    if (error && !g_utf8_validate(error->message, -1, NULL))
        abort();
    pl_autojson json_object *copy = tree_copy(tree);
    g_autofree char *canonical = tree_canonical(copy);
    return 0;
}

#define FUZZ_FORMAT(name)                                                                                              \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                                       \
    {                                                                                                                  \
        return fuzz_format(name, data, size);                                                                          \
    }
