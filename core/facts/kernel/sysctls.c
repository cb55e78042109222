#include "facts/kernel/sysctls.h"

#include "facts/file/confdirs.h"
#include "facts/file/lines.h"
#include "facts/kernel/cmdline.h"
#include "formats/format.h"
#include "model/error.h"
#include "model/sysctl_name.h"
#include "model/tree.h"

#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>

static void assignment_free(gpointer data)
{
    struct sysctl_assignment *assignment = data;
    g_free(assignment->key);
    g_free(assignment->value);
    g_free(assignment->path);
    g_free(assignment);
}

static void chain_free(gpointer data)
{
    struct sysctl_chain *chain = data;
    g_ptr_array_unref(chain->assignments);
    g_ptr_array_unref(chain->errors);
    g_free(chain);
}

char *sysctl_key(const char *name)
{
    char *key = g_strdup(name);
    sysctl_slashed(key);
    g_auto(GStrv) parts = g_strsplit(key, "/", -1);
    g_free(key);
    GString *clean = g_string_new(NULL);
    for (char **part = parts; *part; part++)
        if (**part)
            g_string_append_printf(clean, "%s%s", clean->len ? "/" : "", *part);
    return g_string_free(clean, FALSE);
}

char *sysctl_name(const char *key)
{
    char *name = g_strdup(key);
    sysctl_swap(name);
    return name;
}

char *sysctl_value(const char *text)
{
    GString *value = g_string_new(NULL);
    while (*text) {
        text += strspn(text, " \t\r\n");
        size_t n = strcspn(text, " \t\r\n");
        if (n && value->len)
            g_string_append_c(value, ' ');
        g_string_append_len(value, text, (gssize)n);
        text += n;
    }
    return g_string_free(value, FALSE);
}

static bool parse_integer(const char *text, gint64 *out)
{
    char *end = NULL;
    errno = 0;
    *out = g_ascii_strtoll(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

bool sysctl_values_equal(const char *a, const char *b)
{
    gint64 left = 0, right = 0;
    if (g_str_equal(a, b))
        return true;
    return parse_integer(a, &left) && parse_integer(b, &right) && left == right;
}

static struct sysctl_assignment *add(struct sysctl_chain *chain, const char *name, const char *value, const char *path,
                                     unsigned line)
{
    struct sysctl_assignment *assignment = g_new0(struct sysctl_assignment, 1);
    assignment->key = sysctl_key(name);
    assignment->value = value ? sysctl_value(value) : NULL;
    assignment->path = g_strdup(path);
    assignment->line = line;
    assignment->glob = strpbrk(assignment->key, "*?[") != NULL;
    assignment->stage = chain->stage;
    g_ptr_array_add(chain->assignments, assignment);
    return assignment;
}

static void add_file(struct host *host, struct sysctl_chain *chain, const char *path, bool ignored)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = host_read(host, path, &error);
    gsize size = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &size) : NULL;
    pl_autojson json_object *tree = text ? format_find("sysctl")->parse(path, text, size, &error) : NULL;
    if (!tree && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        g_ptr_array_add(chain->errors, g_steal_pointer(&error));
    for (size_t i = 0; tree && i < json_object_array_length(tree); i++) {
        json_object *row = json_object_array_get_idx(tree, i);
        json_object *key = tree_member(row, "key");
        const char *value = tree_string(row, "value");
        unsigned line = key && tree_mark(key).line ? tree_mark(key).line : tree_mark(row).line;
        if (key)
            add(chain, json_object_get_string(key), value, path, line)->ignored = ignored;
    }
}

/* Parameters "sysctl.kernel.x=y" are set before init starts, so files override them. */
static void add_cmdline(struct host *host, struct sysctl_chain *chain)
{
    const GPtrArray *args = cmdline_get(host)->args;
    for (guint i = 0; i < args->len; i++) {
        const struct cmdline_arg *arg = args->pdata[i];
        if (arg->value && (g_str_has_prefix(arg->name, "sysctl.") || g_str_has_prefix(arg->name, "sysctl/")))
            add(chain, arg->name + strlen("sysctl."), arg->value, "/proc/cmdline", 1);
    }
}

/* systemd-sysctl keeps one assignment of each spelling of a key: a later one takes its place at the end, unless it says
 * the same, and then changes nothing. An exclusion takes an assignment's place as well. */
static void supersede(struct sysctl_chain *chain)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < chain->assignments->len; i++) {
        struct sysctl_assignment *next = chain->assignments->pdata[i];
        struct sysctl_assignment *earlier = g_hash_table_lookup(last, next->key);
        if (next->stage != SYSCTL_FILES || next->ignored)
            continue;
        bool same = earlier && g_strcmp0(earlier->value, next->value) == 0;
        if (same && next->glob) {
            next->superseded = true;
            continue;
        }
        if (earlier)
            earlier->superseded = true;
        g_hash_table_insert(last, next->key, next);
    }
}

