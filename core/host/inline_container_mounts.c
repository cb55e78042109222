/* The mount table of a stated container: what a runtime mounts by itself, and what is stated beside it. */
#include "host/inline_container.h"
#include "host/inline_words.h"
#include "host/storage_places.h"

#include "model/cleanup.h"
#include "model/tree.h"

#include <string.h>

/* The parts of a line of mountinfo (proc_pid_mountinfo(5)); tags are the optional fields. */
enum part { ID, PARENT, DEVICE, ROOT, TARGET, OPTIONS, TAGS, TYPE, SOURCE, SUPER, PARTS };

/* "%D" begins the numbers of the container's own devices, "%G" is its control group. */
static const char usual[] = "500 400 0:%D0 / / ro,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n"
                            "501 500 0:%D1 / /proc rw,nosuid,nodev,noexec - proc proc rw\n"
                            "502 501 0:%D1 /bus /proc/bus ro,nosuid,nodev,noexec - proc proc rw\n"
                            "503 501 0:%D1 /fs /proc/fs ro,nosuid,nodev,noexec - proc proc rw\n"
                            "504 501 0:%D1 /irq /proc/irq ro,nosuid,nodev,noexec - proc proc rw\n"
                            "505 501 0:%D1 /sys /proc/sys ro,nosuid,nodev,noexec - proc proc rw\n"
                            "506 501 0:%D1 /sysrq-trigger /proc/sysrq-trigger ro,nosuid,nodev,noexec - proc proc rw\n"
                            "510 501 0:%D2 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw\n"
                            "511 501 0:%D2 /null /proc/keys rw,nosuid - tmpfs tmpfs rw\n"
                            "512 501 0:%D2 /null /proc/timer_list rw,nosuid - tmpfs tmpfs rw\n"
                            "513 501 0:%D3 / /proc/acpi ro - tmpfs tmpfs ro\n"
                            "520 500 0:%D4 / /sys ro,nosuid,nodev,noexec - sysfs sysfs ro\n"
                            "521 520 0:30 %G /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
                            "522 500 0:%D2 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k\n"
                            "523 522 0:%D5 / /dev/pts rw - devpts devpts rw\n"
                            "524 522 0:%D6 / /dev/shm rw,nosuid,nodev,noexec - tmpfs shm rw\n";
#define FIRST_OF_ENGINE 530U
#define FIRST_STATED    540U

static void line_free(gpointer line)
{
    g_strfreev(line);
}

/* NULL when it is no line of mountinfo. */
static char **parse_line(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    guint n = g_strv_length(words), dash = 6;
    while (dash < n && !g_str_equal(words[dash], "-"))
        dash++;
    if (dash + 4 > n)
        return NULL;
    char **line = g_new0(char *, PARTS + 1);
    for (guint i = 0; i < TAGS; i++)
        line[i] = g_strdup(words[i]);
    char *mark = words[dash];
    words[dash] = NULL;
    line[TAGS] = g_strjoinv(" ", words + TAGS);
    words[dash] = mark;
    for (guint i = 0; i < 3; i++)
        line[TYPE + i] = g_strdup(words[dash + 1 + i]);
    return line;
}

static GPtrArray *parse_table(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    g_auto(GStrv) texts = g_strsplit(text, "\n", -1);
    for (char **one = texts; *one; one++) {
        char **line = parse_line(*one);
        if (line)
            g_ptr_array_add(lines, line);
    }
    return lines;
}

static char *print_table(const GPtrArray *lines)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++) {
        char **line = g_ptr_array_index(lines, i);
        for (guint part = 0; part < TAGS; part++)
            g_string_append_printf(out, "%s ", line[part]);
        g_string_append_printf(out, "%s%s- %s %s %s\n", line[TAGS], *line[TAGS] ? " " : "", line[TYPE], line[SOURCE],
                               line[SUPER]);
    }
    return g_string_free(out, FALSE);
}

