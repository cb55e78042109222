/* Applies one operator to one observed value. Knows nothing of items, tests and rules. */
#include "engine/matcher.h"

#include "engine/operators.h"
#include "engine/scale.h"
#include "model/tree.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

/* A pattern that needs more steps than this on one value is an error, not a hang. */
#define MATCH_STEPS 1000000
#define MATCH_DEPTH 10000
#define MATCH_HEAP  (20 * 1024) /* KiB */

static enum verdict verdict_of(bool good)
{
    return good ? VERDICT_PASS : VERDICT_FAIL;
}

static bool is_many(const json_object *node)
{
    return json_object_is_type(node, json_type_array);
}

static bool is_container(const json_object *node)
{
    return is_many(node) || json_object_is_type(node, json_type_object);
}

static bool same_text(const json_object *a, const json_object *b)
{
    g_autofree char *ta = scale_text(a);
    g_autofree char *tb = scale_text(b);
    return g_str_equal(ta, tb);
}

/* Is `member` in a list (a single value is a list of one) or a key of a mapping? */
static bool has_member(const json_object *many, const json_object *member)
{
    if (json_object_is_type(many, json_type_object)) {
        g_autofree char *key = scale_text(member);
        return json_object_object_get_ex(many, key, NULL);
    }
    if (!is_many(many))
        return same_text(many, member);
    for (size_t i = 0; i < json_object_array_length(many); i++)
        if (same_text(json_object_array_get_idx(many, i), member))
            return true;
    return false;
}

/* Every member of `part` (a list, or one) is in `whole`. */
static bool all_in(const json_object *part, const json_object *whole)
{
    if (!is_many(part))
        return has_member(whole, part);
    for (size_t i = 0; i < json_object_array_length(part); i++)
        if (!has_member(whole, json_object_array_get_idx(part, i)))
            return false;
    return true;
}

