/* What is in the files of container images: one item an image. */
#include "facts/image/content.h"
#include "formats/format.h"

#include "model/error.h"
#include "model/tree.h"
#include "probes/image/select.h"
#include "probes/probe.h"

#include <string.h>

#define LISTED_MAX 500U

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on the image's name or id"},
    {.name = "stored",
     .type = VALUE_BOOL,
     .text = "true: only images that an engine keeps, none that is named by --image"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"id", VALUE_STRING, "digest of the image's configuration"},
    {"engine", VALUE_STRING, "docker, containers-storage (Podman, Buildah, CRI-O) or archive (--image)"},
    {"format", VALUE_STRING, "docker or oci"},
    {"layers", VALUE_NUMBER, "number of its layers"},
    {"setuid", VALUE_SET, "regular files with the setuid bit"},
    {"setgid", VALUE_SET, "regular files with the setgid bit"},
    {"capabilities", VALUE_SET, "regular files with file capabilities"},
    {"setuid_count", VALUE_NUMBER, "how many those three are together"},
    {"world_writable", VALUE_SET, "regular files that everybody may write, outside of the folders for scratch files"},
    {"sticky_missing", VALUE_SET, "directories that everybody may write, without the sticky bit"},
    {"credentials", VALUE_SET, "files that are credentials by their name, those that a later layer deletes too"},
    {"private_keys", VALUE_SET, "small files that hold a private key"},
    {"ssh_keys", VALUE_SET, "authorized_keys and SSH host keys"},
    {"deleted_sensitive", VALUE_SET, "of the last three, those that a later layer hides: they are still in the image"},
    {"package_managers", VALUE_SET, "package managers"},
    {"tools", VALUE_SET, "compilers, debuggers, network and remote access tools"},
    {"sshd", VALUE_SET, "SSH servers"},
    {"caches", VALUE_SET, "package indexes and caches, the first of them"},
    {"cache_count", VALUE_NUMBER, "how many there are"},
    {"leftovers", VALUE_SET, "files of version control, editors and builds"},
    {"backdoors", VALUE_SET, "libraries of releases that are known to have been tampered with"},
    {"odd_links", VALUE_SET, "links in the place of /etc/passwd, /dev and their like"},
    {"escaping", VALUE_SET, "names with a \"..\" component: unpacked they would leave the image"},
    {"open_accounts", VALUE_SET, "accounts without a password that may log in"},
    {"duplicate_uids", VALUE_SET, "user ids of several accounts"},
    {"duplicate_gids", VALUE_SET, "group ids of several groups"},
    {"other_roots", VALUE_SET, "accounts with uid 0 other than root"},
    {"os", VALUE_STRING, "ID of os-release; null when there is none"},
    {"os_version", VALUE_STRING, "VERSION_ID of os-release; null when there is none"},
    {"release", VALUE_STRING, "both: \"debian 12\"; null without"},
    {.name = NULL},
};

/* Fields that are lists of paths. */
static const struct {
    const char *field;
    enum image_kind kind;
} lists[] = {
    {"setuid", IMAGE_SETUID},
    {"setgid", IMAGE_SETGID},
    {"capabilities", IMAGE_CAPABILITY},
    {"world_writable", IMAGE_WORLD_WRITABLE},
    {"sticky_missing", IMAGE_STICKY_MISSING},
    {"credentials", IMAGE_CREDENTIAL},
    {"private_keys", IMAGE_PRIVATE_KEY},
    {"ssh_keys", IMAGE_SSH_KEY},
    {"package_managers", IMAGE_PACKAGE_MANAGER},
    {"tools", IMAGE_TOOL},
    {"sshd", IMAGE_SSHD},
    {"caches", IMAGE_CACHE},
    {"leftovers", IMAGE_LEFTOVER},
    {"backdoors", IMAGE_BACKDOOR},
    {"odd_links", IMAGE_ODD_LINK},
};

static void list_some(json_object *out, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len && json_object_array_length(out) < LISTED_MAX; i++) {
        json_object_array_add(out, tree_new_text(g_ptr_array_index(texts, i)));
    }
}

/* A list that is cut says so in a member of its own, which no allow list has. */
static void set_list(struct item *item, const char *field, const GPtrArray *texts, const GPtrArray *more)
{
    json_object *out = json_object_new_array();
    guint all = texts->len + (more ? more->len : 0);
    list_some(out, texts);
    if (more)
        list_some(out, more);
    if (all > LISTED_MAX) {
        g_autofree char *rest = g_strdup_printf("and %u more", all - LISTED_MAX);
        json_object_array_add(out, json_object_new_string(rest));
    }
    item_set(item, field, out);
}

/* ---- accounts ---- */

static char **lines_of(GBytes *bytes)
{
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    g_autofree char *copy = g_strndup(text ? text : "", n);
    return g_strsplit(copy, "\n", -1);
}

static void add_text(json_object *list, const char *text)
{
    if (json_object_array_length(list) < LISTED_MAX)
        json_object_array_add(list, tree_new_text(text));
}

/* Names whose field of that number is empty. */
static void add_empty(GBytes *file, guint column, json_object *out)
{
    g_auto(GStrv) lines = lines_of(file);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, ":", -1);
        if (g_strv_length(columns) > column && *columns[0] && **line != '#' && !*columns[column])
            add_text(out, columns[0]);
    }
}

