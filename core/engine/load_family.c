/* Families: one template and a table of variants become rules. Tests use the same replacing for their cases. */
#include "engine/load.h"

#include "engine/members.h"
#include "engine/values.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

#define EXPAND_DEPTH 32
#define EXPAND_TEXT  (64 * 1024)

struct expansion {
    const json_object *row, *defaults;
    struct complaints *to;
};

static bool has_column(const struct expansion *expansion, const char *name, json_object **out)
{
    return json_object_object_get_ex(expansion->row, name, out) ||
           (expansion->defaults && json_object_object_get_ex(expansion->defaults, name, out));
}

static void complain_column(const struct expansion *expansion, const json_object *node, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const json_object *const tables[] = {expansion->row, expansion->defaults};
    for (size_t i = 0; i < G_N_ELEMENTS(tables) && tables[i]; i++) {
        json_object_object_foreach (tables[i], key, value) {
            (void)value;
            g_ptr_array_add(names, key);
        }
    }
    g_autofree char *clause = suggest_clause_in(name, names);
    complain(expansion->to, node, "the variant has no column \"%s\"%s; a literal brace is written twice", name, clause);
}

/* The column's name when the text is exactly "{name}". Caller frees. */
static char *whole_column(const char *text)
{
    size_t n = strlen(text);
    if (n < 3 || text[0] != '{' || text[1] == '{' || strcspn(text + 1, "{}") != n - 2 || text[n - 1] != '}')
        return NULL;
    return g_strndup(text + 1, n - 2);
}

static void append_column(const struct expansion *expansion, const json_object *node, const char *name, GString *out)
{
    json_object *value = NULL;
    if (!has_column(expansion, name, &value)) {
        complain_column(expansion, node, name);
    } else if (!value || json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array)) {
        complain(expansion->to, node, "column \"%s\" is %s: it cannot stand inside a text", name, values_kind(value));
    } else {
        g_autofree char *text = tree_text(value);
        g_string_append(out, text);
    }
}

/* Takes one brace at *p. False after a complaint. */
static bool take_brace(const struct expansion *expansion, const json_object *node, const char **p, GString *out)
{
    if ((*p)[0] == (*p)[1]) {
        g_string_append_c(out, **p);
        *p += 2;
        return true;
    }
    size_t n = strcspn(*p + 1, "{}");
    if (**p == '}' || (*p)[n + 1] != '}') {
        complain(expansion->to, node, "a single %c: a literal brace is written twice in a template", **p);
        return false;
    }
    g_autofree char *name = g_strndup(*p + 1, n);
    append_column(expansion, node, name, out);
    *p += n + 2;
    return true;
}

static char *expand_text(const struct expansion *expansion, const json_object *node, const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    while (*text && out->len < EXPAND_TEXT) {
        size_t plain = strcspn(text, "{}");
        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        if (*text && !take_brace(expansion, node, &text, out))
            break;
    }
    return g_strdup(out->str);
}

static bool has_brace(const char *text)
{
    return strpbrk(text, "{}") != NULL;
}

/* Is nothing in the node to be replaced? */
static bool is_plain(const json_object *node, unsigned depth)
{
    if (json_object_is_type(node, json_type_string))
        return !has_brace(json_object_get_string((json_object *)(uintptr_t)node));
    if (json_object_is_type(node, json_type_array))
        for (size_t i = 0; i < json_object_array_length(node); i++)
            if (depth > EXPAND_DEPTH || !is_plain(json_object_array_get_idx(node, i), depth + 1))
                return false;
    if (json_object_is_type(node, json_type_object)) {
        json_object_object_foreach (node, key, value)
            if (depth > EXPAND_DEPTH || has_brace(key) || !is_plain(value, depth + 1))
                return false;
    }
    return true;
}

/* False when the member is to be left out. */
static bool expand_node(const struct expansion *expansion, const json_object *node, unsigned depth, json_object **out);

static bool expand_scalar(const struct expansion *expansion, const json_object *node, json_object **out)
{
    const char *text = json_object_get_string((json_object *)(uintptr_t)node);
    g_autofree char *column = whole_column(text);
    json_object *value = NULL;
    if (column && has_column(expansion, column, &value)) {
        *out = tree_copy(value);
        return value != NULL;
    }
    g_autofree char *expanded = expand_text(expansion, node, text);
    *out = json_object_new_string(expanded);
    tree_set_mark(*out, tree_mark(node));
    return true;
}

