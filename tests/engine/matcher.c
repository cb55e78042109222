/* Every operator on every kind of field, from tables: operand and observed value as YAML. */
#include "engine/matcher.h"

#include "engine/operators.h"
#include "engine_test.h"

static const struct probe_field fields[] = {
    {"any", VALUE_ANY, ""},   {"string", VALUE_STRING, ""},
    {"bool", VALUE_BOOL, ""}, {"number", VALUE_NUMBER, ""},
    {"size", VALUE_SIZE, ""}, {"duration", VALUE_DURATION, ""},
    {"mode", VALUE_MODE, ""}, {"version", VALUE_VERSION, ""},
    {"set", VALUE_SET, ""},   {"list", VALUE_LIST, ""},
    {"map", VALUE_MAP, ""},   {"open.*", VALUE_STRING, ""},
    {.name = NULL},
};
static const struct probe probe = {.name = "fake", .summary = "", .fields = fields};

static char *complaint(const GPtrArray *list)
{
    return list->len ? diagnostic_text(g_ptr_array_index(list, 0)) : g_strdup("");
}

static GPtrArray *compile(const char *field, const char *demand, GPtrArray *list)
{
    g_autofree char *text = g_strdup_printf("%s: %s\n", field, demand);
    pl_autojson json_object *expect = yaml(text);
    struct complaints to = {.file = g_intern_static_string("t"), .list = list};
    return expectations_compile(&probe, expect, &to);
}

struct row {
    const char *field, *demand, *observed;
    enum verdict verdict;
};

#define PASS    VERDICT_PASS
#define FAIL    VERDICT_FAIL
#define ERR     VERDICT_ERROR
#define UNKNOWN VERDICT_UNKNOWN

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
        g_autoptr(GPtrArray) compiled = compile(row->field, row->demand, list);
        g_autofree char *wrong = complaint(list);
        if (*wrong)
            fail_msg("%s: %s does not compile: %s", row->field, row->demand, wrong);
        g_autofree char *text = g_strdup_printf("v: %s", row->observed);
        pl_autojson json_object *tree = yaml(text);
        const json_object *observed = tree_member(tree, "v");
        const struct expectation *expectation = g_ptr_array_index(compiled, 0);
        enum verdict verdict = PASS;
        for (guint j = 0; j < expectation->matchers->len && verdict == PASS; j++) {
            g_autofree char *why = NULL;
            verdict = matcher_apply(g_ptr_array_index(expectation->matchers, j), expectation->type, observed, &why);
            if (verdict == ERR)
                assert_non_null(why);
        }
        if (verdict != row->verdict)
            fail_msg("%s: %s on %s: %s instead of %s", row->field, row->demand, row->observed, verdict_name(verdict),
                     verdict_name(row->verdict));
    }
}

