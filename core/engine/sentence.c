#include "engine/sentence.h"

#include "engine/content.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

/* Of a sentence's parts: it is read, not searched. */
enum { VALUE_BYTES = 160, LIST_SHOWN = 5 };

/* One step over a text: plain bytes, a name in braces, or a brace that is wrong. */
struct sentence_step {
    const char *start; /* of the plain bytes or the name */
    size_t length;
    bool name, wrong;
};

/* False at the end. `*text` moves on. */
static bool next_step(const char **text, struct sentence_step *step)
{
    const char *p = *text;
    if (!*p)
        return false;
    *step = (struct sentence_step){.start = p, .length = strcspn(p, "{}")};
    if (!step->length && p[0] == p[1]) {
        step->length = 1;
        *text = p + 2;
    } else if (!step->length) {
        size_t n = strcspn(p + 1, "{}");
        *step = (struct sentence_step){.start = p + 1, .length = n, .name = true};
        step->wrong = *p == '}' || p[n + 1] != '}' || !n;
        *text = step->wrong ? p + 1 : p + n + 2;
    } else {
        *text = p + step->length;
    }
    return true;
}

static bool is_declared(const GPtrArray *declarations, const char *name)
{
    for (guint i = 0; i < declarations->len; i++)
        if (g_str_equal(((struct value_declaration *)g_ptr_array_index(declarations, i))->name, name))
            return true;
    return false;
}

static bool is_package(const char *name)
{
    return g_str_has_prefix(name, SENTENCE_INSTALL) || g_str_has_prefix(name, SENTENCE_REMOVE);
}

static bool is_field(const struct probe *probe, const char *name)
{
    return probe && (g_str_equal(name, "subject") || probe_field_find(probe, name));
}

static void check_field(const char *name, const json_object *at, const struct probe *probe, struct complaints *to)
{
    if (!probe) {
        complain(to, at, "\"{%s}\": nothing was found, so that there is no field to name", name);
        return;
    }
    if (is_field(probe, name))
        return;
    g_autofree char *head = g_strndup(name, strcspn(name, "."));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct probe_field *field = probe->fields; field->name; field++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)field->name);
    g_autofree char *clause = suggest_clause_in(head, names);
    complain(to, at, "\"{%s}\": the probe %s has no such field%s; a literal brace is written twice", name, probe->name,
             clause);
}

void sentence_check(const char *text, const json_object *at, const struct probe *probe, const GPtrArray *declarations,
                    struct complaints *to)
{
    struct sentence_step step;
    while (next_step(&text, &step)) {
        g_autofree char *name = step.name ? g_strndup(step.start, step.length) : NULL;
        if (step.wrong)
            complain(to, at, "a single brace: a literal one is written twice");
        else if (name && *name == '$' && !is_declared(declarations, name + 1))
            complain(to, at, "the module has no value \"%s\"", name + 1);
        else if (name && *name != '$' && !is_package(name))
            check_field(name, at, probe, to);
    }
}

static void append_scalar(GString *out, const json_object *value)
{
    g_autofree char *text = value ? tree_text(value) : g_strdup("not set");
    size_t length = strlen(text);
    bool cut = length > VALUE_BYTES;
    if (cut)
        length = (size_t)(g_utf8_find_prev_char(text, text + VALUE_BYTES) - text);
    for (size_t i = 0; i < length; i++)
        g_string_append_c(out, text[i] == '`' ? '\'' : text[i]);
    g_string_append(out, cut ? "..." : !*text ? "empty" : "");
}

static void append_value(GString *out, const json_object *value)
{
    bool list = json_object_is_type(value, json_type_array);
    if (!list && json_object_is_type(value, json_type_object)) {
        g_autofree char *text = tree_canonical(value);
        pl_autojson json_object *flat = json_object_new_string(text);
        append_scalar(out, flat);
        return;
    }
    if (!list) {
        append_scalar(out, value);
        return;
    }
    size_t n = json_object_array_length(value);
    for (size_t i = 0; i < MIN(n, LIST_SHOWN); i++) {
        g_string_append(out, i ? ", " : "");
        const json_object *one = json_object_array_get_idx(value, i);
        if (json_object_is_type(one, json_type_array))
            append_scalar(out, NULL);
        else
            append_value(out, one);
    }
    if (n > LIST_SHOWN)
        g_string_append_printf(out, " and %zu more", n - LIST_SHOWN);
    g_string_append(out, n ? "" : "none");
}

