/* Container images by their records: names, configuration and history. What is in their files is image-content's. */
#include "probes/probe.h"

#include "facts/image/content.h"
#include "facts/image/history.h"
#include "host/process.h"
#include "model/error.h"
#include "model/secret.h"
#include "model/tree.h"
#include "probes/image/select.h"

#include <string.h>
#include <sys/utsname.h>

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on the image's name or id"},
    {.name = "format",
     .type = VALUE_STRING,
     .text = "only images whose configuration is written in this format: only docker's has health checks",
     .choices = "docker oci"},
    {.name = "stored",
     .type = VALUE_BOOL,
     .text = "true: only images that an engine keeps, none that is named by --image"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"id", VALUE_STRING, "digest of the image's configuration"},
    {"engine", VALUE_STRING, "docker, containers-storage (Podman, Buildah, CRI-O) or archive (--image)"},
    {"format", VALUE_STRING, "docker or oci"},
    {"name", VALUE_STRING, "first name with its tag; null without one"},
    {"tags", VALUE_SET, "all names with their tags"},
    {"floating", VALUE_BOOL, "has no tag, or one of its tags is latest"},
    {"dangling", VALUE_BOOL, "has neither tag nor digest"},
    {"digests", VALUE_SET, "names with the digest of the manifest that they were pulled or pushed by"},
    {"registry", VALUE_STRING,
     "host part of its first name; default: the engine's default registry; local: never pulled or pushed"},
    {"created", VALUE_STRING, "when it was built; null when not stated"},
    {"age_days", VALUE_NUMBER, "days since then; null when that is not stated or 1970 (reproducible builds)"},
    {"size", VALUE_SIZE, "bytes; null when not known"},
    {"user", VALUE_STRING, "USER as configured; empty: root"},
    {"user_root", VALUE_BOOL, "that is uid 0: empty, 0, root, or a name that the image's passwd maps to 0"},
    {"numeric_user", VALUE_BOOL, "USER is a number"},
    {"env_sensitive", VALUE_SET, "names of environment variables that hold secrets, by their name"},
    {"label_sensitive", VALUE_SET, "names of labels that hold secrets, by their name"},
    {"history", VALUE_LIST, "instructions as recorded, oldest first, shortened, secrets replaced"},
    {"history_sensitive", VALUE_SET, "names of variables in instructions that hold secrets: \"ARG TOKEN\""},
    {"add_instructions", VALUE_SET, "ADD instructions other than the base system's"},
    {"remote_add", VALUE_SET, "ADD instructions of an address"},
    {"refresh_alone", VALUE_SET, "instructions that refresh a package index and install nothing"},
    {"piped_downloads", VALUE_SET, "instructions that pipe a download into an interpreter"},
    {"unverified_packages", VALUE_SET, "instructions that install packages without verification"},
    {"sudo", VALUE_SET, "instructions, entry point or command that call sudo"},
    {"cache_left", VALUE_SET, "instructions that install packages and leave index or cache behind"},
    {"healthcheck", VALUE_BOOL, "declares a health check that is not NONE"},
    {"exposed_ports", VALUE_SET, "\"80/tcp\""},
    {"low_ports", VALUE_SET, "those below 1024"},
    {"volumes", VALUE_SET, "VOLUME paths"},
    {"workdir", VALUE_STRING, "WORKDIR; null when not set"},
    {"onbuild", VALUE_LIST, "ONBUILD triggers, secrets replaced"},
    {"labels", VALUE_MAP, "labels; values of secrets replaced"},
    {"provenance", VALUE_SET,
     "of the labels that say where it comes from: source, revision, version, base.digest, base.name"},
    {"arch", VALUE_STRING, "architecture, as in Go: amd64, arm64"},
    {"os", VALUE_STRING, "operating system"},
    {"foreign", VALUE_BOOL, "made for another architecture or system than this host's; null when not stated"},
    {"in_use", VALUE_BOOL, "a container, running or not, was made from it; null for --image"},
    {"stale_containers", VALUE_SET, "running containers whose image name means another image by now; null for --image"},
    {.name = NULL},
};

/* ---- names ---- */

static bool floats(const struct image *image)
{
    for (char **tag = image->tags; *tag; tag++)
        if (g_str_has_suffix(*tag, ":latest"))
            return true;
    return !image->tags[0];
}

/* The host part: what stands before the first slash, when it can be a host's name. */
static char *registry_of(const struct image *image)
{
    const char *name = image->tags[0] ? image->tags[0] : image->digests[0];
    const char *slash = name ? strchr(name, '/') : NULL;
    g_autofree char *host = slash ? g_strndup(name, (gsize)(slash - name)) : NULL;
    if (host && (strpbrk(host, ".:") || g_str_equal(host, "localhost")))
        return g_steal_pointer(&host);
    return g_strdup(image->digests[0] ? "default" : "local");
}

