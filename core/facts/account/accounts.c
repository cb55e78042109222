#include "facts/account/accounts.h"

#include "host/notes.h"
#include "host/stream.h"
#include "model/error.h"
#include "model/value.h"

#include <string.h>

#define FIELDS_MAX 64U

/* A file that was read, once a host. */
struct account_file {
    GPtrArray *rows;     /* struct account_row */
    GStringChunk *texts; /* of the rows */
    GError *error;       /* it could not be read whole */
};

static void file_free(gpointer data)
{
    struct account_file *file = data;
    g_ptr_array_unref(file->rows);
    g_string_chunk_free(file->texts);
    g_clear_error(&file->error);
    g_free(file);
}

/* Comment lines are left out, as glibc does. */
static bool take_line(char *line, gsize length, guint number, gpointer data)
{
    struct account_file *file = data;
    char *p = line + strspn(line, " \t");
    guint n = 0;
    const char *fields[FIELDS_MAX];
    (void)length;
    if (!*p || *p == '#')
        return true;
    g_autofree char *valid = g_utf8_validate(p, -1, NULL) ? NULL : g_utf8_make_valid(p, -1);
    for (char *cursor = valid ? valid : p; cursor && n < FIELDS_MAX; n++) {
        char *end = strchr(cursor, ':');
        if (end)
            *end = '\0';
        fields[n] = g_string_chunk_insert(file->texts, cursor);
        cursor = end ? end + 1 : NULL;
    }
    struct account_row *row = g_malloc(sizeof *row + n * sizeof *fields);
    row->line = number;
    row->n = n;
    memcpy(row->fields, fields, n * sizeof *fields);
    g_ptr_array_add(file->rows, row);
    return true;
}

static gpointer read_file(struct host *host, gpointer data)
{
    struct account_file *file = g_new0(struct account_file, 1);
    file->rows = g_ptr_array_new_with_free_func(g_free);
    file->texts = g_string_chunk_new(4096);
    host_each_line(host, data, ACCOUNTS_BYTES_MAX, take_line, file, &file->error);
    return file;
}

const GPtrArray *accounts_read(struct host *host, const char *path, GError **error)
{
    g_autofree char *key = g_strconcat("probes:accounts:", path, NULL);
    const struct account_file *file = host_memo(host, key, read_file, (gpointer)(uintptr_t)path, file_free);
    if (!file->error)
        return file->rows;
    if (!error)
        host_note(g_error_copy(file->error));
    else if (!g_error_matches(file->error, PL_ERROR, PL_ERROR_ABSENT))
        *error = g_error_copy(file->error);
    return NULL;
}

const char *accounts_field(const struct account_row *row, guint i)
{
    return i < row->n ? row->fields[i] : "";
}

GHashTable *accounts_index(const GPtrArray *rows)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = rows ? rows->len : 0; i-- > 0;) {
        struct account_row *row = g_ptr_array_index(rows, i);
        g_hash_table_replace(index, (gpointer)(uintptr_t)accounts_field(row, 0), row);
    }
    return index;
}

unsigned accounts_line(const struct account_row *row)
{
    return row->line;
}

bool accounts_id(const struct account_row *row, guint fields, guint id, const char *path, uint32_t *out,
                 GPtrArray *problems)
{
    const char *name = accounts_field(row, 0), *text = accounts_field(row, id);
    uint64_t value = 0;
    if (row->n < fields || *name == '+' || *name == '-')
        return false;
    if (!*name) {
        problems_add_format(problems, PROBLEM_ERROR, "correct the line",
                            "%s:%u: an entry without a name, which counts all the same", path, accounts_line(row));
        return false;
    }
    if (!value_parse_u64(text, G_MAXUINT32, &value)) {
        problems_add_format(problems, PROBLEM_ERROR, "correct the line", "%s:%u: the id \"%s\" is no plain number",
                            path, accounts_line(row), text);
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
