/* The `files` and `tree` parts of an inline host, and who owns what. */
#include "host/inline.h"

#include "model/tree.h"
#include "model/value.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define TREE_FILES_MAX 20000
#define TREE_DEPTH_MAX 64
#define FIRST_FREE_ID  900 /* for names without a well-known id */

/* Ids of Debian's base system (base-passwd), which is what a test means by a name. */
static const struct well_known {
    const char *name;
    guint32 id;
} well_known_users[] =
    {
        {"root", 0},  {"daemon", 1}, {"bin", 2},   {"sys", 3},        {"sync", 4},   {"games", 5},     {"man", 6},
        {"lp", 7},    {"mail", 8},   {"news", 9},  {"uucp", 10},      {"proxy", 13}, {"www-data", 33}, {"backup", 34},
        {"list", 38}, {"irc", 39},   {"_apt", 42}, {"nobody", 65534}, {NULL, 0},
},
  well_known_groups[] = {
      {"root", 0},   {"daemon", 1},   {"bin", 2},      {"sys", 3},       {"adm", 4},     {"tty", 5},
      {"disk", 6},   {"lp", 7},       {"mail", 8},     {"news", 9},      {"uucp", 10},   {"man", 12},
      {"proxy", 13}, {"kmem", 15},    {"dialout", 20}, {"cdrom", 24},    {"floppy", 25}, {"tape", 26},
      {"sudo", 27},  {"audio", 29},   {"dip", 30},     {"www-data", 33}, {"backup", 34}, {"operator", 37},
      {"list", 38},  {"irc", 39},     {"src", 40},     {"shadow", 42},   {"utmp", 43},   {"video", 44},
      {"sasl", 45},  {"plugdev", 46}, {"staff", 50},   {"games", 60},    {"users", 100}, {"nogroup", 65534},
      {NULL, 0},
};

static const struct file_type {
    const char *name;
    mode_t type;
} file_types[] = {
    {"file", S_IFREG},    {"dir", S_IFDIR},  {"symlink", S_IFLNK}, {"fifo", S_IFIFO},
    {"socket", S_IFSOCK}, {"char", S_IFCHR}, {"block", S_IFBLK},
};

static GBytes *terminated(gconstpointer data, gsize size)
{
    char *copy = g_malloc(size + 1);
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return g_bytes_new_take(copy, size);
}

static GBytes *decode_base64(const json_object *value, GError **error)
{
    const char *text =
        json_object_is_type(value, json_type_string) ? json_object_get_string((json_object *)(uintptr_t)value) : NULL;
    if (!text) {
        inline_error(error, value, "base64 text is needed");
        return NULL;
    }
    gsize size = 0;
    g_autofree guchar *data = g_base64_decode(text, &size);
    return terminated(data, size);
}

/* The bytes of a scalar; texts may hold NUL. */
static GBytes *scalar_bytes(const json_object *value, const char *what, GError **error)
{
    if (json_object_is_type(value, json_type_string))
        return terminated(json_object_get_string((json_object *)(uintptr_t)value),
                          (gsize)json_object_get_string_len(value));
    g_autofree char *text = inline_scalar(value, what, error);
    return text ? terminated(text, strlen(text)) : NULL;
}

static bool find_type(const json_object *file, mode_t *out, GError **error)
{
    const json_object *value = tree_member(file, "type");
    const char *name = tree_string(file, "type");
    *out = tree_member(file, "target") ? S_IFLNK : S_IFREG;
    if (!value)
        return true;
    for (size_t i = 0; name && i < G_N_ELEMENTS(file_types); i++) {
        if (g_str_equal(name, file_types[i].name)) {
            *out = file_types[i].type;
            return true;
        }
    }
    return inline_error(error, value, "type: file, dir, symlink, fifo, socket, char or block is needed");
}

static bool set_regular(struct node *node, const json_object *file, const char *path, GError **error)
{
    const json_object *base64 = tree_member(file, "base64");
    const json_object *content = tree_member(file, "content");
    GBytes *bytes = NULL;
    if (base64)
        bytes = decode_base64(base64, error);
    else if (content)
        bytes = scalar_bytes(content, path, error);
    if (!bytes && (base64 || content))
        return false;
    gint64 size = 0;
    if (!inline_int(file, "size", 0, G_MAXINT64 / 2, &size, error))
        return false;
    node_set_content(node, bytes);
    node->size = (uint64_t)size;
    return true;
}