static void set_names(const struct image *image, struct item *item)
{
    g_autofree char *registry = registry_of(image);
    item_set_string(item, "name", image->tags[0]);
    item_set_strv(item, "tags", (const char *const *)image->tags);
    item_set_bool(item, "floating", floats(image));
    item_set_bool(item, "dangling", !image->tags[0] && !image->digests[0]);
    item_set_strv(item, "digests", (const char *const *)image->digests);
    item_set_string(item, "registry", registry);
}

/* ---- age ---- */

static void set_age(const struct image *image, struct item *item)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) created = image->created ? g_date_time_new_from_iso8601(image->created, utc) : NULL;
    gint64 seconds = created ? g_date_time_to_unix(created) : 0;
    bool stated = seconds > 86400;
    item_set_string(item, "created", created ? image->created : NULL);
    if (stated)
        item_set_int(item, "age_days", (g_get_real_time() / G_USEC_PER_SEC - seconds) / 86400);
    else
        item_set(item, "age_days", NULL);
    item_set(item, "size", image->size >= 0 ? json_object_new_int64(image->size) : NULL);
}

/* ---- user ---- */

/* The uid of a name in a passwd text; NULL when it is not there. */
static char *uid_in(GBytes *passwd, const char *name)
{
    gsize n = 0;
    const char *text = g_bytes_get_data(passwd, &n);
    g_autofree char *copy = g_strndup(text ? text : "", n);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, ":", 4);
        if (g_strv_length(columns) >= 3 && g_str_equal(columns[0], name))
            return g_strdup(columns[2]);
    }
    return NULL;
}

static bool is_zero(const char *digits)
{
    return *digits && strspn(digits, "0") == strlen(digits);
}

/* A name is what the image's own passwd says; a name that is not in it starts no container. */
static void set_named_user(struct host *host, const struct image *image, const char *user, struct item *item)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) passwd = image_text(host, image, "etc/passwd", &error);
    g_autofree char *uid = passwd ? uid_in(passwd, user) : NULL;
    if (uid)
        item_set_bool(item, "user_root", is_zero(uid));
    else if (error) {
        g_prefix_error(&error, "the uid of %s: ", user);
        item_unread_error(item, "user_root", error);
    } else
        item_unread(item, "user_root", "the image's passwd has no user %s", user);
}

static void set_user(struct host *host, const struct image *image, struct item *item)
{
    const char *configured = tree_string(image->config, "User");
    g_autofree char *user = g_strdup(configured ? configured : "");
    user[strcspn(user, ":")] = '\0';
    bool numeric = *user && strspn(user, "0123456789") == strlen(user);
    item_set_string(item, "user", configured ? configured : "");
    item_set_bool(item, "numeric_user", numeric);
    if (!*user || numeric || g_str_equal(user, "root"))
        item_set_bool(item, "user_root", !*user || is_zero(user) || g_str_equal(user, "root"));
    else
        set_named_user(host, image, user, item);
}

/* ---- configuration ---- */

static json_object *env_sensitive(const struct image *image)
{
    json_object *out = json_object_new_array();
    g_auto(GStrv) env = image_strings(tree_member(image->config, "Env"));
    for (char **one = env; *one; one++) {
        char *equals = strchr(*one, '=');
        if (!equals)
            continue;
        *equals = '\0';
        if (secret_variable(*one) && secret_value_possible(equals + 1))
            json_object_array_add(out, json_object_new_string(*one));
    }
    return out;
}

static void set_labels(const struct image *image, struct item *item)
{
    static const char *const origin[] = {"source", "revision", "version", "base.digest", "base.name"};
    const json_object *labels = tree_member(image->config, "Labels");
    json_object *shown = json_object_new_object(), *secrets = json_object_new_array();
    json_object *provenance = json_object_new_array();
    if (json_object_is_type(labels, json_type_object)) {
        json_object_object_foreach (labels, name, value) {
            g_autofree char *text = tree_text(value), *valid = g_utf8_make_valid(name, -1);
            g_autofree char *hidden = secret_placeholder(strlen(text));
            bool secret = secret_variable(name) && secret_value_possible(text);
            json_object_object_add(shown, valid, tree_new_text(secret ? hidden : text));
            if (secret)
                json_object_array_add(secrets, tree_new_text(name));
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(origin); i++) {
        g_autofree char *name = g_strconcat("org.opencontainers.image.", origin[i], NULL);
        const char *text = tree_string(labels, name);
        if (text && *text)
            json_object_array_add(provenance, json_object_new_string(origin[i]));
    }
    item_set(item, "labels", shown);
    item_set(item, "label_sensitive", secrets);
    item_set(item, "provenance", provenance);
}

static void set_ports(const struct image *image, struct item *item)
{
    json_object *ports = tree_keys(tree_member(image->config, "ExposedPorts")), *low = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(ports); i++) {
        const char *text = json_object_get_string(json_object_array_get_idx(ports, i));
        g_autofree char *number = g_strndup(text, strspn(text, "0123456789"));
        uint64_t port = 0;
        if (value_parse_u64(number, 65535, &port) && port < 1024)
            json_object_array_add(low, json_object_new_string(text));
    }
    item_set(item, "exposed_ports", ports);
    item_set(item, "low_ports", low);
}