static bool has_systemd_sysctl(struct host *host)
{
    return host_exists(host, "/usr/lib/systemd/systemd-sysctl") || host_exists(host, "/lib/systemd/systemd-sysctl");
}

/* A masked service applies nothing: an admin's mask is a link to /dev/null or an empty file. */
static bool is_masked(struct host *host)
{
    static const char unit[] = "/etc/systemd/system/systemd-sysctl.service";
    struct host_stat st;
    return confdirs_is_null_link(host, unit) || (host_stat(host, unit, &st, NULL) && S_ISREG(st.mode) && !st.size);
}

/* The value of a variable in a file of the shell's; NULL when it is not set. What is wrong with the file is noted. */
static const char *shell_value(struct host *host, const char *path, const char *name)
{
    return tree_string(format_read(host, path, format_find("keyvalue"), NULL), name);
}

static void add_ufw(struct host *host, struct sysctl_chain *chain)
{
    const char *enabled = shell_value(host, "/etc/ufw/ufw.conf", "ENABLED");
    if (!enabled || g_ascii_strcasecmp(enabled, "yes") != 0)
        return;
    const char *path = shell_value(host, "/etc/default/ufw", "IPT_SYSCTL");
    if (!path || *path == '/')
        add_file(host, chain, path ? path : "/etc/ufw/sysctl.conf", false);
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    static const char *const dirs[] = {"/etc/sysctl.d",     "/run/sysctl.d", "/usr/local/lib/sysctl.d",
                                       "/usr/lib/sysctl.d", "/lib/sysctl.d", NULL};
    struct sysctl_chain *chain = g_new0(struct sysctl_chain, 1);
    chain->assignments = g_ptr_array_new_with_free_func(assignment_free);
    chain->errors = confdirs_errors_new();
    add_cmdline(host, chain);
    bool systemd = chain->systemd = has_systemd_sysctl(host);
    chain->stage = SYSCTL_FILES;
    bool linked = false, masked = systemd && is_masked(host);
    g_autofree char *conf = host_resolve(host, "/etc/sysctl.conf", NULL);
    g_auto(GStrv) files = confdirs_files_of(host, dirs, ".conf", !systemd, chain->errors);
    for (char **file = files; *file; file++) {
        g_autofree char *real = host_resolve(host, *file, NULL);
        bool same = real && conf && g_str_equal(real, conf);
        linked |= same;
        /* Without systemd the file is read again at the end: that reading decides. */
        if (!same || systemd)
            add_file(host, chain, *file, masked);
    }
    if (!linked || !systemd)
        add_file(host, chain, "/etc/sysctl.conf", systemd);
    if (systemd)
        supersede(chain);
    chain->stage = SYSCTL_FIREWALL;
    add_ufw(host, chain);
    return chain;
}

const struct sysctl_chain *sysctl_chain_get(struct host *host)
{
    return host_memo(host, "sysctl-chain", make, NULL, chain_free);
}

/* What decides a key within one stage. */
struct decision {
    struct sysctl_assignment *explicit, *glob;
    bool barred; /* from globs */
};

static void weigh(struct decision *decision, struct sysctl_assignment *next, bool systemd)
{
    if (next->glob && next->value)
        decision->glob = next;
    if (next->glob) /* one without a value bars nothing */
        return;
    decision->barred |= !next->value;
    /* procps leaves an assignment alone that an exclusion follows */
    if (next->value || systemd)
        decision->explicit = next;
}

static struct sysctl_assignment *winner_of(const struct sysctl_chain *chain, const GPtrArray *all)
{
    struct decision stages[SYSCTL_STAGES] = {{NULL}};
    for (guint i = 0; i < all->len; i++) {
        struct sysctl_assignment *next = all->pdata[i];
        if (!next->ignored && !next->superseded)
            weigh(&stages[next->stage], next, chain->systemd && next->stage == SYSCTL_FILES);
    }
    for (guint i = SYSCTL_STAGES; i-- > 0;) {
        const struct decision *decision = &stages[i];
        if (decision->explicit && decision->explicit->value)
            return decision->explicit;
        if (decision->glob && !decision->barred && !decision->explicit)
            return decision->glob;
    }
    return NULL;
}

const struct sysctl_assignment *sysctl_chain_decide(const struct sysctl_chain *chain, const char *key,
                                                    GPtrArray *losers)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; i < chain->assignments->len; i++) {
        struct sysctl_assignment *next = chain->assignments->pdata[i];
        if (next->glob ? fnmatch(next->key, key, FNM_PATHNAME) == 0 : g_str_equal(next->key, key))
            g_ptr_array_add(all, next);
    }
    struct sysctl_assignment *winner = winner_of(chain, all);
    for (guint i = 0; losers && i < all->len; i++) {
        const struct sysctl_assignment *other = all->pdata[i];
        if (other != winner && other->value)
            g_ptr_array_add(losers, all->pdata[i]);
    }
    return winner;
}