/* Values of a column that come more than once. */
static json_object *duplicates(GBytes *file, guint column)
{
    json_object *out = json_object_new_array();
    g_autoptr(GHashTable) count = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = lines_of(file);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, ":", -1);
        if (g_strv_length(columns) <= column || !*columns[column] || **line == '#')
            continue;
        guint before = GPOINTER_TO_UINT(g_hash_table_lookup(count, columns[column]));
        if (before == 1)
            add_text(out, columns[column]);
        g_hash_table_insert(count, g_strdup(columns[column]), GUINT_TO_POINTER(before + 1));
    }
    return out;
}

static json_object *other_roots(GBytes *passwd)
{
    json_object *out = json_object_new_array();
    g_auto(GStrv) lines = lines_of(passwd);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, ":", -1);
        bool zero = g_strv_length(columns) > 2 && *columns[2] && strspn(columns[2], "0") == strlen(columns[2]);
        if (zero && !g_str_equal(columns[0], "root"))
            add_text(out, columns[0]);
    }
    return out;
}

/* An account file that is a link: what it leads to was not read. NULL: none is. */
static const char *linked_file(const struct image_content *content)
{
    static const char *const files[] = {"etc", "etc/passwd", "etc/shadow", "etc/group", NULL};
    const GPtrArray *links = content->found[IMAGE_ODD_LINK];
    for (guint i = 0; i < links->len; i++)
        for (const char *const *file = files; *file; file++)
            if (g_str_equal((const char *)links->pdata[i] + (*(const char *)links->pdata[i] == '/'), *file))
                return *file;
    return NULL;
}

static void set_accounts(const struct image_content *content, struct item *item)
{
    static const char *const told[] = {"open_accounts", "duplicate_uids", "duplicate_gids", "other_roots"};
    json_object *empty = json_object_new_array();
    add_empty(content->passwd, 1, empty);
    add_empty(content->shadow, 1, empty);
    item_set(item, "open_accounts", empty);
    item_set(item, "duplicate_uids", duplicates(content->passwd, 2));
    item_set(item, "duplicate_gids", duplicates(content->group, 2));
    item_set(item, "other_roots", other_roots(content->passwd));
    const char *linked = linked_file(content);
    for (size_t i = 0; linked && i < G_N_ELEMENTS(told); i++)
        item_unread(item, told[i], "/%s of the image is a link", linked);
}

/* ---- release ---- */

static void set_release(const struct image_content *content, struct item *item)
{
    static const char *const told[] = {"os", "os_version", "release"};
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    const char *text = content->os_release ? g_bytes_get_data(content->os_release, &n) : NULL;
    pl_autojson json_object *tree =
        content->os_release ? format_find("keyvalue")->parse("os-release", text ? text : "", n, &error) : NULL;
    for (size_t i = 0; error && i < G_N_ELEMENTS(told); i++)
        item_unread_error(item, told[i], error);
    if (error)
        return;
    const char *id = tree_string(tree, "ID"), *version = tree_string(tree, "VERSION_ID");
    g_autofree char *both = id && version ? g_strconcat(id, " ", version, NULL) : g_strdup(id);
    item_set_string(item, "os", id);
    item_set_string(item, "os_version", version);
    item_set_string(item, "release", both);
}

/* ---- items ---- */

static void set_unread(const struct image_content *content, struct item *item)
{
    static const char *const ours[] = {"id", "engine", "format", "layers", NULL};
    for (const struct probe_field *field = fields; field->name; field++)
        if (!g_strv_contains(ours, field->name))
            item_unread_error(item, field->name, content->error);
}

static void set_content(const struct image_content *content, struct item *item)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        bool secret = IMAGE_SECRETS & IMAGE_BIT(lists[i].kind);
        set_list(item, lists[i].field, content->found[lists[i].kind],
                 secret ? content->buried_by_kind[lists[i].kind] : NULL);
    }
    set_list(item, "deleted_sensitive", content->buried, NULL);
    set_list(item, "escaping", content->escaping, NULL);
    item_set_int(item, "setuid_count",
                 content->found[IMAGE_SETUID]->len + content->found[IMAGE_SETGID]->len +
                     content->found[IMAGE_CAPABILITY]->len);
    item_set_int(item, "cache_count", content->found[IMAGE_CACHE]->len);
    set_accounts(content, item);
    set_release(content, item);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct images *images = images_of(context);
    image_add_problems(images, items);
    for (guint i = 0; i < images->list->len; i++) {
        const struct image *image = images->list->pdata[i];
        if (!image_is_selected(image, object))
            continue;
        const struct image_content *content = image_content_of(context->host, image);
        struct item *item = image_add_item(image, items);
        item_set_int(item, "layers", image->layers->len);
        if (content->error) {
            set_unread(content, item);
            problems_take(items->problems, problem_of(problem_of_error(content->error), "%s", image->subject));
            continue;
        }
        set_content(content, item);
        if (content->hindered)
            problems_take(items->problems, problem_of(problem_copy(content->hindered),
                                                      "%s: a part of it could not be read", image->subject));
    }
}

const struct probe probe_image_content = {
    .name = "image-content",
    .summary = "What is in the files of container images, all layers laid over each other",
    .object = {"image", "images"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
