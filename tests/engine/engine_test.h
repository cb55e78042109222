/* Helpers of the engine's tests: rule folders of a few texts, trees from YAML. */
#pragma once

#include "engine/content.h"
#include "formats/format.h"
#include "model/cleanup.h"
#include "model/error.h"
#include "model/tree.h"

#include "cmocka_all.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static inline json_object *yaml(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_object *tree = format_find("yaml")->parse("t", text, strlen(text), &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

static inline char *folder_new(void)
{
    return g_dir_make_tmp("plumbline-test-XXXXXX", NULL);
}

static inline char *folder_write(const char *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static inline void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        remove_tree(inner);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

static inline struct content *folder_load(const char *folder)
{
    const char *const dirs[] = {folder, NULL};
    g_autoptr(GError) error = NULL;
    struct content *content = content_load(dirs, &error);
    if (!content)
        fail_msg("%s", error->message);
    return content;
}

/* A rule text with the usual members. */
#define RULE(id, severity, rest)                                                                                       \
    "- id: " id "\n"                                                                                                   \
    "  title: T\n"                                                                                                     \
    "  severity: " severity "\n"                                                                                       \
    "  rationale: R\n"                                                                                                 \
    "  fix: {text: F}\n" rest
#define MODULE(name, layer) "module: " name "\nlayer: " layer "\ntitle: M\n"

/* All diagnostics as one text. */
static inline char *diagnostics_text(const struct content *content)
{
    GString *out = g_string_new(NULL);
    const GPtrArray *list = content_diagnostics(content);
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *text = diagnostic_text(g_ptr_array_index(list, i));
        g_string_append_printf(out, "%s\n", text);
    }
    return g_string_free(out, FALSE);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text ? text : "(null)");
}
