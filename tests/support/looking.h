/* What the tests of probes share: an inline host from YAML, one query of it, and short names for what was seen. */
#pragma once

#include "formats/format.h"
#include "host/host.h"
#include "model/tree.h"
#include "probes/probe.h"

#include "cmocka_all.h"

#include <string.h>

static inline json_object *yaml(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_object *tree = format_find("yaml")->parse("test", text, strlen(text), &error);
    if (!tree)
        fail_msg("%s", error->message);
    return tree;
}

static inline struct host *inline_host(const char *text)
{
    pl_autojson json_object *spec = yaml(text);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    if (!host)
        fail_msg("%s", error->message);
    return host;
}

static inline struct items *look_at(struct host *host, const char *probe, const char *object_text)
{
    pl_autojson json_object *object = yaml(object_text);
    struct items *items = items_new();
    const struct fact_context context = {.host = host};
    probe_find(probe)->collect(&context, object, items);
    return items;
}

/* Makes an item own what it shares with one of the host's. */
static inline void keep(struct item *item)
{
    if (!item->shared)
        return;
    item->fields = tree_copy(item->fields);
    item->shared = false;
    if (!item->unread)
        return;
    GHashTable *unread = g_steal_pointer(&item->unread);
    GHashTableIter iter;
    gpointer field = NULL, problem = NULL;
    g_hash_table_iter_init(&iter, unread);
    while (g_hash_table_iter_next(&iter, &field, &problem))
        item_unread_problem(item, field, problem);
}

/* The host is gone when this returns. */
static inline struct items *look(const char *host_text, const char *probe, const char *object_text)
{
    pl_auto(host) host = inline_host(host_text);
    struct items *items = look_at(host, probe, object_text);
    for (guint i = 0; i < items->list->len; i++)
        keep(g_ptr_array_index(items->list, i));
    return items;
}

/* The reason why a field is unread; NULL when it was observed. */
static inline const char *unread_why(const struct item *item, const char *field)
{
    const struct problem *problem = item_hindrance(item, field);
    return problem ? problem->reason : NULL;
}

static inline const struct item *item_at(const struct items *items, guint i)
{
    assert_true(i < items->list->len);
    return items->list->pdata[i];
}

static inline const struct item *only_item(const struct items *items)
{
    if (items->problems->len)
        fail_msg("%s", ((const struct problem *)items->problems->pdata[0])->reason);
    assert_int_equal(items->list->len, 1);
    return items->list->pdata[0];
}

static inline void assert_nothing(const struct items *items)
{
    assert_int_equal(items->list->len, 0);
    assert_int_equal(items->problems->len, 0);
}

static inline void assert_problem(const struct items *items, enum problem_kind kind, const char *part)
{
    assert_int_equal(items->problems->len, 1);
    const struct problem *problem = items->problems->pdata[0];
    assert_int_equal(problem->kind, kind);
    if (!strstr(problem->reason, part))
        fail_msg("\"%s\" is not in \"%s\"", part, problem->reason);
}

/* The field as compact JSON, or "(unread)"; absent fields fail. Every field must be declared. */
static inline char *field_text(const struct item *item, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, ".", 2);
    if (item->unread && g_hash_table_contains(item->unread, parts[0]))
        return g_strdup("(unread)");
    json_object *value = NULL;
    if (!tree_get(item->fields, path, &value))
        return g_strdup("(none)");
    return tree_canonical(value);
}

static inline void assert_field(const struct item *item, const char *path, const char *json)
{
    g_autofree char *text = field_text(item, path);
    if (!g_str_equal(text, json))
        fail_msg("%s: %s is %s, not %s", item->subject, path, text, json);
}

static inline void assert_source(const struct item *item, const char *path, unsigned line)
{
    assert_string_equal(item->source.path, path);
    assert_int_equal(item->source.line, line);
}

/* Every field that an item shows or misses is one that the probe declares. */
static inline void assert_declared(const struct item *item, const char *probe)
{
    json_object_object_foreach (item->fields, name, value) {
        (void)value;
        g_autofree char *inside = g_strconcat(name, ".x", NULL);
        if (!probe_field_find(probe_find(probe), name) && !probe_field_find(probe_find(probe), inside))
            fail_msg("%s is not declared", name);
    }
}