static void set_part(char **line, enum part part, const char *text)
{
    g_free(line[part]);
    line[part] = g_strdup(text);
}

/* ---- tables ---- */

static bool lies_below(const char *path, const char *folder)
{
    size_t n = g_str_equal(folder, "/") ? 0 : strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The mount that a path lies on: of the longest target, and of equal ones the last. NULL when there is none. */
static char **mount_of(const GPtrArray *lines, const char *path)
{
    char **best = NULL;
    for (guint i = 0; i < lines->len; i++) {
        char **line = g_ptr_array_index(lines, i);
        if (lies_below(path, line[TARGET]) && (!best || strlen(line[TARGET]) >= strlen(best[TARGET])))
            best = line;
    }
    return best;
}

/* The first mount at a target: the runtime's own. */
static char **mount_at(const GPtrArray *lines, const char *target)
{
    for (guint i = 0; i < lines->len; i++) {
        char **line = g_ptr_array_index(lines, i);
        if (g_str_equal(line[TARGET], target))
            return line;
    }
    return NULL;
}

static GPtrArray *usual_table(const struct inline_container *container)
{
    g_autofree char *tens = g_strdup_printf("%u", 5 + container->index);
    g_autoptr(GString) text = g_string_new(usual);
    g_string_replace(text, "%D", tens, 0);
    g_string_replace(text, "%G", container->group, 0);
    return parse_table(text->str);
}

/* ---- stated mounts ---- */

struct stated {
    const struct inline_container *container;
    GPtrArray *lines;         /* the container's */
    GPtrArray *host;          /* the host's */
    const json_object *files; /* that the host states; NULL */
    guint placed;             /* lines that took no other's place */
    guint devices;            /* file systems of its own */
};

/* A line at the target: the runtime's own mount there gives way to it, as engines do it. */
static char **place_line(struct stated *stated, const char *target)
{
    char **line = mount_at(stated->lines, target);
    if (line && g_ascii_strtoull(line[ID], NULL, 10) < FIRST_STATED)
        return line;
    char **above = mount_of(stated->lines, target);
    line = g_new0(char *, PARTS + 1);
    for (guint part = 0; part < PARTS; part++)
        line[part] = g_strdup("");
    g_free(line[ID]);
    line[ID] = g_strdup_printf("%u", FIRST_STATED + stated->placed++);
    set_part(line, PARENT, above ? above[ID] : "500");
    set_part(line, TARGET, target);
    g_ptr_array_add(stated->lines, line);
    return line;
}

/* The peer group on the host of what a line shows; NULL: it has none. */
static const char *peers_of(const GPtrArray *host, char *const *line)
{
    for (guint i = 0; i < host->len; i++) {
        char **one = g_ptr_array_index(host, i);
        if (g_str_equal(one[DEVICE], line[DEVICE]) && g_str_has_prefix(one[TAGS], "shared:"))
            return one[TAGS] + strlen("shared:");
    }
    return NULL;
}

/* Propagation is about the peers of the mount's origin, and stands in a part of its own. */
static void set_options(char **line, const char *options, const GPtrArray *host)
{
    static const char *const about_peers[] = {"shared", "rshared", "slave", "rslave", "private", "rprivate", NULL};
    g_auto(GStrv) words = g_strsplit(options, ",", -1);
    g_autoptr(GString) kept = g_string_new(NULL);
    const char *peers = peers_of(host, line);
    for (char **word = words; *word; word++) {
        bool shared = g_str_has_suffix(*word, "shared"), slave = g_str_has_suffix(*word, "slave");
        if (!g_strv_contains(about_peers, *word))
            g_string_append_printf(kept, "%s%s", kept->len ? "," : "", *word);
        if (peers && (shared || slave)) {
            g_free(line[TAGS]);
            line[TAGS] = g_strconcat(slave ? "master:" : "shared:", peers, NULL);
        }
    }
    set_part(line, OPTIONS, kept->len ? kept->str : "rw");
}

/* A path of the host, or a volume by its name, as the host's own table says what it lies on. */
static char **add_bind(struct stated *stated, const json_object *at, const char *source, const char *target,
                       GError **error)
{
    g_autofree char *path =
        *source == '/' ? g_strdup(source) : g_strdup_printf(DOCKER_ROOT "/volumes/%s/_data", source);
    if (!inline_container_place(stated->files, at, path, target, error))
        return NULL;
    char **origin = mount_of(stated->host, path);
    if (!origin) {
        inline_error(error, at, "containers: mounts: the host has no mount that %s lies on", path);
        return NULL;
    }
    const char *below = g_str_equal(origin[TARGET], "/") ? path : path + strlen(origin[TARGET]);
    g_autofree char *root = g_strconcat(g_str_equal(origin[ROOT], "/") ? "" : origin[ROOT], below, NULL);
    if (strlen(root) > 1 && g_str_has_suffix(root, "/"))
        root[strlen(root) - 1] = '\0';
    char **line = place_line(stated, target);
    set_part(line, DEVICE, origin[DEVICE]);
    set_part(line, ROOT, *root ? root : "/");
    set_part(line, OPTIONS, "rw");
    set_part(line, TAGS, "");
    set_part(line, TYPE, origin[TYPE]);
    set_part(line, SOURCE, origin[SOURCE]);
    set_part(line, SUPER, origin[SUPER]);
    return line;
}

/* A file system of the container's own. */
static char **add_own(struct stated *stated, const char *target, const char *type)
{
    char **line = place_line(stated, target);
    g_autofree char *device = g_strdup_printf("0:%u", 200 + 20 * stated->container->index + stated->devices++);
    set_part(line, DEVICE, device);
    set_part(line, ROOT, "/");
    set_part(line, OPTIONS, "rw");
    set_part(line, TAGS, "");
    set_part(line, TYPE, type);
    set_part(line, SOURCE, type);
    set_part(line, SUPER, "rw");
    return line;
}

/* The line that a mapping is about: without source and type one that is there. NULL with error. */
static char **line_of(struct stated *stated, const json_object *mount, GError **error)
{
    const char *source = tree_string(mount, "source"), *target = tree_string(mount, "target");
    const char *type = tree_string(mount, "type");
    if (!target || *target != '/') {
        inline_error(error, mount, "containers: mounts: an absolute target is needed");
        return NULL;
    }
    if (source)
        return add_bind(stated, mount, source, target, error);
    if (!inline_container_place(NULL, mount, "", target, error))
        return NULL;
    char **line = type ? add_own(stated, target, type) : mount_at(stated->lines, target);
    if (!line)
        inline_error(error, mount, "containers: mounts: nothing is at %s: a source or type is needed", target);
    return line;
}

static bool add_mapping(struct stated *stated, const json_object *mount, GError **error)
{
    static const struct {
        const char *key;
        enum part part;
    } parts[] = {{"device", DEVICE}, {"root", ROOT}, {"tags", TAGS}, {"super", SUPER}};
    if (!inline_members(mount, "containers: mounts", inline_mount_members, error))
        return false;
    char **line = line_of(stated, mount, error);
    if (!line)
        return false;
    const char *options = tree_string(mount, "options");
    if (!inline_container_parts(mount, error))
        return false;
    if (options)
        set_options(line, options, stated->host);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *text = tree_string(mount, parts[i].key);
        if (text)
            set_part(line, parts[i].part, text);
    }
    return true;
}

