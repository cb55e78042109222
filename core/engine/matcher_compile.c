/* Turns `expect` of a rule file into matchers. Knows which operand fits which field. */
#include "engine/matcher.h"

#include "engine/operators.h"
#include "engine/scale.h"
#include "engine/values.h"
#include "model/suggest.h"
#include "model/tree.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static void matcher_free(gpointer data)
{
    struct matcher *matcher = data;
    json_object_put(matcher->operand);
    pcre2_code_free(matcher->regex);
    g_free(matcher);
}

static void expectation_free(gpointer data)
{
    struct expectation *expectation = data;
    g_free(expectation->field);
    g_ptr_array_unref(expectation->matchers);
    g_free(expectation);
}

static bool is_scalar(const json_object *node)
{
    return tree_is_number(node) || json_object_is_type(node, json_type_string) ||
           json_object_is_type(node, json_type_boolean);
}

static bool scalars_only(const json_object *node)
{
    if (!json_object_is_type(node, json_type_array))
        return is_scalar(node);
    for (size_t i = 0; i < json_object_array_length(node); i++)
        if (!is_scalar(json_object_array_get_idx(node, i)))
            return false;
    return true;
}

static const char *wrong_size(const json_object *node)
{
    uint64_t bytes = 0;
    bool good = json_object_is_type(node, json_type_int) || value_parse_size(tree_string_of(node), &bytes);
    return good ? NULL : "a size, as 4096 or \"64M\"";
}

static const char *wrong_duration(const json_object *node)
{
    double seconds = 0;
    return tree_is_number(node) || value_parse_duration(tree_string_of(node), &seconds)
               ? NULL
               : "a length of time, as 300 or \"5m\"";
}

static const char *wrong_mode(const json_object *node)
{
    unsigned mode = 0;
    return value_parse_mode(tree_string_of(node), &mode) ? NULL : "octal permission bits as quoted text, as \"0640\"";
}

/* What a value of this type would be when `node` is none, else NULL. */
static const char *wrong_type(enum value_type type, const json_object *node)
{
    switch (type) {
    case VALUE_STRING:
        return tree_string_of(node) || tree_is_number(node) ? NULL : "text: quote it";
    case VALUE_BOOL:
        return json_object_is_type(node, json_type_boolean) ? NULL : "true or false";
    case VALUE_NUMBER:
        return tree_is_number(node) ? NULL : "a number";
    case VALUE_SIZE:
        return wrong_size(node);
    case VALUE_DURATION:
        return wrong_duration(node);
    case VALUE_MODE:
        return wrong_mode(node);
    case VALUE_VERSION:
        return tree_string_of(node) ? NULL : "a version as quoted text, as \"1.24\"";
    case VALUE_SET:
        return scalars_only(node) ? NULL : "a list of texts";
    case VALUE_LIST:
        return json_object_is_type(node, json_type_array) ? NULL : "a list";
    case VALUE_MAP:
        return json_object_is_type(node, json_type_object) ? NULL : "a mapping";
    case VALUE_ANY:
    case VALUE_TYPE_COUNT:
        break;
    }
    return node ? NULL : "a value";
}

static const char *wrong_list(enum value_type type, const json_object *node)
{
    if (!json_object_is_type(node, json_type_array) || json_object_array_length(node) == 0)
        return "a list that is not empty";
    for (size_t i = 0; i < json_object_array_length(node); i++) {
        const char *wrong = wrong_type(type, json_object_array_get_idx(node, i));
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *wrong_quantity(enum value_type type, const json_object *node)
{
    enum scale scale = SCALE_TEXT;
    if (type != VALUE_ANY && type != VALUE_STRING)
        return wrong_type(type, node);
    if (tree_is_number(node) || (tree_string_of(node) && scale_unit_of(tree_string_of(node), &scale)))
        return NULL;
    return "a number, a size (\"64M\") or a length of time (\"5m\")";
}

/* What the operand must be when `node` is not that, else NULL. */
static const char *wrong_operand(const struct operator_row *row, enum value_type type, const json_object *node)
{
    switch (row->operand) {
    case OPERAND_TYPED:
        return wrong_type(type, node);
    case OPERAND_TYPED_LIST:
        return wrong_list(type, node);
    case OPERAND_QUANTITY:
        return wrong_quantity(type, node);
    case OPERAND_PATTERN:
        return tree_string_of(node) ? NULL : "a PCRE2 pattern as text";
    case OPERAND_SCALAR:
        return is_scalar(node) ? NULL : "one text or number";
    case OPERAND_SCALARS:
        return node && scalars_only(node) ? NULL : "a text or a list of texts";
    case OPERAND_MODE:
        return wrong_mode(node);
    case OPERAND_BOOL:
        return wrong_type(VALUE_BOOL, node);
    case OPERAND_VERSION:
        return wrong_type(VALUE_VERSION, node);
    }
    return NULL;
}

static bool compile_pattern(struct matcher *matcher, const json_object *operand, struct complaints *to)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    const char *pattern = tree_string_of(operand);
    /* No JIT: values are short, and a confined process wants no writable code. */
    matcher->regex = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, NULL);
    if (matcher->regex)
        return true;
    unsigned char message[128] = "";
    pcre2_get_error_message(code, message, sizeof message);
    complain(to, operand, "the pattern does not compile at character %zu: %s", offset + 1, message);
    return false;
}

