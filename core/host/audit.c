/* Where the loaded audit rules come from, by kind of host. */
#include "host/audit.h"

#include "host/audit_netlink.h"
#include "host/private.h"
#include "model/tree.h"

#include <string.h>

static void audit_free(gpointer data)
{
    struct audit_loaded *loaded = data;
    g_clear_error(&loaded->error);
    g_strfreev(loaded->rules);
    g_free(loaded);
}

/* An inline host's "audit: {enabled: 1, rules: [...]}", or "{error: text}". */
static void take_stated(const json_object *stated, struct audit_loaded *loaded)
{
    const char *failed = stated ? tree_string(stated, "error") : "the kernel's audit rules are not stated";
    if (failed) {
        bool none = g_str_has_prefix(failed, "unsupported"), denied = g_str_has_prefix(failed, "not permitted");
        enum pl_error code = none ? PL_ERROR_UNSUPPORTED : denied ? PL_ERROR_DENIED : PL_ERROR_READ;
        loaded->error = g_error_new(PL_ERROR, (gint)code, "%s", failed);
        return;
    }
    const json_object *enabled = tree_member(stated, "enabled");
    const json_object *rules = tree_member(stated, "rules");
    size_t n = rules ? json_object_array_length(rules) : 0;
    loaded->enabled = enabled ? json_object_get_int((json_object *)(uintptr_t)enabled) : 1;
    loaded->rules = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        loaded->rules[i] = tree_text(json_object_array_get_idx(rules, i));
}

/* "audit=0" or "audit=off": the kernel then does not even answer. */
static bool is_off_at_boot(struct host *host)
{
    g_autofree char *text = host_read_text(host, "/proc/cmdline", NULL);
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", " \n", -1);
    const char *last = NULL;
    for (char **word = words; *word; word++)
        if (g_str_has_prefix(*word, "audit="))
            last = *word + strlen("audit=");
    return last && (g_str_equal(last, "0") || g_str_equal(last, "off"));
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct audit_loaded *loaded = g_new0(struct audit_loaded, 1);
    if (!host->live)
        loaded->error = g_error_new(PL_ERROR, PL_ERROR_READ, "an offline root has no kernel that audits");
    else if (is_off_at_boot(host))
        loaded->error = g_error_new(PL_ERROR, PL_ERROR_UNSUPPORTED, "the kernel's command line switches audit off");
    else if (host->http)
        take_stated(host->audit, loaded);
    else
        audit_ask_kernel(loaded);
    return loaded;
}

const struct audit_loaded *host_audit(struct host *host)
{
    return host_memo(host, "audit-loaded", make, NULL, audit_free);
}