static json_object *expand_object(const struct expansion *expansion, const json_object *node, unsigned depth)
{
    json_object *copy = json_object_new_object();
    json_object_object_foreach (node, key, value) {
        g_autofree char *name = expand_text(expansion, value, key);
        json_object *member = NULL;
        if (expand_node(expansion, value, depth + 1, &member))
            json_object_object_add(copy, name, member);
    }
    return copy;
}

static json_object *expand_array(const struct expansion *expansion, const json_object *node, unsigned depth)
{
    json_object *copy = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        json_object *member = NULL;
        if (expand_node(expansion, json_object_array_get_idx(node, i), depth + 1, &member))
            json_object_array_add(copy, member);
    }
    return copy;
}

static bool expand_node(const struct expansion *expansion, const json_object *node, unsigned depth, json_object **out)
{
    bool object = json_object_is_type(node, json_type_object);
    if (is_plain(node, depth)) {
        /* All variants share what is the same in all; rows are copied, for tests expand the same row in many threads.
         */
        *out = json_object_get((json_object *)(uintptr_t)node);
        return true;
    }
    if (!object && !json_object_is_type(node, json_type_array))
        return expand_scalar(expansion, node, out);
    if (depth > EXPAND_DEPTH) {
        complain(expansion->to, node, "nested too deeply");
        return false;
    }
    *out = object ? expand_object(expansion, node, depth) : expand_array(expansion, node, depth);
    tree_set_mark(*out, tree_mark(node));
    return true;
}

json_object *family_expand(const json_object *template, const json_object *row, const json_object *defaults,
                           struct complaints *to)
{
    struct expansion expansion = {.row = row, .defaults = defaults, .to = to};
    json_object *out = NULL;
    return expand_node(&expansion, template, 0, &out) ? out : NULL;
}

/* The row with the defaults it does not state: what tests of the family see. */
static json_object *full_row(const json_object *row, const json_object *defaults)
{
    json_object *full = defaults ? tree_copy(defaults) : json_object_new_object();
    json_object_object_foreach (row, key, value)
        json_object_object_add(full, key, tree_copy(value));
    return full;
}

static void add_variant(struct module *module, const char *family, const json_object *tree, const json_object *row,
                        const struct check *applies, struct complaints *to)
{
    const json_object *defaults = tree_member(tree, "defaults");
    if (!json_object_is_type(row, json_type_object)) {
        complain(to, row, "a variant must be a mapping of columns");
        return;
    }
    struct tree_mark mark = tree_mark(row);
    g_autofree char *about = g_strdup_printf("variant in line %u of family %s", mark.line, family);
    to->about = about;
    pl_autojson json_object *expanded = family_expand(tree_member(tree, "template"), row, defaults, to);
    struct rule *rule = load_rule(module, expanded, applies, to);
    if (rule) {
        rule->family = g_strdup(family);
        rule->variant = full_row(row, defaults);
        rule->at = complaints_position(to, row);
        g_ptr_array_add(module->rules, rule);
    }
    to->about = NULL;
}

void load_family(struct module *module, const json_object *tree, const struct check *applies, struct complaints *to)
{
    if (!members_check(to, tree, "a family", family_members))
        return;
    const json_object *before = to->near;
    to->near = tree;
    const char *family = member_text(to, tree, "family", true);
    const json_object *template = tree_member(tree, "template"), *variants = tree_member(tree, "variants");
    const json_object *defaults = tree_member(tree, "defaults");
    unsigned errors = to->errors;
    if (!json_object_is_type(template, json_type_object))
        complain(to, template ? template : tree, "\"template\" must be a rule with {column} in its texts");
    if (!json_object_is_type(variants, json_type_array) || json_object_array_length(variants) == 0)
        complain(to, variants ? variants : tree, "\"variants\" must be a list of rows that is not empty");
    if (defaults && !json_object_is_type(defaults, json_type_object))
        complain(to, defaults, "\"defaults\" must be a mapping of columns");
    bool good = family && errors == to->errors;
    for (size_t i = 0; good && i < json_object_array_length(variants); i++)
        add_variant(module, family, tree, json_object_array_get_idx(variants, i), applies, to);
    to->near = before;
}
