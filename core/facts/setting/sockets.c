#include "facts/setting/sockets.h"

#include "facts/system/unit_words.h"
#include "model/tree.h"

#include <string.h>

static bool takes_sockets(const struct daemon_key *key, const json_object *value)
{
    bool list = key->sockets && json_object_is_type(value, json_type_array);
    for (size_t i = 0; list && i < json_object_array_length(value); i++) {
        const json_object *member = json_object_array_get_idx(value, i);
        if (json_object_is_type((json_object *)(uintptr_t)member, json_type_string) &&
            g_str_has_prefix(json_object_get_string((json_object *)(uintptr_t)member), key->sockets))
            return true;
    }
    return false;
}

/* The services whose sockets these may be: its own where that is known, else all that run its program. */
static char **services(const struct setting_asked *asked, const GError **error)
{
    const struct daemon_instance *instance = asked->instance;
    const char *cgroup = instance->process ? instance->process->cgroup : NULL;
    g_autofree char *own = instance->start ? g_strdup(instance->start->unit) : cgroup ? unit_of_cgroup(cgroup) : NULL;
    if (!own || !g_str_has_suffix(own, ".service") || !units_find(units_get(asked->host), own))
        return daemon_boot_units(asked->host, asked->daemon, error);
    char *list[] = {own, NULL};
    return g_strdupv(list);
}

/* ListenStream= as a daemon writes an address. NULL when it depends on the machine that runs it. Caller frees. */
static char *address(const char *text, const char *socket)
{
    g_autofree char *whole = unit_expand(text, socket);
    if (!whole)
        return NULL;
    if (*whole == '/' || *whole == '@')
        return g_strconcat("unix://", whole, NULL);
    if (g_str_has_prefix(whole, "vsock:"))
        return g_strconcat("vsock://", whole + strlen("vsock:"), NULL);
    bool port = strspn(whole, "0123456789") == strlen(whole);
    return g_strconcat(port ? "tcp://[::]:" : "tcp://", whole, NULL);
}

static bool add_socket(struct host *host, const char *socket, json_object *value, struct problem **why)
{
    const struct unit_config *config = unit_config_get(host, socket);
    if (config->error) {
        *why = problem_of_error(config->error);
        return false;
    }
    const GPtrArray *streams = g_hash_table_lookup(config->values, "Socket.ListenStream");
    for (guint i = 0; streams && i < streams->len; i++) {
        const struct unit_value *stream = streams->pdata[i];
        g_autofree char *text = address(stream->text, socket);
        if (!text) {
            *why = problem_unknown("where %s listens depends on the machine that runs it", socket);
            return false;
        }
        json_object_array_add(value, tree_new_text(text));
    }
    return true;
}

bool setting_add_sockets(const struct setting_asked *asked, json_object **value, struct problem **why)
{
    if (!takes_sockets(asked->key, *value))
        return true;
    const struct units *units = units_get(asked->host);
    if (units->errors->len) {
        *why = problem_of_error(units->errors->pdata[0]);
        return false;
    }
    pl_autojson json_object *whole = tree_copy(*value);
    const GError *unread = NULL;
    g_auto(GStrv) names = services(asked, &unread);
    if (unread) {
        *why = problem_of_error(unread);
        return false;
    }
    for (char **name = names; *name; name++) {
        g_auto(GStrv) sockets = unit_sockets(asked->host, *name);
        for (char **socket = sockets; *socket; socket++)
            if (!add_socket(asked->host, *socket, whole, why))
                return false;
    }
    json_object_put(*value);
    *value = g_steal_pointer(&whole);
    return true;
}