static void equality(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"string", "a", "a", PASS},
        {"string", "a", "b", FAIL},
        {"string", "a", "A", FAIL},
        {"string", "\"\"", "\"\"", PASS},
        {"string", "4096", "\"4096\"", PASS},
        {"string", "4096", "n", FAIL},
        {"string", "\"5m\"", "300s", FAIL},
        {"string", "{not: a}", "b", PASS},
        {"string", "{not: a}", "a", FAIL},
        {"string", "{not: a}", "null", FAIL},
        {"string", "{in: [a, b]}", "b", PASS},
        {"string", "{in: [a, b]}", "c", FAIL},
        {"string", "{in: [a, b]}", "null", FAIL},
        {"string", "{not-in: [a, b]}", "c", PASS},
        {"string", "{not-in: [a, b]}", "a", FAIL},
        {"bool", "true", "true", PASS},
        {"bool", "true", "false", FAIL},
        {"bool", "{not: true}", "false", PASS},
        {"bool", "false", "null", FAIL},
        {"bool", "{in: [true]}", "true", PASS},
        {"number", "4", "4", PASS},
        {"number", "4", "4.0", PASS},
        {"number", "4", "5", FAIL},
        {"number", "4", "\"4\"", PASS},
        {"number", "4.5", "4.5", PASS},
        {"number", "9007199254740993", "9007199254740992", FAIL},
        {"number", "{in: [1, 2]}", "2", PASS},
        {"number", "{not-in: [1, 2]}", "2", FAIL},
        {"size", "64M", "67108864", PASS},
        {"size", "67108864", "64MiB", PASS},
        {"size", "64M", "1", FAIL},
        {"duration", "5m", "300", PASS},
        {"duration", "300", "5min", PASS},
        {"duration", "5m", "301", FAIL},
        {"mode", "\"0640\"", "\"0640\"", PASS},
        {"mode", "\"640\"", "416", PASS},
        {"mode", "\"0640\"", "\"0644\"", FAIL},
        {"version", "\"1.10\"", "\"1.10\"", PASS},
        {"version", "\"1.10\"", "\"1.1\"", FAIL},
        {"set", "[a, b]", "[b, a]", PASS},
        {"set", "[a, b]", "[a, a, b]", PASS},
        {"set", "[a, b]", "[a]", FAIL},
        {"set", "[a]", "[a, b]", FAIL},
        {"set", "a", "[a]", PASS},
        {"set", "[]", "[]", PASS},
        {"set", "[]", "[a]", FAIL},
        {"list", "[a, b]", "[a, b]", PASS},
        {"list", "[a, b]", "[b, a]", FAIL},
        {"list", "[1]", "[\"1\"]", PASS},
        {"list", "[a]", "[a, b]", FAIL},
        {"map", "{equals: {a: 1}}", "{a: 1}", PASS},
        {"map", "{equals: {a: 1}}", "{a: 2}", FAIL},
        {"open.Service.User", "root", "root", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* A field of type any: the operand says how to compare. */
static void untyped(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"any", "1", "1", PASS},
        {"any", "1", "\"1\"", PASS},
        {"any", "\"1\"", "1", PASS},
        {"any", "1", "1.0", PASS},
        {"any", "1", "true", FAIL},
        {"any", "1", "x", FAIL},
        {"any", "1", "[1]", FAIL},
        {"any", "-1", "\"-1\"", PASS},
        {"any", "0.5", "\"0.50\"", PASS},
        {"any", "1", "\"1.2.3\"", FAIL},
        {"any", "a", "a", PASS},
        {"any", "a", "[a]", FAIL},
        {"any", "true", "true", PASS},
        {"any", "true", "\"yes\"", PASS},
        {"any", "true", "\"ON\"", PASS},
        {"any", "false", "\"no\"", PASS},
        {"any", "false", "\"maybe\"", FAIL},
        {"any", "false", "0", FAIL},
        {"any", "5m", "300", PASS},
        {"any", "5m", "5 min", PASS},
        {"any", "5m", "300s", PASS},
        {"any", "5m", "301s", FAIL},
        {"any", "5M", "5242880", PASS},
        {"any", "64M", "64MiB", PASS},
        {"any", "64M", "x", FAIL},
        {"any", "[a, b]", "[a, b]", PASS},
        {"any", "[a, b]", "[b, a]", FAIL},
        {"any", "[a]", "a", FAIL},
        {"any", "{equals: {a: [1]}}", "{a: [1]}", PASS},
        {"any", "{in: [1, a, true]}", "a", PASS},
        {"any", "{in: [1, a, true]}", "1", PASS},
        {"any", "{in: [1, a]}", "2", FAIL},
        {"any", "{not: x}", "[x]", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void ordering(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"number", "{at-least: 4}", "4", PASS},
        {"number", "{at-least: 4}", "3", FAIL},
        {"number", "{at-least: 4}", "null", FAIL},
        {"number", "{at-most: 4}", "4", PASS},
        {"number", "{at-most: 4}", "5", FAIL},
        {"number", "{less-than: 4}", "3", PASS},
        {"number", "{less-than: 4}", "4", FAIL},
        {"number", "{more-than: 4}", "5", PASS},
        {"number", "{more-than: 4}", "4", FAIL},
        {"number", "{at-least: 1, at-most: 3}", "2", PASS},
        {"number", "{at-least: 1, at-most: 3}", "4", FAIL},
        {"number", "{at-least: 1, at-most: 3}", "0", FAIL},
        {"number", "{at-least: 0.5}", "0.25", FAIL},
        {"number", "{at-least: 1}", "[1]", ERR},
        {"number", "{at-least: 1}", "{a: 1}", ERR},
        {"size", "{at-most: 64M}", "1G", FAIL},
        {"size", "{at-least: 64M}", "1G", PASS},
        {"duration", "{at-most: 1h}", "59m", PASS},
        {"duration", "{at-most: 1h}", "7200", FAIL},
        {"duration", "{at-most: 1h}", "never", FAIL},
        {"version", "{at-least: \"1.9\"}", "\"1.10\"", PASS},
        {"version", "{less-than: \"1.9\"}", "\"1.10\"", FAIL},
        {"version", "{version-at-least: \"1.9\"}", "\"1.10\"", PASS},
        {"version", "{version-at-least: \"1.9\"}", "\"1.8.9\"", FAIL},
        {"version", "{version-at-least: \"1.9\"}", "5", FAIL},
        {"version", "{version-at-least: \"1.9\"}", "\"\"", FAIL},
        {"any", "{version-at-least: \"1.9\"}", "\"1.10\"", PASS},
        {"string", "{version-at-least: \"1.9\"}", "\"1.8\"", FAIL},
        {"any", "{version-at-least: \"1.9\"}", "[\"1.10\"]", ERR},
        {"any", "{at-least: 1}", "2", PASS},
        {"any", "{at-least: 1}", "\"2\"", PASS},
        {"any", "{at-least: 1}", "\"-2\"", FAIL},
        {"any", "{at-least: 1}", "x", FAIL},
        {"any", "{at-least: 1}", "true", FAIL},
        {"any", "{at-most: 300}", "\"5m\"", ERR},
        {"any", "{at-most: 300}", "[1]", ERR},
        {"any", "{at-most: 5m}", "300", PASS},
        {"any", "{at-most: 5m}", "\"10m\"", FAIL},
        {"any", "{at-most: 64M}", "\"1G\"", FAIL},
        {"string", "{at-least: 65536}", "\"65536\"", PASS},
        {"string", "{at-least: 65536}", "n", FAIL},
        {"string", "{at-least: 1h}", "\"90 min\"", PASS},
        {"string", "{at-least: 1}", "\"\"", FAIL},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void texts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"string", "{matches: '^a+$'}", "aaa", PASS},
        {"string", "{matches: '^a+$'}", "aab", FAIL},
        {"string", "{matches: '^a+$'}", "null", FAIL},
        {"string", "{matches: '^no$'}", "\"no\\nyes\"", FAIL},
        {"string", "{matches: 'ä'}", "\"xäx\"", PASS},
        {"string", "{matches: '(?i)YES'}", "\"yes\"", PASS},
        {"string", "{matches: '^(a|aa)+$'}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", ERR},
        {"version", "{matches: '^1\\.'}", "\"1.2\"", PASS},
        {"any", "{matches: '^5$'}", "5", PASS},
        {"any", "{matches: '^b'}", "[a, bc]", PASS},
        {"set", "{matches: '^b'}", "[a, bc]", PASS},
        {"set", "{matches: '^b'}", "[a, cb]", FAIL},
        {"set", "{matches: '^b'}", "[]", FAIL},
        {"list", "{matches: '^(a|aa)+$'}", "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, x]", ERR},
        {"list", "{matches: '^(a|aa)+$'}", "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, a]", PASS},
        {"string", "{contains: b}", "abc", PASS},
        {"string", "{contains: d}", "abc", FAIL},
        {"string", "{contains-all: [a, c]}", "abc", PASS},
        {"string", "{contains-all: [a, d]}", "abc", FAIL},
        {"string", "{excludes: d}", "abc", PASS},
        {"string", "{excludes: [d, b]}", "abc", FAIL},
        {"string", "{excludes: d}", "null", FAIL},
        {"any", "{contains: 1}", "210", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void sets(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"set", "{contains: a}", "[a, b]", PASS},       {"set", "{contains: a}", "[ab]", FAIL},
        {"set", "{contains: a}", "[]", FAIL},           {"set", "{contains-all: [a, b]}", "[c, b, a]", PASS},
        {"set", "{contains-all: [a, b]}", "[a]", FAIL}, {"set", "{contains-all: a}", "[a]", PASS},
        {"set", "{excludes: a}", "[b]", PASS},          {"set", "{excludes: [a, b]}", "[b]", FAIL},
        {"set", "{excludes: a}", "[]", PASS},           {"set", "{excludes: a}", "null", FAIL},
        {"set", "{subset-of: [a, b]}", "[b]", PASS},    {"set", "{subset-of: [a, b]}", "[b, c]", FAIL},
        {"set", "{subset-of: [a, b]}", "[]", PASS},     {"set", "{subset-of: a}", "[a]", PASS},
        {"set", "{subset-of: []}", "[a]", FAIL},        {"list", "{contains: 2}", "[1, 2]", PASS},
        {"any", "{subset-of: [a, b]}", "a", PASS},      {"any", "{subset-of: [a, b]}", "c", FAIL},
        {"any", "{subset-of: [a, b]}", "{a: 1}", ERR},  {"any", "{contains: a}", "[a]", PASS},
        {"any", "{contains: a}", "{a: 1}", PASS},       {"map", "{contains: a}", "{a: 1}", PASS},
        {"map", "{contains: b}", "{a: 1}", FAIL},       {"map", "{excludes: [b, c]}", "{a: 1}", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* A part of a list settles what no further member could change. */
static void parts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"set", "{matches: ^a}", "[a, b]", PASS},          {"set", "{matches: ^c}", "[a, b]", UNKNOWN},
        {"set", "{contains: a}", "[a, b]", PASS},          {"set", "{contains: c}", "[a, b]", UNKNOWN},
        {"set", "{contains-all: [a, b]}", "[a, b]", PASS}, {"set", "{contains-all: [a, c]}", "[a, b]", UNKNOWN},
        {"set", "{excludes: [a]}", "[a, b]", FAIL},        {"set", "{excludes: [c]}", "[a, b]", UNKNOWN},
        {"set", "{subset-of: [a]}", "[a, b]", FAIL},       {"set", "{subset-of: [a, b, c]}", "[a, b]", UNKNOWN},
        {"set", "{subset-of: []}", "[]", UNKNOWN},         {"set", "{equals: [a]}", "[a, b]", FAIL},
        {"set", "{equals: [a, b]}", "[a, b]", UNKNOWN},    {"set", "{not: [a]}", "[a, b]", PASS},
        {"set", "{not: [a, b]}", "[a, b]", UNKNOWN},       {"set", "{exists: true}", "[a, b]", UNKNOWN},
        {"list", "{contains: a}", "[a, b]", PASS},         {"list", "{equals: [b, a]}", "[a, b]", UNKNOWN},
        {"string", "{matches: ^a}", "abc", UNKNOWN},       {"bool", "{equals: true}", "false", UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
        g_autoptr(GPtrArray) compiled = compile(rows[i].field, rows[i].demand, list);
        assert_int_equal(list->len, 0);
        g_autofree char *text = g_strdup_printf("v: %s", rows[i].observed);
        pl_autojson json_object *tree = yaml(text);
        const struct expectation *expectation = g_ptr_array_index(compiled, 0);
        enum verdict verdict =
            matcher_apply_part(g_ptr_array_index(expectation->matchers, 0), expectation->type, tree_member(tree, "v"));
        if (verdict != rows[i].verdict)
            fail_msg("%s: %s on a part %s: %s", rows[i].field, rows[i].demand, rows[i].observed, verdict_name(verdict));
    }
}

static void modes(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"mode", "{mode-at-most: \"0640\"}", "\"0600\"", PASS},  {"mode", "{mode-at-most: \"0640\"}", "\"0640\"", PASS},
        {"mode", "{mode-at-most: \"0640\"}", "\"0604\"", FAIL},  {"mode", "{mode-at-most: \"0755\"}", "\"4755\"", FAIL},
        {"mode", "{mode-at-most: \"0640\"}", "416", PASS},       {"mode", "{mode-at-most: \"0640\"}", "null", FAIL},
        {"mode", "{mode-at-most: \"0640\"}", "rwx", ERR},        {"mode", "{mode-at-most: \"0640\"}", "-1", ERR},
        {"mode", "{mode-at-most: \"0640\"}", "[\"0600\"]", ERR}, {"mode", "{bits-clear: \"0022\"}", "\"0755\"", PASS},
        {"mode", "{bits-clear: \"0022\"}", "\"0775\"", FAIL},    {"string", "{bits-clear: \"0022\"}", "\"0600\"", PASS},
        {"any", "{bits-clear: \"0022\"}", "\"0666\"", FAIL},     {"mode", "{bits-set: \"0022\"}", "\"0755\"", FAIL},
        {"mode", "{bits-set: \"0022\"}", "\"0715\"", FAIL},      {"mode", "{bits-set: \"0022\"}", "\"0765\"", PASS},
        {"mode", "{bits-set: \"6000\"}", "\"2711\"", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void presence(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"any", "{exists: true}", "1", PASS},       {"any", "{exists: true}", "null", FAIL},
        {"any", "{exists: false}", "null", PASS},   {"any", "{exists: false}", "\"\"", FAIL},
        {"string", "null", "null", PASS},           {"string", "null", "a", FAIL},
        {"string", "{equals: null}", "null", PASS}, {"string", "{not: null}", "a", PASS},
        {"string", "{not: null}", "null", FAIL},    {"set", "{exists: true, contains: a}", "[a]", PASS},
    };
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* What does not compile, and what is said. */
static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *field, *demand, *message;
    } rows[] = {
        {"vlaue", "1", "probe fake has no field \"vlaue\""},
        {"strng", "1", "did you mean string?"},
        {"string", "{eqals: a}", "unknown operator \"eqals\" for string (did you mean equals?)"},
        {"string", "{}", "string demands nothing"},
        {"string", "true", "equals of string must be text: quote it"},
        {"string", "[a]", "equals of string must be text"},
        {"bool", "yes", "equals of bool must be true or false"},
        {"bool", "{at-least: 1}", "at-least makes no sense for bool, which is of type bool; possible: equals"},
        {"bool", "{contains: a}", "contains makes no sense"},
        {"number", "{mode-at-most: \"0640\"}", "mode-at-most makes no sense"},
        {"number", "many", "equals of number must be a number"},
        {"number", "{at-least: [1]}", "at-least of number must be a number"},
        {"size", "5 parsecs", "must be a size"},
        {"duration", "{at-most: soon}", "must be a length of time"},
        {"mode", "640", "octal permission bits as quoted text"},
        {"mode", "{mode-at-most: 640}", "octal permission bits as quoted text"},
        {"mode", "{bits-clear: \"0888\"}", "octal permission bits"},
        {"mode", "{at-least: \"0640\"}", "at-least makes no sense for mode"},
        {"version", "{version-at-least: 1.10}", "a version as quoted text"},
        {"version", "1.10", "a version as quoted text"},
        {"set", "{at-least: 1}", "at-least makes no sense for set"},
        {"set", "{in: [a]}", "in makes no sense for set"},
        {"set", "{equals: [{a: 1}]}", "a list of texts"},
        {"set", "{contains: [a]}", "one text or number"},
        {"set", "{contains-all: {a: 1}}", "a text or a list of texts"},
        {"list", "a", "equals of list must be a list"},
        {"map", "{equals: a}", "must be a mapping"},
        {"string", "{in: a}", "a list that is not empty"},
        {"string", "{in: []}", "a list that is not empty"},
        {"string", "{in: [true]}", "text: quote it"},
        {"string", "{at-least: x}", "a number, a size"},
        {"any", "{at-least: \"1\"}", "a number, a size"},
        {"any", "{at-least: null}", "a number, a size"},
        {"any", "{in: [null]}", "a value"},
        {"string", "{matches: '('}", "the pattern does not compile at character 2"},
        {"string", "{matches: 5}", "a PCRE2 pattern as text"},
        {"string", "{exists: 1}", "true or false"},
        {"open.", "a", "has no field"},
        {"string.inner", "a", "has no field"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
        g_autoptr(GPtrArray) compiled = compile(rows[i].field, rows[i].demand, list);
        g_autofree char *text = complaint(list);
        (void)compiled;
        assert_contains(text, rows[i].message);
    }
}

