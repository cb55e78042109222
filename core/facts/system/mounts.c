#include "facts/system/mounts.h"

#include "facts/file/lines.h"
#include "host/mounts.h"
#include "model/error.h"

#include <string.h>

#define ENTRIES_MAX 100000U

static void entry_free(gpointer data)
{
    struct mount_entry *entry = data;
    g_free(entry->path);
    g_free(entry->fstype);
    g_free(entry->source);
    g_free(entry->root);
    g_free(entry->subvol);
    g_strfreev(entry->options);
    g_free(entry);
}

static void mounts_free(gpointer data)
{
    struct mounts *mounts = data;
    g_free(mounts->path);
    g_ptr_array_unref(mounts->table);
    g_ptr_array_unref(mounts->fstab);
    g_clear_error(&mounts->table_error);
    g_clear_error(&mounts->fstab_error);
    g_free(mounts);
}

static bool strv_has(const GPtrArray *list, const char *text)
{
    for (guint i = 0; i < list->len; i++)
        if (g_str_equal(list->pdata[i], text))
            return true;
    return false;
}

static void drop_option(GPtrArray *list, const char *option)
{
    for (guint i = list->len; i > 0; i--)
        if (g_str_equal(list->pdata[i - 1], option))
            g_ptr_array_remove_index(list, i - 1);
}

/* Each once; a list without `add` keeps the first of several. */
static void cut_into(GPtrArray *list, const char *text, void (*add)(GPtrArray *list, const char *option))
{
    while (text && *text) {
        size_t n = 0;
        bool quoted = false;
        for (; text[n] && (quoted || text[n] != ','); n++)
            quoted ^= text[n] == '"';
        g_autofree char *option = g_strndup(text, n);
        if (n && add)
            add(list, option);
        else if (n && list->len < 1000 && !strv_has(list, option))
            g_ptr_array_add(list, g_steal_pointer(&option));
        text += n + (text[n] == ',');
    }
}

char **mounts_cut_options(const char *text)
{
    GPtrArray *list = g_ptr_array_new();
    cut_into(list, text, NULL);
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

/* The last of an option and its opposite counts. */
static void take_last(GPtrArray *list, const char *option)
{
    bool negative = g_str_has_prefix(option, "no");
    const char *access = g_str_equal(option, "ro") ? "rw" : g_str_equal(option, "rw") ? "ro" : NULL;
    g_autofree char *opposite = access     ? g_strdup(access)
                                : negative ? g_strdup(option + strlen("no"))
                                           : g_strconcat("no", option, NULL);
    drop_option(list, opposite);
    drop_option(list, option);
    g_ptr_array_add(list, g_strdup(option));
}

/* Who lets users mount it does not trust what is on it, unless a later option says otherwise. */
static void take_meant(GPtrArray *list, const char *option)
{
    bool user = g_str_equal(option, "user") || g_str_equal(option, "users");
    if (user || g_str_equal(option, "owner") || g_str_equal(option, "group")) {
        take_last(list, "nosuid");
        take_last(list, "nodev");
    }
    if (user)
        take_last(list, "noexec");
    take_last(list, option);
}

char **mounts_effective_options(const char *text)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    cut_into(list, text, take_meant);
    g_ptr_array_set_free_func(list, NULL);
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

/* Flags of the mount, not of the super block: there the same word would be text of a file system's own. */
static bool is_mount_flag(const char *option)
{
    static const char *const flags[] = {"nosuid", "nodev", "noexec", "nosymfollow"};
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (g_str_equal(option, flags[i]))
            return true;
    return false;
}

/* A read-only super block makes every mount of it read-only, and the reverse. */
static void set_options(struct mount_entry *entry, const char *mount_options, const char *super_options)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    cut_into(list, mount_options, NULL);
    g_auto(GStrv) super = mounts_cut_options(super_options);
    for (char **option = super; *option; option++) {
        if (g_str_has_prefix(*option, "subvol="))
            entry->subvol = mounts_unescape(g_strdup(*option + strlen("subvol=")));
        if (!is_mount_flag(*option) && !strv_has(list, *option))
            g_ptr_array_add(list, g_strdup(*option));
    }
    if (strv_has(list, "ro"))
        drop_option(list, "rw");
    g_ptr_array_add(list, NULL);
    entry->options = g_strdupv((char **)list->pdata);
}