/* "SOURCE:TARGET" or "SOURCE:TARGET:OPTIONS". */
static bool add_short(struct stated *stated, const json_object *mount, GError **error)
{
    g_autofree char *text = tree_text(mount);
    g_auto(GStrv) words = g_strsplit(text, ":", 3);
    if (!words[0] || !*words[0] || !words[1] || *words[1] != '/')
        return inline_error(error, mount, "containers: mounts: SOURCE:TARGET or SOURCE:TARGET:OPTIONS is needed");
    char **line = add_bind(stated, mount, words[0], words[1], error);
    if (line && words[2])
        set_options(line, words[2], stated->host);
    return line != NULL;
}

/* Files that the engine makes, on whatever the host has its storage. */
static bool add_engine_files(struct stated *stated, GError **error)
{
    static const char *const names[] = {"resolv.conf", "hosts"};
    for (size_t i = 0; stated->container->runtime->mounts_files && i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) failure = NULL;
        g_autofree char *source = g_strdup_printf(DOCKER_ROOT "/containers/%s/%s", stated->container->id, names[i]);
        g_autofree char *target = g_strconcat("/etc/", names[i], NULL);
        char **line = mount_of(stated->host, source) ? add_bind(stated, NULL, source, target, &failure) : NULL;
        if (failure) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return false;
        }
        g_autofree char *id = g_strdup_printf("%u", FIRST_OF_ENGINE + (unsigned)i);
        if (line)
            set_part(line, ID, id);
    }
    stated->placed = 0;
    return true;
}