static void places(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    g_autoptr(GPtrArray) compiled = compile("string", "{matches: '(', eqals: 1}", list);
    g_autofree char *first = diagnostic_text(g_ptr_array_index(list, 0));
    g_autofree char *second = diagnostic_text(g_ptr_array_index(list, 1));
    (void)compiled;
    assert_contains(first, "t:1:19: the pattern");
    assert_contains(second, "t:1:24: unknown operator");
}

static void shapes(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    struct complaints to = {.file = g_intern_static_string("t"), .list = list};
    pl_autojson json_object *text = yaml("[a]");
    pl_autojson json_object *empty = yaml("{}");
    g_ptr_array_unref(expectations_compile(&probe, text, &to));
    g_ptr_array_unref(expectations_compile(&probe, empty, &to));
    g_autoptr(GPtrArray) none = expectations_compile(&probe, NULL, &to);
    assert_int_equal(none->len, 0);
    assert_int_equal(list->len, 2);
}

/* Nothing hides behind a NUL. */
static void embedded_nul(void **state)
{
    (void)state;
    static const char *const demands[] = {"no", "{in: [no]}", "{matches: '^no$'}"};
    pl_autojson json_object *observed = json_object_new_string_len("no\0evil", 7);
    for (size_t i = 0; i < G_N_ELEMENTS(demands); i++) {
        g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
        g_autoptr(GPtrArray) compiled = compile("string", demands[i], list);
        g_autofree char *why = NULL;
        const struct expectation *expectation = g_ptr_array_index(compiled, 0);
        assert_int_equal(matcher_apply(g_ptr_array_index(expectation->matchers, 0), VALUE_STRING, observed, &why),
                         FAIL);
    }
}

static void operator_table(void **state)
{
    (void)state;
    for (int i = 0; i < OP_COUNT; i++) {
        enum matcher_operator op = OP_EQUALS;
        const struct operator_row *row = operator_row((enum matcher_operator)i);
        assert_true(operator_parse(row->name, &op));
        assert_int_equal(op, i);
        assert_non_null(row->words);
        assert_true(row->types != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality),     cmocka_unit_test(untyped),  cmocka_unit_test(ordering),
        cmocka_unit_test(texts),        cmocka_unit_test(sets),     cmocka_unit_test(parts),
        cmocka_unit_test(modes),        cmocka_unit_test(presence), cmocka_unit_test(refused),
        cmocka_unit_test(places),       cmocka_unit_test(shapes),   cmocka_unit_test(operator_table),
        cmocka_unit_test(embedded_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
