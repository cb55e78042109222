#include "probes/accounts.h"

#include "formats/format.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"

#include <string.h>

const json_object *accounts_read(struct host *host, const char *path, GError **error)
{
    g_autoptr(GError) failure = NULL;
    const json_object *rows = format_read(host, path, format_find("colon"), &failure);
    if (!rows && !g_error_matches(failure, PL_ERROR, PL_ERROR_ABSENT))
        g_propagate_error(error, g_steal_pointer(&failure));
    return rows;
}

const char *accounts_field(const json_object *row, size_t i)
{
    json_object *field = i < json_object_array_length(row) ? json_object_array_get_idx(row, i) : NULL;
    return field ? json_object_get_string(field) : "";
}

const json_object *accounts_row(const json_object *rows, const char *name)
{
    for (size_t i = 0; rows && i < json_object_array_length(rows); i++) {
        const json_object *row = json_object_array_get_idx(rows, i);
        if (g_str_equal(accounts_field(row, 0), name))
            return row;
    }
    return NULL;
}

GHashTable *accounts_index(const json_object *rows)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = rows ? json_object_array_length(rows) : 0; i-- > 0;) {
        json_object *row = json_object_array_get_idx(rows, i);
        g_hash_table_replace(index, (gpointer)(uintptr_t)accounts_field(row, 0), row);
    }
    return index;
}

unsigned accounts_line(const json_object *row)
{
    return tree_mark(row).line;
}

bool accounts_id(const json_object *row, size_t fields, size_t id, const char *path, uint32_t *out, struct items *items)
{
    const char *name = accounts_field(row, 0), *text = accounts_field(row, id);
    uint64_t value = 0;
    if (json_object_array_length(row) < fields || !*name || *name == '+' || *name == '-')
        return false;
    if (!value_parse_u64(text, G_MAXUINT32, &value)) {
        items_problem(items, PROBLEM_ERROR, "correct the line", "%s:%u: the id \"%s\" is no plain number", path,
                      accounts_line(row), text);
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* Prefixes of crypt(5); the longer ones first. */
static const struct {
    const char *prefix, *name;
} schemes[] = {
    {"$gy$", "gost-yescrypt"}, {"$y$", "yescrypt"}, {"$7$", "scrypt"},  {"$6$", "sha512"},
    {"$5$", "sha256"},         {"$2a$", "bcrypt"},  {"$2b$", "bcrypt"}, {"$2x$", "bcrypt"},
    {"$2y$", "bcrypt"},        {"$2$", "bcrypt"},   {"$1$", "md5"},     {"$md5", "sunmd5"},
    {"$sha1$", "sha1"},        {"$3$", "nt"},       {"_", "bsdi"},
};

static const char *skip_lock(const char *field)
{
    return field + strspn(field, "!");
}

static bool is_des(const char *hash)
{
    static const char letters[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t n = strlen(hash);
    return n >= 13 && strspn(hash, letters) == n;
}

static gint64 stated_rounds(const char *scheme, const char *rest)
{
    uint64_t value = 0;
    if (g_str_has_prefix(rest, "rounds="))
        rest += 7;
    else if (!g_str_equal(scheme, "bcrypt") && !g_str_equal(scheme, "sha1"))
        return -1;
    g_autofree char *digits = g_strndup(rest, strspn(rest, "0123456789"));
    return value_parse_u64(digits, G_MAXINT32, &value) ? (gint64)value : -1;
}

const char *accounts_hash(const char *field, gint64 *rounds)
{
    const char *hash = skip_lock(field);
    *rounds = -1;
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (!g_str_has_prefix(hash, schemes[i].prefix))
            continue;
        *rounds = stated_rounds(schemes[i].name, hash + strlen(schemes[i].prefix));
        return schemes[i].name;
    }
    return is_des(hash) ? "des" : *hash == '$' ? "unknown" : NULL;
}

const char *accounts_password_state(const char *field)
{
    gint64 rounds = 0;
    if (!*field)
        return "empty";
    if (!accounts_hash(field, &rounds))
        return "none";
    return *field == '!' ? "locked" : "set";
}

void accounts_count(GHashTable *table, const char *key)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, key));
    g_hash_table_replace(table, g_strdup(key), GUINT_TO_POINTER(n + 1));
}