static bool add_list(struct stated *stated, const char *member, GError **error)
{
    const json_object *list = tree_member(stated->container->spec, member);
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        bool mapping = json_object_is_type(one, json_type_object);
        if (mapping ? !add_mapping(stated, one, error) : !add_short(stated, one, error))
            return false;
    }
    return true;
}

/* ---- all of them ---- */

/* All that covers and protects parts of /proc, or a list of targets that are such. */
static bool check_unmasked(const json_object *targets, const GPtrArray *lines, GError **error)
{
    if (g_strcmp0(tree_string_of(targets), "all") == 0)
        return true;
    if (!json_object_is_type(targets, json_type_array))
        return inline_error(error, targets, "containers: unmasked: a list of paths or all is needed");
    for (size_t i = 0; i < json_object_array_length(targets); i++) {
        const json_object *one = json_object_array_get_idx(targets, i);
        const char *target = tree_string_of(one);
        if (!target || !g_str_has_prefix(target, "/proc/") || !mount_at(lines, target))
            return inline_error(error, one, "containers: unmasked: nothing covers %s", target ? target : "it");
    }
    return true;
}

static bool unmask(const struct inline_container *container, GPtrArray *lines, GError **error)
{
    const json_object *targets = tree_member(container->spec, "unmasked");
    bool all = targets ? !json_object_is_type(targets, json_type_array) : container->privileged;
    if (targets && !check_unmasked(targets, lines, error))
        return false;
    for (guint i = lines->len; i-- > 0;) {
        char **line = g_ptr_array_index(lines, i);
        if (g_str_has_prefix(line[TARGET], "/proc/") && (all || inline_has_word(targets, line[TARGET])))
            g_ptr_array_remove_index(lines, i);
    }
    return true;
}

static void make_writable(const GPtrArray *lines, const char *target)
{
    char **line = mount_at(lines, target);
    if (!line || !g_str_has_prefix(line[OPTIONS], "ro"))
        return;
    line[OPTIONS][1] = 'w';
    if (g_str_has_prefix(line[SUPER], "ro"))
        line[SUPER][1] = 'w';
}

bool inline_container_mounts(struct inline_container *container, const struct inline_spread *spread, GError **error)
{
    g_autoptr(GPtrArray) lines = usual_table(container);
    g_autoptr(GPtrArray) host = parse_table(spread->mounts);
    struct stated stated = {.container = container, .lines = lines, .host = host, .files = spread->stated};
    bool readonly = true;
    if (!inline_bool(container->spec, "readonly", &readonly, error) || !unmask(container, lines, error))
        return false;
    if (!readonly)
        make_writable(lines, "/");
    if (container->privileged) {
        make_writable(lines, "/sys");
        make_writable(lines, "/sys/fs/cgroup");
    }
    if (!add_engine_files(&stated, error) || !add_list(&stated, "mounts", error) ||
        !add_list(&stated, "volumes", error))
        return false;
    container->mountinfo = print_table(lines);
    return true;
}
