/* Stated answers have the same bounds as those of the machine. */
#include "host/http_stated.h"

#include "host/http_request.h"
#include "model/error.h"
#include "model/tree.h"

static const struct stated_error {
    const char *text;
    enum pl_error code;
} stated_errors[] = {
    {"refused", PL_ERROR_READ},  {"timeout", PL_ERROR_READ}, {"denied", PL_ERROR_DENIED},
    {"absent", PL_ERROR_ABSENT}, {"limit", PL_ERROR_LIMIT},
};

static bool answer_error(const char *name, const char *text, GError **error)
{
    enum pl_error code = PL_ERROR_READ;
    for (size_t i = 0; i < G_N_ELEMENTS(stated_errors); i++) {
        if (g_str_equal(text, stated_errors[i].text))
            code = stated_errors[i].code;
    }
    g_set_error(error, PL_ERROR, (gint)code, "%s: %s", name, text);
    return false;
}

bool http_answer_stated(const json_object *table, const struct http_request *request, struct http_answer *answer,
                        GError **error)
{
    g_autofree char *name = http_request_name(request);
    const json_object *stated = tree_member(table, name);
    const char *failure = tree_string(stated, "error");
    if (!stated || failure)
        return answer_error(name, stated ? failure : "absent", error);
    const json_object *json = tree_member(stated, "json");
    const json_object *body = tree_member(stated, "body");
    const json_object *status = tree_member(stated, "status");
    const char *type = tree_string(stated, "content_type");
    g_autofree char *text = json ? tree_canonical(json) : body ? tree_text(body) : g_strdup("");
    gsize size = strlen(text);
    if (size > http_request_max(request))
        return http_request_too_large(request, error);
    answer->status = status ? (long)json_object_get_int64(status) : 200;
    answer->content_type = g_strdup(type ? type : json ? "application/json" : NULL);
    answer->server_version = g_strdup(tree_string(stated, "server_version"));
    answer->body = g_bytes_new_take(g_steal_pointer(&text), size);
    return true;
}