static bool lists_equal(const json_object *a, const json_object *b)
{
    size_t n = json_object_array_length(a);
    if (n != json_object_array_length(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!same_text(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
            return false;
    return true;
}

static bool containers_equal(enum value_type type, const json_object *observed, const json_object *operand)
{
    if (type == VALUE_SET)
        return all_in(observed, operand) && all_in(operand, observed);
    if (is_many(observed) && is_many(operand))
        return lists_equal(observed, operand);
    return tree_equal(observed, operand);
}

static bool value_equals(enum value_type type, const json_object *observed, const json_object *operand)
{
    if (type == VALUE_SET || is_container(observed) || is_container(operand))
        return containers_equal(type, observed, operand);
    return scale_compare(scale_of(type, operand, false), observed, operand) == ORDER_EQUAL;
}

static enum verdict apply_equals(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                 char **why)
{
    (void)why;
    return verdict_of(value_equals(type, observed, matcher->operand));
}

static enum verdict apply_not(const struct matcher *matcher, enum value_type type, const json_object *observed,
                              char **why)
{
    return verdict_invert(apply_equals(matcher, type, observed, why));
}

static enum verdict apply_in(const struct matcher *matcher, enum value_type type, const json_object *observed,
                             char **why)
{
    (void)why;
    for (size_t i = 0; i < json_object_array_length(matcher->operand); i++)
        if (value_equals(type, observed, json_object_array_get_idx(matcher->operand, i)))
            return VERDICT_PASS;
    return VERDICT_FAIL;
}

static enum verdict apply_not_in(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                 char **why)
{
    return verdict_invert(apply_in(matcher, type, observed, why));
}

static enum verdict not_comparable(enum scale scale, const json_object *observed, char **why)
{
    static const char *const names[] = {
        [SCALE_TEXT] = "text",
        [SCALE_BOOL] = "yes or no",
        [SCALE_NUMBER] = "a number",
        [SCALE_SIZE] = "a size",
        [SCALE_DURATION] = "a length of time",
        [SCALE_MODE] = "a mode",
        [SCALE_VERSION] = "a version",
    };
    if (is_container(observed)) {
        *why = g_strdup_printf("is a list or mapping where %s was expected", names[scale]);
        return VERDICT_ERROR;
    }
    /* "5m" against 300: the rule must say which unit it means. */
    if (scale == SCALE_NUMBER && scale_has_unit(observed)) {
        *why = g_strdup("has a unit, and the rule compares plain numbers");
        return VERDICT_ERROR;
    }
    *why = g_strdup_printf("is not %s", names[scale]);
    return VERDICT_FAIL;
}

static enum verdict apply_order(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                char **why)
{
    enum scale scale = matcher->op == OP_VERSION_AT_LEAST ? SCALE_VERSION : scale_of(type, matcher->operand, true);
    enum order order = scale_compare(scale, observed, matcher->operand);
    if (order == ORDER_NONE)
        return not_comparable(scale, observed, why);
    if (matcher->op == OP_LESS_THAN)
        return verdict_of(order == ORDER_LESS);
    if (matcher->op == OP_MORE_THAN)
        return verdict_of(order == ORDER_GREATER);
    return verdict_of(matcher->op == OP_AT_MOST ? order != ORDER_GREATER : order != ORDER_LESS);
}

static int match_text(const pcre2_code *code, const json_object *node)
{
    g_autofree char *text = scale_text(node);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_set_match_limit(limits, MATCH_STEPS);
    pcre2_set_depth_limit(limits, MATCH_DEPTH);
    pcre2_set_heap_limit(limits, MATCH_HEAP);
    int rc = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, limits);
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    return rc;
}

static enum verdict match_one(const pcre2_code *code, const json_object *node, char **why)
{
    int rc = match_text(code, node);
    if (rc >= 0)
        return VERDICT_PASS;
    if (rc == PCRE2_ERROR_NOMATCH)
        return VERDICT_FAIL;
    unsigned char message[128] = "";
    pcre2_get_error_message(rc, message, sizeof message);
    g_free(*why);
    *why = g_strdup_printf("cannot be matched: %s", message);
    return VERDICT_ERROR;
}

static enum verdict apply_matches(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                  char **why)
{
    (void)type;
    if (!is_many(observed))
        return match_one(matcher->regex, observed, why);
    enum verdict worst = VERDICT_FAIL;
    for (size_t i = 0; i < json_object_array_length(observed); i++) {
        enum verdict verdict = match_one(matcher->regex, json_object_array_get_idx(observed, i), why);
        if (verdict == VERDICT_PASS)
            return VERDICT_PASS;
        if (verdict == VERDICT_ERROR)
            worst = VERDICT_ERROR;
    }
    return worst;
}

/* A text contains a part of it, a list a member. */
static bool contains(const json_object *observed, const json_object *part)
{
    if (is_container(observed))
        return has_member(observed, part);
    g_autofree char *text = scale_text(observed);
    g_autofree char *needle = scale_text(part);
    return strstr(text, needle) != NULL;
}

/* How many of the operand's members (it may be a single one) the observed value contains. */
static size_t count_contained(const json_object *observed, const json_object *operand, size_t *of)
{
    *of = is_many(operand) ? json_object_array_length(operand) : 1;
    if (!is_many(operand))
        return contains(observed, operand);
    size_t count = 0;
    for (size_t i = 0; i < *of; i++)
        count += contains(observed, json_object_array_get_idx(operand, i));
    return count;
}

static enum verdict apply_contains(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                   char **why)
{
    (void)type;
    (void)why;
    size_t of = 0, count = count_contained(observed, matcher->operand, &of);
    return verdict_of(matcher->op == OP_EXCLUDES ? count == 0 : count == of);
}

static enum verdict apply_subset(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                 char **why)
{
    (void)type;
    if (!json_object_is_type(observed, json_type_object))
        return verdict_of(all_in(observed, matcher->operand));
    *why = g_strdup("is a mapping where a list was expected");
    return VERDICT_ERROR;
}

/* Permission bits of an octal text or of a number. */
static bool mode_of(const json_object *node, unsigned *out)
{
    if (json_object_is_type(node, json_type_int)) {
        gint64 value = json_object_get_int64(node);
        *out = (unsigned)value;
        return value >= 0 && value <= 07777;
    }
    g_autofree char *text = scale_text(node);
    return value_parse_mode(text, out);
}

static enum verdict apply_mode(const struct matcher *matcher, enum value_type type, const json_object *observed,
                               char **why)
{
    (void)type;
    unsigned have = 0, operand = 0;
    if (!mode_of(observed, &have) || !mode_of(matcher->operand, &operand)) {
        *why = g_strdup("is not a mode");
        return VERDICT_ERROR;
    }
    unsigned surplus = matcher->op == OP_MODE_AT_MOST ? have & ~operand : have & operand;
    return verdict_of((surplus == 0) != (matcher->op == OP_BITS_SET));
}

typedef enum verdict (*apply_function)(const struct matcher *matcher, enum value_type type, const json_object *observed,
                                       char **why);

static const apply_function functions[OP_COUNT] = {
    [OP_EQUALS] = apply_equals,
    [OP_NOT] = apply_not,
    [OP_IN] = apply_in,
    [OP_NOT_IN] = apply_not_in,
    [OP_AT_LEAST] = apply_order,
    [OP_AT_MOST] = apply_order,
    [OP_LESS_THAN] = apply_order,
    [OP_MORE_THAN] = apply_order,
    [OP_MATCHES] = apply_matches,
    [OP_CONTAINS] = apply_contains,
    [OP_CONTAINS_ALL] = apply_contains,
    [OP_EXCLUDES] = apply_contains,
    [OP_SUBSET_OF] = apply_subset,
    [OP_MODE_AT_MOST] = apply_mode,
    [OP_BITS_CLEAR] = apply_mode,
    [OP_BITS_SET] = apply_mode,
    [OP_VERSION_AT_LEAST] = apply_order,
};

enum verdict matcher_apply(const struct matcher *matcher, enum value_type type, const json_object *observed, char **why)
{
    *why = NULL;
    if (matcher->op == OP_EXISTS)
        return verdict_of(json_object_get_boolean(matcher->operand) == (observed != NULL));
    if (!observed) {
        *why = g_strdup("is absent");
        return VERDICT_FAIL;
    }
    return functions[matcher->op](matcher, type, observed, why);
}

bool matcher_points_at(const struct matcher *matcher, const json_object *member)
{
    g_autofree char *why = NULL;
    switch ((int)matcher->op) {
    case OP_MATCHES:
        return match_one(matcher->regex, member, &why) == VERDICT_PASS;
    case OP_CONTAINS:
    case OP_CONTAINS_ALL:
    case OP_EXCLUDES:
        return has_member(matcher->operand, member);
    case OP_EQUALS:
    case OP_NOT:
    case OP_SUBSET_OF:
        return !has_member(matcher->operand, member);
    default:
        return false;
    }
}

/* More members make a list contain more and exclude less. */
enum verdict matcher_apply_part(const struct matcher *matcher, enum value_type type, const json_object *seen)
{
    if (!is_many(seen))
        return VERDICT_UNKNOWN;
    g_autofree char *why = NULL;
    if (matcher->op == OP_EQUALS || matcher->op == OP_NOT) {
        bool differs = !all_in(seen, matcher->operand);
        return differs ? verdict_of(matcher->op == OP_NOT) : VERDICT_UNKNOWN;
    }
    switch ((int)matcher->op) {
    case OP_MATCHES:
    case OP_CONTAINS:
    case OP_CONTAINS_ALL:
        return matcher_apply(matcher, type, seen, &why) == VERDICT_PASS ? VERDICT_PASS : VERDICT_UNKNOWN;
    case OP_EXCLUDES:
    case OP_SUBSET_OF:
        return matcher_apply(matcher, type, seen, &why) == VERDICT_FAIL ? VERDICT_FAIL : VERDICT_UNKNOWN;
    default:
        return VERDICT_UNKNOWN;
    }
}