static bool set_kind(struct node *node, const json_object *file, const char *path, GError **error)
{
    static const char *const decides[] = {"type", "target", "content", "base64", "size"};
    mode_t type = 0;
    if (!find_type(file, &type, error))
        return false;
    bool stated = false;
    for (size_t i = 0; i < G_N_ELEMENTS(decides); i++)
        stated = stated || tree_member(file, decides[i]);
    /* A file of a tree that only gets another mode or owner stays what it is. */
    if (!stated && (node->content || node->target || node->children))
        return true;
    const char *target = tree_string(file, "target");
    if (type == S_IFREG)
        return set_regular(node, file, path, error);
    if (type == S_IFLNK && (!target || !*target))
        return inline_error(error, file, "%s: a symlink needs a target", path);
    if (type == S_IFLNK) {
        node_set_symlink(node, target);
    } else if (type == S_IFDIR) {
        g_clear_pointer(&node->target, g_free);
        node_set_directory(node);
    } else {
        node_set_special(node, type);
    }
    return true;
}

static bool set_mode(struct node *node, const json_object *file, GError **error)
{
    const json_object *value = tree_member(file, "mode");
    const char *text = tree_string(file, "mode");
    unsigned mode = 0;
    if (!value)
        return true;
    if (!text || !value_parse_mode(text, &mode))
        return inline_error(error, value, "mode: octal text such as \"0640\" is needed");
    node->mode = (node->mode & S_IFMT) | mode;
    return true;
}

static bool set_owner(struct inline_build *build, struct node *node, const json_object *file, GError **error)
{
    gint64 uid = node->uid, gid = node->gid;
    if (!inline_int(file, "uid", 0, UINT32_MAX - 1, &uid, error) ||
        !inline_int(file, "gid", 0, UINT32_MAX - 1, &gid, error))
        return false;
    node->uid = (uid_t)uid;
    node->gid = (gid_t)gid;
    struct inline_owner owner = {node_ref(node), tree_string(file, "owner"), tree_string(file, "group"), file};
    if (owner.user || owner.group)
        g_ptr_array_add(build->owners, g_memdup2(&owner, sizeof owner));
    else
        node_unref(owner.node);
    return true;
}

static bool set_xattrs(struct node *node, const json_object *file, GError **error)
{
    const json_object *xattrs = tree_member(file, "xattrs");
    if (!xattrs)
        return true;
    if (!json_object_is_type(xattrs, json_type_object))
        return inline_error(error, xattrs, "xattrs: a mapping of name to base64 text is needed");
    json_object_object_foreach (xattrs, name, value) {
        GBytes *bytes = decode_base64(value, error);
        if (!bytes)
            return false;
        node_set_xattr(node, name, bytes);
    }
    return true;
}

static bool describe_file(struct inline_build *build, struct node *node, const char *path, const json_object *file,
                          GError **error)
{
    gint64 mtime = 0, major = 0, minor = 0;
    if (!inline_keys(file, path, inline_file_members, error) || !set_kind(node, file, path, error) ||
        !set_mode(node, file, error) || !set_owner(build, node, file, error) || !set_xattrs(node, file, error) ||
        !inline_bool(file, "denied", &node->denied, error) ||
        !inline_int(file, "mtime", 0, G_MAXINT64, &mtime, error) ||
        !inline_int(file, "major", 0, G_MAXUINT32, &major, error) ||
        !inline_int(file, "minor", 0, G_MAXUINT32, &minor, error))
        return false;
    node->mtime = mtime;
    node->dev_major = (uint32_t)major;
    node->dev_minor = (uint32_t)minor;
    return true;
}

static bool load_file(struct inline_build *build, const char *path, const json_object *value, const json_object *files,
                      GError **error)
{
    if (*path != '/')
        return inline_error(error, value ? value : files, "files: \"%s\" is not an absolute path", path);
    if (!value) { /* null: takes away what a tree or base laid there */
        fs_inline_remove(build->fs, path);
        return true;
    }
    struct node *node = fs_inline_place(build->fs, path);
    if (!node)
        return inline_error(error, value, "files: \"%s\" lies below something that is no directory", path);
    if (json_object_is_type(value, json_type_object))
        return describe_file(build, node, path, value, error);
    GBytes *bytes = scalar_bytes(value, path, error);
    if (bytes)
        node_set_content(node, bytes);
    return bytes != NULL;
}

bool inline_load_files(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_object))
        return inline_error(error, value, "files: a mapping of paths is needed");
    json_object_object_foreach (value, path, file) {
        if (!load_file(build, path, file, value, error))
            return false;
    }
    return true;
}

/* --- tree: a directory on the disk --- */

struct tree_load {
    struct host_fs *fs;
    guint files;
};

static bool load_directory(struct tree_load *load, int fd, const char *path, unsigned depth, GError **error);