static bool has_healthcheck(const struct image *image)
{
    g_auto(GStrv) test = image_strings(tree_member(tree_member(image->config, "Healthcheck"), "Test"));
    return test[0] && *test[0] && !g_str_equal(test[0], "NONE");
}

static void set_config(const struct image *image, struct item *item)
{
    const char *workdir = tree_string(image->config, "WorkingDir");
    g_auto(GStrv) triggers = image_strings(tree_member(image->config, "OnBuild"));
    struct image_instructions onbuild;
    image_read_history(triggers, &onbuild);
    item_set(item, "onbuild", json_object_get(onbuild.all));
    image_instructions_clear(&onbuild);
    item_set(item, "env_sensitive", env_sensitive(image));
    set_labels(image, item);
    set_ports(image, item);
    item_set(item, "volumes", tree_keys(tree_member(image->config, "Volumes")));
    item_set_string(item, "workdir", workdir && *workdir ? workdir : NULL);
    item_set_bool(item, "healthcheck", has_healthcheck(image));
}

/* ---- history ---- */

static void add_sudo_of(const struct image *image, const char *member, json_object *into)
{
    g_auto(GStrv) words = image_strings(tree_member(image->config, member));
    g_autofree char *base = words[0] ? g_path_get_basename(words[0]) : NULL;
    if (base && g_str_equal(base, "sudo"))
        json_object_array_add(into, json_object_new_string(member));
}

static void set_history(const struct image *image, struct item *item)
{
    struct image_instructions said;
    image_read_history(image->history, &said);
    const struct {
        const char *field;
        json_object *list;
    } rows[] = {
        {"history", said.all},
        {"history_sensitive", said.secrets},
        {"add_instructions", said.add},
        {"remote_add", said.remote_add},
        {"refresh_alone", said.refresh_alone},
        {"piped_downloads", said.piped},
        {"unverified_packages", said.unverified},
        {"sudo", said.sudo},
        {"cache_left", said.cache_left},
    };
    add_sudo_of(image, "Entrypoint", said.sudo);
    add_sudo_of(image, "Cmd", said.sudo);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (image->history_known)
            item_set(item, rows[i].field, json_object_get(rows[i].list));
        if (image->history_known && said.cut)
            item_damaged(item, rows[i].field, "its history is longer than is read");
        if (!image->history_known)
            item_unread(item, rows[i].field, "the engine does not tell its history");
    }
    image_instructions_clear(&said);
}

/* ---- place ---- */

/* Go's name of this machine's architecture; NULL for those that are not in the table. */
static const char *host_arch(void)
{
    static const char *const names[][2] = {{"x86_64", "amd64"},    {"aarch64", "arm64"},      {"armv7l", "arm"},
                                           {"i686", "386"},        {"ppc64le", "ppc64le"},    {"s390x", "s390x"},
                                           {"riscv64", "riscv64"}, {"loongarch64", "loong64"}};
    struct utsname system;
    if (uname(&system) < 0)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i][0], system.machine))
            return names[i][1];
    return NULL;
}

/* Another system is foreign everywhere; an architecture only beside that of a host that runs. */
static void set_foreign(struct host *host, const struct image *image, struct item *item)
{
    const char *arch = host_arch();
    bool other_system = image->os && *image->os && !g_str_equal(image->os, "linux");
    if (other_system)
        item_set_bool(item, "foreign", true);
    else if (arch && host_is_live(host) && image->arch && *image->arch)
        item_set_bool(item, "foreign", !g_str_equal(arch, image->arch));
    else
        item_set(item, "foreign", NULL);
}

static void set_place(struct host *host, const struct image *image, struct item *item)
{
    item_set_string(item, "arch", image->arch);
    item_set_string(item, "os", image->os);
    set_foreign(host, image, item);
    item_set(item, "in_use", image->in_use_known ? json_object_new_boolean(image->in_use) : NULL);
    item_set_strv(item, "stale_containers", (const char *const *)image->stale);
    if (image->stale_untold)
        item_unread(item, "stale_containers", "what a container of %s was started from could not be asked",
                    image->engine);
    if (!image->in_use_known && !g_str_equal(image->engine, "archive")) {
        item_unread(item, "in_use", "the containers of %s could not be listed", image->engine);
        item_unread_like(item, "stale_containers", "in_use");
    }
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct images *images = images_of(context);
    image_add_problems(images, items);
    for (guint i = 0; i < images->list->len; i++) {
        const struct image *image = images->list->pdata[i];
        if (!image_is_selected(image, object))
            continue;
        struct item *item = image_add_item(image, items);
        set_names(image, item);
        set_age(image, item);
        set_user(context->host, image, item);
        set_config(image, item);
        set_history(image, item);
        set_place(context->host, image, item);
    }
}

const struct probe probe_image = {
    .name = "image",
    .summary = "Container images by their records: names, configuration, history; with --image those named there",
    .object = {"image", "images"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
