#include "engine/words.h"

#include "engine/operators.h"
#include "model/tree.h"

#include <string.h>

#define WORD_MAX 200
#define LIST_MAX 12
/* Of what is not there. */
#define ABSENT_MAX 3

/* A scalar, or "a, b, c". */
static void append_value(GString *out, const json_object *node)
{
    if (!json_object_is_type(node, json_type_array)) {
        g_autofree char *text = tree_text(node);
        if (strlen(text) > WORD_MAX)
            memcpy(g_utf8_find_prev_char(text, text + WORD_MAX - 2), "...",
                   sizeof "..."); /* ends at WORD_MAX or before */
        g_string_append(out, text);
        return;
    }
    size_t n = json_object_array_length(node);
    for (size_t i = 0; i < MIN(n, LIST_MAX); i++) {
        if (i)
            g_string_append(out, ", ");
        append_value(out, json_object_array_get_idx(node, i));
    }
    if (n > LIST_MAX)
        g_string_append_printf(out, " and %zu more", n - LIST_MAX);
    if (n == 0)
        g_string_append(out, "the empty list");
}

/* What an object is about needs no name in front. */
static bool is_subject(const struct probe_param *param)
{
    return param->required || param->subject;
}

char *words_object(const struct probe *probe, const json_object *object)
{
    GString *out = g_string_new(NULL);
    for (const struct probe_param *param = probe->params; param->name; param++) {
        const json_object *value = tree_member(object, param->name);
        if (!value || !is_subject(param))
            continue;
        g_string_append(out, out->len ? " " : "");
        append_value(out, value);
    }
    for (const struct probe_param *param = probe->params; param->name; param++) {
        const json_object *value = tree_member(object, param->name);
        if (!value || is_subject(param))
            continue;
        g_string_append_printf(out, "%s%s=", out->len ? " " : "", param->name);
        append_value(out, value);
    }
    return g_string_free(out, FALSE);
}

/* What the object is about: the parameters that say so, else those that it must have. Without what is looked for in
 * it. */
static json_object *subjects_of(const struct probe *probe, const json_object *object)
{
    json_object *words = json_object_new_array(), *required = json_object_new_array();
    for (const struct probe_param *param = probe->params; param->name; param++) {
        json_object *value = NULL;
        if (!is_subject(param) || !json_object_object_get_ex(object, param->name, &value))
            continue;
        json_object *to = param->subject ? words : required;
        size_t n = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;
        for (size_t i = 0; i < n; i++)
            json_object_array_add(to, json_object_get(json_object_array_get_idx(value, i)));
        if (!json_object_is_type(value, json_type_array))
            json_object_array_add(to, json_object_get(value));
    }
    bool said = json_object_array_length(words) > 0;
    json_object_put(said ? required : words);
    return said ? words : required;
}

char *words_absent(const struct probe *probe, const json_object *object)
{
    pl_autojson json_object *subjects = subjects_of(probe, object);
    size_t n = json_object_array_length(subjects), shown = MIN(n, ABSENT_MAX);
    if (!n)
        return g_strdup_printf("there is no %s", probe->object.one);
    g_autoptr(GString) list = g_string_new(NULL);
    for (size_t i = 0; i < shown; i++) {
        g_string_append(list, i ? ", " : "");
        append_value(list, json_object_array_get_idx(subjects, i));
    }
    if (n > shown)
        g_string_append_printf(list, " and %zu more", n - shown);
    const char *said = n > 1 ? probe->object.absent_all : probe->object.absent;
    if (!said)
        return n > 1 ? g_strdup_printf("there is none of these %s: %s", probe->object.many, list->str)
                     : g_strdup_printf("there is no %s %s", probe->object.one, list->str);
    const char *place = strstr(said, "{}");
    return g_strdup_printf("%.*s%s%s", (int)(place - said), said, list->str, place + 2);
}

char *words_present(const struct probe *probe, const json_object *object)
{
    g_autofree char *query = words_object(probe, object);
    return g_strdup_printf("there is %s", *query ? query : probe->object.one);
}

static void append_matcher(GString *out, const struct expectation *expectation, const struct matcher *matcher)
{
    const struct operator_row *row = operator_row(matcher->op);
    bool many = expectation->type == VALUE_SET || expectation->type == VALUE_LIST;
    if (matcher->op == OP_EXISTS) {
        g_string_append(out, json_object_get_boolean(matcher->operand) ? "is there" : "is absent");
        return;
    }
    g_string_append_printf(out, "%s ", many && row->many ? row->many : row->words);
    append_value(out, matcher->operand);
    if (json_object_is_type(matcher->operand, json_type_string) && !json_object_get_string_len(matcher->operand))
        g_string_append(out, "empty");
}

char *words_expectations(const GPtrArray *expectations)
{
    if (expectations->len == 0)
        return NULL;
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < expectations->len; i++) {
        const struct expectation *expectation = g_ptr_array_index(expectations, i);
        g_string_append_printf(out, "%s%s ", i ? " and " : "", expectation->field);
        for (guint j = 0; j < expectation->matchers->len; j++) {
            g_string_append(out, j ? " and " : "");
            append_matcher(out, expectation, g_ptr_array_index(expectation->matchers, j));
        }
    }
    return g_string_free(out, FALSE);
}

static const char *const bare_demands[] = {
    [EXISTENCE_AT_LEAST_ONE] = "exists",         [EXISTENCE_ANY] = NULL,
    [EXISTENCE_ALL] = "every one exists",        [EXISTENCE_NONE] = "nothing of the kind",
    [EXISTENCE_ONLY_ONE] = "exactly one exists",
};
static const char *const match_demands[] = {
    [MATCH_ALL] = "",
    [MATCH_ANY] = "at least one with ",
    [MATCH_NONE] = "none with ",
    [MATCH_ONLY_ONE] = "exactly one with ",
};

char *words_demand(const struct test *test, const GPtrArray *expectations)
{
    g_autofree char *words = words_expectations(expectations);
    if (!words)
        return g_strdup(bare_demands[test->existence]);
    if (test->existence == EXISTENCE_NONE)
        return g_strdup_printf("nothing with %s", words);
    return g_strconcat(match_demands[test->match], words, NULL);
}

char *words_test(const struct test *test, const json_object *object, const GPtrArray *expectations)
{
    static const char *const absent_words[VERDICT_COUNT] = {[VERDICT_PASS] = "; absent is fine",
                                                            [VERDICT_FAIL] = "; absent fails",
                                                            [VERDICT_NOTAPPLICABLE] = "; absent means not applicable"};
    g_autofree char *query = words_object(test->probe, object);
    g_autofree char *demand = words_demand(test, expectations);
    bool optional = test->existence == EXISTENCE_ANY && !test->has_absent && expectations->len;
    const char *tail = test->has_absent ? absent_words[test->absent] : optional ? "; absent is fine" : "";
    return g_strdup_printf("%s%s%s%s%s%s", test->probe->name, *query ? " " : "", query, demand ? ": " : "",
                           demand ? demand : "", tail);
}