static bool load_tree_link(struct tree_load *load, int held, const char *path, GError **error)
{
    char target[4096 + 1];
    ssize_t n = readlinkat(held, "", target, sizeof target - 1);
    if (n < 0)
        return pl_error_set_errno(error, errno, path);
    target[n] = '\0';
    return fs_inline_link(load->fs, path, target) || pl_error_set_errno(error, ENOTDIR, path);
}

/* Takes fd, or -1 with errno. */
static bool load_tree_file(struct tree_load *load, int fd, bool executable, const char *path, GError **error)
{
    pl_autofd int file = fd;
    GBytes *bytes = NULL;
    int err = file < 0 ? -errno : fs_read_fd(file, HOST_FILE_MAX, &bytes);
    struct node *node = err ? NULL : fs_inline_place(load->fs, path);
    if (err || !node)
        return pl_error_set_errno(error, err ? -err : ENOTDIR, path);
    node_set_content(node, bytes);
    node->mode = S_IFREG | (executable ? 0755 : 0644);
    return true;
}

static bool load_entry(struct tree_load *load, int dir, const char *name, const char *path, unsigned depth,
                       GError **error)
{
    pl_autofd int held = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (held < 0 || fstat(held, &st) < 0)
        return pl_error_set_errno(error, errno, path);
    if (S_ISDIR(st.st_mode)) {
        fs_inline_directory(load->fs, path);
        int child = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return child < 0 ? pl_error_set_errno(error, errno, path) : load_directory(load, child, path, depth + 1, error);
    }
    if (S_ISLNK(st.st_mode))
        return load_tree_link(load, held, path, error);
    if (!S_ISREG(st.st_mode))
        return true;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return load_tree_file(load, fd, st.st_mode & S_IXUSR, path, error);
}

/* Takes fd. */
static bool load_directory(struct tree_load *load, int fd, const char *path, unsigned depth, GError **error)
{
    pl_autofd int dir = fd;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    int err = fs_list_fd(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), TREE_FILES_MAX, entries);
    if (err)
        return pl_error_set_errno(error, -err, path);
    load->files += entries->len;
    if (load->files > TREE_FILES_MAX || depth > TREE_DEPTH_MAX) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%s: the tree is too large", path);
        return false;
    }
    for (guint i = 0; i < entries->len; i++) {
        const struct host_dirent *entry = g_ptr_array_index(entries, i);
        g_autofree char *child = g_strconcat(path, "/", entry->name, NULL);
        if (!load_entry(load, dir, entry->name, child, depth, error))
            return false;
    }
    return true;
}

/* "PATH MODE UID GID": what git does not keep. The path may hold spaces. */
static bool apply_mode_line(struct host_fs *fs, const char *line, GError **error)
{
    g_autoptr(GRegex) regex = g_regex_new("^(/.*?)\\s+([0-7]{3,5})\\s+([0-9]+)\\s+([0-9]+)\\s*$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    uint64_t uid = 0, gid = 0;
    unsigned mode = 0;
    bool ok = g_regex_match(regex, line, 0, &match);
    g_autofree char *path = ok ? g_match_info_fetch(match, 1) : NULL;
    g_autofree char *octal = ok ? g_match_info_fetch(match, 2) : NULL;
    g_autofree char *user = ok ? g_match_info_fetch(match, 3) : NULL;
    g_autofree char *group = ok ? g_match_info_fetch(match, 4) : NULL;
    ok = ok && value_parse_mode(octal, &mode) && value_parse_u64(user, UINT32_MAX - 1, &uid) &&
         value_parse_u64(group, UINT32_MAX - 1, &gid);
    struct node *node = ok ? fs_inline_find(fs, path) : NULL;
    if (!node) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, ".plumbline-modes: \"%s\": %s", line,
                    ok ? "no such file" : "PATH MODE UID GID is needed");
        return false;
    }
    node->mode = (node->mode & S_IFMT) | mode;
    node->uid = (uid_t)uid;
    node->gid = (gid_t)gid;
    return true;
}

static bool apply_modes(struct host_fs *fs, GError **error)
{
    static const char file[] = "/.plumbline-modes";
    g_autoptr(GBytes) bytes = NULL;
    if (fs->ops->read(fs, file, HOST_FILE_MAX, &bytes) != 0)
        return true;
    g_auto(GStrv) lines = g_strsplit(g_bytes_get_data(bytes, NULL), "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (**line && **line != '#' && !apply_mode_line(fs, *line, error))
            return false;
    }
    fs_inline_remove(fs, file);
    return true;
}

