#include "look.h"

#include "probes/probe.h"

#include <stdio.h>
#include <string.h>

static void broken(const char *what, const char *where)
{
    fprintf(stderr, "broken promise: %s: %s\n", what, where ? where : "");
    abort();
}

void fuzz_cut(const uint8_t *data, size_t size, struct fuzz_part *parts, size_t n)
{
    static const char line[] = "\n%%\n";
    const char *at = (const char *)data, *end = at + size;
    for (size_t i = 0; i < n; i++) {
        const char *next = i + 1 < n && at < end ? memmem(at, (size_t)(end - at), line, sizeof line - 1) : NULL;
        /* The line's end belongs to the part before it. */
        parts[i] = (struct fuzz_part){at, at < end ? (size_t)((next ? next + 1 : end) - at) : 0};
        at = next ? next + sizeof line - 1 : end;
    }
}

char *fuzz_text(const struct fuzz_part *part)
{
    return g_strndup(part->n ? part->at : "", part->n);
}

json_object *fuzz_yaml(const struct fuzz_part *part)
{
    g_autofree char *text = fuzz_text(part);
    return format_find("yaml")->parse("fuzz", text, strlen(text), NULL);
}

json_object *fuzz_stated(const char *yaml)
{
    g_autoptr(GError) error = NULL;
    json_object *tree = format_find("yaml")->parse("harness", yaml, strlen(yaml), &error);
    if (!tree)
        broken("the harness's own YAML", error->message);
    return tree;
}

static json_object *member_of(json_object *spec, const char *name)
{
    json_object *member = NULL;
    if (json_object_object_get_ex(spec, name, &member))
        return member;
    member = json_object_new_object();
    json_object_object_add(spec, name, member);
    return member;
}

void fuzz_put(json_object *spec, const char *name, const void *bytes, size_t n)
{
    json_object *text = json_object_new_string_len(n ? bytes : "", (int)n);
    if (*name == '/') {
        json_object_object_add(member_of(spec, "files"), name, text);
        return;
    }
    json_object *answer = json_object_new_object();
    json_object_object_add(answer, "body", text);
    json_object_object_add(answer, "content_type", json_object_new_string("application/json"));
    json_object_object_add(member_of(spec, "http"), name, answer);
}

struct host *fuzz_host(json_object *spec)
{
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (!host)
        broken("the harness's own host", error->message);
    return host;
}

const struct daemons *fuzz_daemons(void)
{
    static struct daemons *daemons;
    g_autoptr(GDir) folder = daemons ? NULL : g_dir_open(FUZZ_SOURCE_DIR "/checks/daemons", 0, NULL);
    if (folder)
        daemons = daemons_new();
    for (const char *name = folder ? g_dir_read_name(folder) : NULL; name; name = g_dir_read_name(folder)) {
        g_autofree char *path = g_build_filename(FUZZ_SOURCE_DIR "/checks/daemons", name, NULL), *text = NULL;
        g_autoptr(GError) error = NULL;
        if (!g_file_get_contents(path, &text, NULL, &error))
            broken("a daemon's description", error->message);
        pl_autojson json_object *tree = fuzz_stated(text);
        if (!daemons_add(daemons, path, tree, &error))
            broken("a daemon's description", error->message);
    }
    return daemons;
}

void fuzz_check_text(const char *text)
{
    if (!text || !*text || !g_utf8_validate(text, -1, NULL))
        broken("no text, or none that is UTF-8", text);
}

static void check_strings(const json_object *value, const char *where)
{
    json_object *own = (json_object *)(uintptr_t)value;
    if (json_object_is_type(value, json_type_string)) {
        if (!g_utf8_validate(json_object_get_string(own), json_object_get_string_len(own), NULL))
            broken("no UTF-8", where);
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            check_strings(json_object_array_get_idx(value, i), where);
    } else if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach (own, name, member) {
            if (!g_utf8_validate(name, -1, NULL))
                broken("no UTF-8", where);
            check_strings(member, where);
        }
    }
}

static bool fits(const json_object *value, enum value_type type)
{
    if (!value)
        return true;
    enum json_type is = json_object_get_type(value);
    if (type == VALUE_BOOL)
        return is == json_type_boolean;
    if (type == VALUE_STRING || type == VALUE_MODE || type == VALUE_VERSION)
        return is == json_type_string;
    if (type == VALUE_NUMBER)
        return is == json_type_int || is == json_type_double;
    if (type == VALUE_SET || type == VALUE_LIST)
        return is == json_type_array;
    return type != VALUE_MAP || is == json_type_object;
}

static void check_field(const struct probe *probe, const char *name, const json_object *value)
{
    g_autofree char *inside = g_strconcat(name, ".x", NULL), *where = g_strconcat(probe->name, " ", name, NULL);
    const struct probe_field *field = probe_field_find(probe, name);
    if (!field && !probe_field_find(probe, inside))
        broken("a field that is not declared", where);
    if (field && !fits(value, field->type))
        broken("a field of another type than declared", where);
    check_strings(value, where);
}

static void check_items(const struct probe *probe, const struct items *items)
{
    for (guint i = 0; i < items->list->len; i++) {
        const struct item *item = g_ptr_array_index(items->list, i);
        fuzz_check_text(item->subject);
        json_object_object_foreach (item->fields, name, value)
            check_field(probe, name, value);
        if (item->source.path)
            fuzz_check_text(item->source.path);
    }
    for (guint i = 0; i < items->problems->len; i++)
        fuzz_check_text(((const struct problem *)g_ptr_array_index(items->problems, i))->reason);
    if (items->list->len > ITEMS_MAX)
        broken("too many items", probe->name);
}

/* FUZZ_SHOW=1: what was found, to see whether a seed gets anywhere. */
static void show(const struct probe *probe, const struct items *items)
{
    if (!g_getenv("FUZZ_SHOW"))
        return;
    for (guint i = 0; i < items->list->len; i++) {
        const struct item *item = g_ptr_array_index(items->list, i);
        g_autofree char *fields = tree_canonical(item->fields);
        fprintf(stderr, "%s: %s %.300s\n", probe->name, item->subject, fields);
    }
    for (guint i = 0; i < items->problems->len; i++)
        fprintf(stderr, "%s: problem: %s\n", probe->name,
                ((const struct problem *)g_ptr_array_index(items->problems, i))->reason);
}

void fuzz_look(struct host *host, const char *name, const char *object_yaml)
{
    const struct probe *probe = probe_find(name);
    pl_autojson json_object *object = fuzz_stated(object_yaml);
    pl_auto(items) items = items_new();
    const struct fact_context context = {.host = host, .daemons = fuzz_daemons()};
    if (!probe)
        broken("no such probe", name);
    probe->collect(&context, object, items);
    show(probe, items);
    check_items(probe, items);
}

int fuzz_run(const struct fuzz_plan *plan, const uint8_t *data, size_t size)
{
    struct fuzz_part parts[FUZZ_PARTS];
    size_t n = 0;
    json_object *spec = plan->host ? fuzz_stated(plan->host) : json_object_new_object();
    while (n < FUZZ_PARTS && plan->parts[n])
        n++;
    fuzz_cut(data, size, parts, n);
    for (size_t i = 0; i < n; i++)
        fuzz_put(spec, plan->parts[i], parts[i].at, parts[i].n);
    pl_auto(host) host = fuzz_host(spec);
    for (size_t i = 0; i < FUZZ_LOOKS && plan->looks[i].probe; i++)
        fuzz_look(host, plan->looks[i].probe, plan->looks[i].object);
    return 0;
}
