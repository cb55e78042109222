#include "model/item.h"

#include "model/tree.h"
#include "model/visible.h"

static void item_free(gpointer data)
{
    struct item *item = data;
    g_free(item->subject);
    source_clear(&item->source);
    if (!item->shared) {
        json_object_put(item->fields);
        g_clear_pointer(&item->unread, g_hash_table_unref);
    }
    g_free(item);
}

struct items *items_new(void)
{
    struct items *items = g_new0(struct items, 1);
    items->list = g_ptr_array_new_with_free_func(item_free);
    items->problems = problems_new();
    return items;
}

void items_free(struct items *items)
{
    if (!items)
        return;
    g_ptr_array_unref(items->list);
    g_ptr_array_unref(items->problems);
    if (items->surplus)
        g_ptr_array_unref(items->surplus);
    g_free(items);
}

guint items_room(struct items *items, guint n, const char *what)
{
    guint room = items->list->len < ITEMS_MAX ? ITEMS_MAX - items->list->len : 0;
    if (n > room && !items->full)
        items_problem(items, PROBLEM_ERROR, NULL, "more than %d %s: the rest was left out", ITEMS_MAX, what);
    items->full |= n > room;
    return MIN(n, room);
}

/* The one way into the list: no probe can forget the bound. */
static void append(struct items *items, struct item *item)
{
    if (items_room(items, 1, "things")) {
        g_ptr_array_add(items->list, item);
        return;
    }
    if (!items->surplus)
        items->surplus = g_ptr_array_new_with_free_func(item_free);
    g_ptr_array_set_size(items->surplus, 0);
    g_ptr_array_add(items->surplus, item);
}

struct item *items_add(struct items *items, const char *subject)
{
    struct item *item = g_new0(struct item, 1);
    item->subject = subject && *subject ? visible_valid(subject) : g_strdup("(nameless)");
    item->fields = json_object_new_object();
    append(items, item);
    return item;
}

void item_expect_fields(struct item *item, unsigned n)
{
    struct lh_table *table = json_object_get_object(item->fields);
    /* json-c doubles a table that is two thirds full. */
    int size = (int)(n + n / 2 + 2);
    if (table->size < size)
        lh_table_resize(table, size);
}

void items_add_shared(struct items *items, const struct item *of)
{
    struct item *item = g_new0(struct item, 1);
    item->subject = g_strdup(of->subject);
    source_copy(&item->source, &of->source);
    item->fields = of->fields;
    item->unread = of->unread;
    item->stopped = of->stopped;
    item->shared = true;
    append(items, item);
}

void items_problem(struct items *items, enum problem_kind kind, const char *remediation, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    problems_add(items->problems, kind, remediation, reason);
}

void items_add_problem(struct items *items, const struct problem *problem)
{
    g_ptr_array_add(items->problems, problem_copy(problem));
}

void items_copy_problems(struct items *to, const struct items *from)
{
    problems_copy(to->problems, from->problems);
}

void items_problem_from_error(struct items *items, const GError *error)
{
    problems_add_error(items->problems, error);
}

void items_doubt_from_error(struct items *items, const GError *error)
{
    struct problem *problem = problems_add_error(items->problems, error);
    if (problem)
        problem->doubt = true;
}

void item_set(struct item *item, const char *field, json_object *value)
{
    /* json-c gives every array room for 32 members; most of ours stay empty. */
    if (json_object_is_type(value, json_type_array))
        json_object_array_shrink(value, 0);
    json_object_object_add(item->fields, field, value);
}

void item_set_string(struct item *item, const char *field, const char *value)
{
    item_set(item, field, tree_new_text(value));
}

void item_set_int(struct item *item, const char *field, gint64 value)
{
    item_set(item, field, json_object_new_int64(value));
}

void item_set_double(struct item *item, const char *field, double value)
{
    item_set(item, field, json_object_new_double(value));
}

void item_set_bool(struct item *item, const char *field, bool value)
{
    item_set(item, field, json_object_new_boolean(value));
}

void item_set_mode(struct item *item, const char *field, unsigned mode)
{
    g_autofree char *text = g_strdup_printf("%04o", mode & 07777U);
    item_set(item, field, json_object_new_string(text));
}

void item_set_strv(struct item *item, const char *field, const char *const *values)
{
    json_object *array = json_object_new_array();
    for (; values && *values; values++)
        json_object_array_add(array, tree_new_text(*values));
    item_set(item, field, array);
}

static void free_problem(gpointer problem)
{
    problem_free(problem);
}

/* Takes the problem. */
static void keep_unread(struct item *item, const char *field, struct problem *problem)
{
    if (!item->unread)
        item->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_problem);
    g_hash_table_replace(item->unread, g_strdup(field), problem);
}

void item_unread_error(struct item *item, const char *field, const GError *error)
{
    keep_unread(item, field, problem_of_error(error));
}

void item_unread_problem(struct item *item, const char *field, const struct problem *problem)
{
    keep_unread(item, field, problem_copy(problem));
}

G_GNUC_PRINTF(2, 0) static struct problem *formatted(enum problem_kind kind, const char *format, va_list args)
{
    g_autofree char *reason = g_strdup_vprintf(format, args);
    return problem_new(kind, NULL, reason);
}

void item_unread(struct item *item, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep_unread(item, field, formatted(PROBLEM_UNKNOWN, format, args));
    va_end(args);
}

void item_damaged(struct item *item, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    keep_unread(item, field, formatted(PROBLEM_ERROR, format, args));
    va_end(args);
}

void item_unread_like(struct item *item, const char *field, const char *other)
{
    const struct problem *problem = item_hindrance(item, other);
    keep_unread(item, field, problem ? problem_copy(problem) : problem_new(PROBLEM_UNKNOWN, NULL, other));
}

const struct problem *item_hindrance(const struct item *item, const char *field)
{
    return item->unread ? g_hash_table_lookup(item->unread, field) : NULL;
}

void item_source_path(struct item *item, const char *path, unsigned line)
{
    g_free(item->source.path);
    item->source.path = visible_valid(path);
    item->source.line = line;
}

void item_source_process(struct item *item, const char *comm, int pid)
{
    g_autofree char *valid = visible_valid(comm ? comm : "?");
    g_free(item->source.process);
    item->source.process = g_strdup_printf("%s (pid %d)", valid, pid);
}

void item_source_api(struct item *item, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *api = g_strdup_vprintf(format, args);
    va_end(args);
    g_free(item->source.api);
    item->source.api = visible_valid(api);
}

void source_clear(struct source *source)
{
    g_clear_pointer(&source->path, g_free);
    g_clear_pointer(&source->process, g_free);
    g_clear_pointer(&source->api, g_free);
    source->line = 0;
}

void source_copy(struct source *to, const struct source *from)
{
    to->path = g_strdup(from->path);
    to->line = from->line;
    to->process = g_strdup(from->process);
    to->api = g_strdup(from->api);
}