bool sentence_fits(const char *text, const struct probe *probe)
{
    struct sentence_step step;
    while (next_step(&text, &step)) {
        g_autofree char *name = step.name && !step.wrong ? g_strndup(step.start, step.length) : NULL;
        if (name && *name != '$' && !is_package(name) && !is_field(probe, name))
            return false;
    }
    return true;
}

/* A word of a command; false: it can be none. */
static bool append_word(GString *out, const json_object *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-";
    g_autofree char *text = tree_text(value);
    if (!*text || *text == '-')
        return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < ' ' || *p == 0x7f)
            return false;
    g_autofree char *quoted = g_shell_quote(text);
    g_string_append(out, strspn(text, plain) == strlen(text) ? text : quoted);
    return true;
}

static bool append_words(GString *out, const json_object *value)
{
    size_t n = json_object_array_length(value);
    for (size_t i = 0; i < n; i++) {
        g_string_append(out, i ? " " : "");
        if (!append_word(out, json_object_array_get_idx(value, i)))
            return false;
    }
    return n > 0;
}

static bool append_quoted(GString *out, const json_object *value, enum sentence_quoting quoting)
{
    if (quoting == SENTENCE_PLAIN) {
        append_value(out, value);
        return true;
    }
    if (!value || json_object_is_type(value, json_type_object))
        return false;
    if (quoting == SENTENCE_SHELL)
        return json_object_is_type(value, json_type_array) ? append_words(out, value) : append_word(out, value);
    g_autofree char *text = tree_canonical(value);
    /* Ansible would evaluate it. */
    if (strstr(text, "{{") || strstr(text, "{%") || strstr(text, "{#"))
        return false;
    g_string_append(out, text);
    return true;
}

char *sentence_fill_quoted(const char *text, sentence_value value, const void *data, enum sentence_quoting quoting)
{
    struct sentence_step step;
    g_autoptr(GString) out = g_string_new(NULL);
    while (text && next_step(&text, &step)) {
        g_autofree char *name = step.name && !step.wrong ? g_strndup(step.start, step.length) : NULL;
        pl_autojson json_object *found = name ? value(data, name) : NULL;
        if (!name)
            g_string_append_len(out, step.start, (gssize)step.length);
        else if (is_package(name) && found)
            g_string_append(out, tree_string_of(found));
        else if (is_package(name) || !append_quoted(out, found, quoting))
            return NULL;
    }
    return text ? g_strdup(out->str) : NULL;
}

char *sentence_fill(const char *text, sentence_value value, const void *data)
{
    struct sentence_step step;
    GString *out = text ? g_string_new(NULL) : NULL;
    while (text && next_step(&text, &step)) {
        if (step.name && !step.wrong) {
            g_autofree char *name = g_strndup(step.start, step.length);
            pl_autojson json_object *found = value(data, name);
            append_value(out, found);
        } else {
            g_string_append_len(out, step.start, (gssize)step.length);
        }
    }
    return out ? g_string_free(out, FALSE) : NULL;
}

/* What a user set is no name of a field. */
static void append_literal(GString *out, const json_object *value)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    append_value(shown, value);
    g_string_replace(shown, "{", "{{", 0);
    g_string_replace(shown, "}", "}}", 0);
    g_string_append(out, shown->str);
}

char *sentence_put_values(const char *text, const json_object *environment)
{
    struct sentence_step step;
    GString *out = text ? g_string_new(NULL) : NULL;
    for (const char *from = text; text && next_step(&text, &step); from = text) {
        if (step.name && !step.wrong && *step.start == '$') {
            g_autofree char *name = g_strndup(step.start + 1, step.length - 1);
            append_literal(out, tree_member(environment, name));
        } else {
            g_string_append_len(out, from, text - from);
        }
    }
    return out ? g_string_free(out, FALSE) : NULL;
}