bool inline_load_tree(struct inline_build *build, const json_object *value, GError **error)
{
    const char *name =
        json_object_is_type(value, json_type_string) ? json_object_get_string((json_object *)(uintptr_t)value) : NULL;
    if (!name || !*name || *name == '.' || strchr(name, '/'))
        return inline_error(error, value, "tree: the name of a folder of host trees is needed");
    if (!build->trees)
        return inline_error(error, value, "tree: there is no folder of host trees here");
    g_autofree char *path = g_build_filename(build->trees, name, NULL);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return inline_error(error, value, "tree: %s: %s", path, g_strerror(errno));
    struct tree_load load = {.fs = build->fs};
    g_autoptr(GError) cause = NULL;
    if (load_directory(&load, fd, "", 0, &cause) && apply_modes(build->fs, &cause))
        return true;
    return inline_error(error, value, "tree: %s: %s", name, cause ? cause->message : "");
}

/* --- owners --- */

static GHashTable *ids_stated(struct host_fs *fs, const char *file, bool *stated)
{
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GBytes) bytes = NULL;
    *stated = fs->ops->read(fs, file, HOST_FILE_MAX, &bytes) != -ENOENT;
    g_auto(GStrv) lines = bytes ? g_strsplit(g_bytes_get_data(bytes, NULL), "\n", -1) : NULL;
    for (char **line = lines; line && *line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, ":", 4);
        uint64_t id = 0;
        if (g_strv_length(fields) >= 3 && value_parse_u64(fields[2], UINT32_MAX - 1, &id))
            g_hash_table_insert(ids, g_strdup(fields[0]), GUINT_TO_POINTER((guint)id));
    }
    return ids;
}

struct id_table {
    const char *file;
    const struct well_known *well_known;
    bool users; /* passwd, not group */
    GHashTable *ids;
    bool stated;
    GString *added;
    guint32 next_free;
};

/* An entry of a file that the test does not state. */
static void add_line(struct id_table *table, const char *name, guint32 id)
{
    g_string_append_printf(table->added, "%s:x:%u:", name, id);
    if (table->users && id == 0)
        g_string_append(table->added, "0:root:/root:/bin/bash");
    else if (table->users)
        g_string_append_printf(table->added, "%u::/nonexistent:/usr/sbin/nologin", id);
    g_string_append_c(table->added, '\n');
}

/* The id that a name stands for. A stated passwd or group counts first. */
static bool name_to_id(struct id_table *table, const char *name, guint32 *out)
{
    gpointer known = NULL;
    if (g_hash_table_lookup_extended(table->ids, name, NULL, &known)) {
        *out = GPOINTER_TO_UINT(known);
        return true;
    }
    const struct well_known *row = table->well_known;
    while (row->name && !g_str_equal(row->name, name))
        row++;
    if (!row->name && table->stated)
        return false;
    *out = row->name ? row->id : table->next_free++;
    g_hash_table_insert(table->ids, g_strdup(name), GUINT_TO_POINTER(*out));
    if (!table->stated)
        add_line(table, name, *out);
    return true;
}

static bool resolve_owners(struct inline_build *build, struct id_table *users, struct id_table *groups, GError **error)
{
    guint32 root = 0;
    name_to_id(users, "root", &root);
    name_to_id(groups, "root", &root);
    for (guint i = 0; i < build->owners->len; i++) {
        const struct inline_owner *owner = g_ptr_array_index(build->owners, i);
        if (owner->user && !name_to_id(users, owner->user, &owner->node->uid))
            return inline_error(error, tree_member(owner->at, "owner"), "owner: no \"%s\" in /etc/passwd", owner->user);
        if (owner->group && !name_to_id(groups, owner->group, &owner->node->gid))
            return inline_error(error, tree_member(owner->at, "group"), "group: no \"%s\" in /etc/group", owner->group);
    }
    return true;
}

bool inline_finish_owners(struct inline_build *build, GError **error)
{
    struct id_table users = {.file = "/etc/passwd", .well_known = well_known_users, .next_free = FIRST_FREE_ID};
    struct id_table groups = {.file = "/etc/group", .well_known = well_known_groups, .next_free = FIRST_FREE_ID};
    g_autoptr(GHashTable) user_ids = ids_stated(build->fs, users.file, &users.stated);
    g_autoptr(GHashTable) group_ids = ids_stated(build->fs, groups.file, &groups.stated);
    g_autoptr(GString) passwd = g_string_new(NULL);
    g_autoptr(GString) group = g_string_new(NULL);
    users.ids = user_ids;
    groups.ids = group_ids;
    users.added = passwd;
    groups.added = group;
    users.users = true;
    if (!resolve_owners(build, &users, &groups, error))
        return false;
    if (!users.stated)
        fs_inline_text(build->fs, users.file, passwd->str);
    if (!groups.stated)
        fs_inline_text(build->fs, groups.file, group->str);
    return true;
}