static struct matcher *matcher_new(enum matcher_operator op, const json_object *operand, struct position at)
{
    struct matcher *matcher = g_new0(struct matcher, 1);
    matcher->op = op;
    matcher->operand = json_object_get((json_object *)(uintptr_t)operand);
    matcher->at = at;
    return matcher;
}

static void add_matcher(struct expectation *expectation, enum matcher_operator op, const json_object *operand,
                        struct complaints *to)
{
    const struct operator_row *row = operator_row(op);
    if (!(row->types & (1u << expectation->type))) {
        g_autofree char *possible = operators_of(expectation->type);
        complain_key(to, operand, "%s makes no sense for %s, which is of type %s; possible: %s", row->name,
                     expectation->field, value_type_name(expectation->type), possible);
        return;
    }
    const char *wanted = wrong_operand(row, expectation->type, operand);
    if (wanted) {
        complain(to, operand, "%s of %s must be %s", row->name, expectation->field, wanted);
        return;
    }
    struct matcher *matcher = matcher_new(op, operand, complaints_position(to, operand));
    g_ptr_array_add(expectation->matchers, matcher);
    if (op == OP_MATCHES)
        compile_pattern(matcher, operand, to);
}

/* null is the absent value: `x: null` and `equals: null` demand absence, `not: null` presence. */
static bool add_null(struct expectation *expectation, enum matcher_operator op, struct complaints *to)
{
    if (op != OP_EQUALS && op != OP_NOT)
        return false;
    pl_autojson json_object *operand = json_object_new_boolean(op == OP_NOT);
    add_matcher(expectation, OP_EXISTS, operand, to);
    return true;
}

static void add_operators(struct expectation *expectation, const json_object *map, struct complaints *to)
{
    json_object_object_foreach (map, name, operand) {
        enum matcher_operator op = OP_EQUALS;
        if (!operator_parse(name, &op)) {
            g_autofree char *clause = operator_suggest(name);
            complain_key(to, operand, "unknown operator \"%s\" for %s%s", name, expectation->field, clause);
        } else if (operand || !add_null(expectation, op, to)) {
            add_matcher(expectation, op, operand, to);
        }
    }
    if (json_object_object_length(map) == 0)
        complain(to, map, "%s demands nothing: give a value or an operator", expectation->field);
}

static char *suggest_field(const struct probe *probe, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const struct probe_field *field = probe->fields; field->name; field++)
        g_ptr_array_add(names, (gpointer)(uintptr_t)field->name);
    return suggest_clause_in(name, names);
}

static struct expectation *expectation_new(const char *field, enum value_type type)
{
    struct expectation *expectation = g_new0(struct expectation, 1);
    expectation->field = g_strdup(field);
    expectation->type = type;
    expectation->matchers = g_ptr_array_new_with_free_func(matcher_free);
    return expectation;
}

/* The type behind a field path: what an open or untyped container holds may be anything. */
static enum value_type type_behind(const struct probe_field *field, const char *path)
{
    bool container = field->type == VALUE_MAP || field->type == VALUE_LIST;
    return container && !g_str_equal(field->name, path) && !g_str_has_suffix(field->name, ".*") ? VALUE_ANY
                                                                                                : field->type;
}

static void add_field(GPtrArray *list, const struct probe *probe, const char *path, const json_object *demand,
                      struct complaints *to)
{
    const struct probe_field *field = probe_field_find(probe, path);
    if (!field) {
        g_autofree char *clause = suggest_field(probe, path);
        complain_key(to, demand, "probe %s has no field \"%s\"%s", probe->name, path, clause);
        return;
    }
    struct expectation *expectation = expectation_new(path, type_behind(field, path));
    g_ptr_array_add(list, expectation);
    if (!demand)
        add_null(expectation, OP_EQUALS, to);
    else if (json_object_is_type(demand, json_type_object))
        add_operators(expectation, demand, to);
    else
        add_matcher(expectation, OP_EQUALS, demand, to);
}

GPtrArray *expectations_compile(const struct probe *probe, const json_object *expect, struct complaints *to)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(expectation_free);
    if (!expect)
        return list;
    if (!json_object_is_type(expect, json_type_object)) {
        complain(to, expect, "expect must map fields to values");
        return list;
    }
    const json_object *before = to->near;
    to->near = expect;
    json_object_object_foreach (expect, path, demand)
        add_field(list, probe, path, demand, to);
    to->near = before;
    if (json_object_object_length(expect) == 0)
        complain(to, expect, "expect is empty: leave it out when existence alone decides");
    return list;
}