static bool add_mount(const struct mount_row *row, gpointer data)
{
    struct mount_entry *entry = g_new0(struct mount_entry, 1);
    entry->path = g_strdup(row->target);
    entry->root = g_strdup(row->root);
    entry->fstype = g_strdup(row->fstype);
    entry->source = g_strdup(row->source);
    entry->dev_major = row->major;
    entry->dev_minor = row->minor;
    entry->line = row->line;
    set_options(entry, row->options, row->super);
    g_ptr_array_add(data, entry);
    return true;
}

static char *normal_path(const char *path)
{
    char *copy = g_strdup(path);
    size_t n = strlen(copy);
    while (n > 1 && copy[n - 1] == '/')
        copy[--n] = '\0';
    return copy;
}

/* Dump frequency and pass number: mount(8) leaves a line out where one of them is no number. */
static bool is_number(const char *word)
{
    const char *digits = word + (*word == '-' || *word == '+');
    return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

/* fstab(5): source, target, type, and options and two numbers that may be left out. */
static void parse_fstab_line(struct mounts *mounts, char *line, unsigned number)
{
    char *words[6] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        words[i] = word_next(&line);
    bool whole = words[2] && (!words[4] || is_number(words[4])) && (!words[5] || is_number(words[5]));
    if (!whole || *mounts_unescape(words[1]) != '/')
        return;
    struct mount_entry *entry = g_new0(struct mount_entry, 1);
    entry->path = normal_path(words[1]);
    entry->fstype = g_strdup(mounts_unescape(words[2]));
    entry->source = g_strdup(mounts_unescape(words[0]));
    entry->options = mounts_effective_options(words[3] ? mounts_unescape(words[3]) : NULL);
    entry->line = number;
    g_ptr_array_add(mounts->fstab, entry);
}

static void read_fstab(struct host *host, struct mounts *mounts)
{
    g_autofree char *text = host_read_text(host, "/etc/fstab", &mounts->fstab_error);
    char *cursor = text;
    unsigned number = 0;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        if (++number > ENTRIES_MAX) {
            g_set_error(&mounts->fstab_error, PL_ERROR, PL_ERROR_LIMIT, "/etc/fstab: more than %u lines", ENTRIES_MAX);
            return;
        }
        g_strstrip(line);
        if (*line && *line != '#')
            parse_fstab_line(mounts, line, number);
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct mounts *mounts = g_new0(struct mounts, 1);
    mounts->table = g_ptr_array_new_with_free_func(entry_free);
    mounts->fstab = g_ptr_array_new_with_free_func(entry_free);
    mounts->path = host_mount_table(host);
    host_each_mount(host, mounts->path, add_mount, mounts->table, &mounts->table_error);
    read_fstab(host, mounts);
    return mounts;
}

const struct mounts *mounts_get(struct host *host)
{
    return host_memo(host, "mounts", make, NULL, mounts_free);
}

const struct mount_entry *mounts_at(const struct mounts *mounts, const char *path)
{
    for (guint i = mounts->table->len; i > 0; i--) {
        const struct mount_entry *entry = mounts->table->pdata[i - 1];
        if (g_str_equal(entry->path, path))
            return entry;
    }
    return NULL;
}

const struct mount_entry *mounts_parent(const struct mounts *mounts, const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    while (!g_str_equal(path, "/")) {
        const struct mount_entry *entry = mounts_at(mounts, directory);
        if (entry || g_str_equal(directory, "/"))
            return entry;
        char *above = g_path_get_dirname(directory);
        g_free(directory);
        directory = above;
    }
    return NULL;
}

const struct mount_entry *mounts_fstab(const struct mounts *mounts, const char *path)
{
    for (guint i = 0; i < mounts->fstab->len; i++) {
        const struct mount_entry *entry = mounts->fstab->pdata[i];
        if (g_str_equal(entry->path, path))
            return entry;
    }
    return NULL;
}

bool mounts_has_option(const struct mount_entry *entry, const char *option)
{
    for (char **other = entry->options; other && *other; other++)
        if (g_str_equal(*other, option))
            return true;
    return false;
}
