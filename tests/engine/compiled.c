#include "engine_test.h"

#include "engine/compiled.h"
#include "engine/explain.h"
#include "engine/select.h"

#define ONE                                                                                                            \
    MODULE("one", "cloud")                                                                                             \
    "values:\n  worst: {default: \"0640\", title: Worst}\nrules:\n" RULE(                                              \
        "one-a", "high", "  tags: [x]\n  check: {file: {path: /etc/a}, expect: {mode: {mode-at-most: $worst}}}\n")     \
        RULE("one-b", "low",                                                                                           \
             "  applies: {file: {path: /etc/b}}\n  check: {all: [{daemon: {name: d}}, {file: {path: /etc/c}, "         \
             "existence: none}]}\n")

static const char daemon_d[] =
    "daemon: d\ntitle: D\nprograms:\n- name: d\nflags: go\nkeys:\n  k: {type: bool, flag: k, default: false}\n";

struct place {
    char *folder, *checks, *file;
};

/* A folder of rules and its compiled file. */
static void place_make(struct place *place)
{
    g_autoptr(GError) error = NULL;
    place->folder = folder_new();
    place->checks = g_build_filename(place->folder, "checks", NULL);
    place->file = g_build_filename(place->folder, "out", NULL);
    g_free(folder_write(place->checks, "cloud/one.yaml", ONE));
    g_free(folder_write(place->checks, "daemons/d.yaml", daemon_d));
    g_free(folder_write(place->checks, "profiles/auto.yaml", "id: auto\ntitle: All\ninclude: [\"*\"]\n"));
    g_autoptr(GByteArray) bytes = compiled_write(place->checks, &error);
    if (!bytes)
        fail_msg("%s", error->message);
    assert_true(g_file_set_contents(place->file, (const char *)bytes->data, bytes->len, NULL));
}

static void place_clear(struct place *place)
{
    remove_tree(place->folder);
    g_free(place->folder);
    g_free(place->checks);
    g_free(place->file);
}

static struct content *load(const char *checks, const char *compiled)
{
    const char *const dirs[] = {checks, NULL};
    g_autoptr(GError) error = NULL;
    struct content *content = content_load_from(&(struct content_sources){.dirs = dirs, .compiled = compiled}, &error);
    if (!content)
        fail_msg("%s", error->message);
    return content;
}

static const char *why_not(const struct place *place)
{
    const char *why = NULL;
    static const bool none[LAYER_COUNT] = {false};
    pl_auto(compiled) compiled = compiled_read(place->file, place->checks, none, &why);
    return why;
}

/* Everything about a rule, in words. */
static char *rule_text(const struct rule *rule)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s %s %s %d %d %d %s %s:%u:%u %s %s %s\n", rule->id, rule->title, rule->rationale,
                           rule->severity, rule->informational, rule->settles, rule->each ? rule->each : "-",
                           rule->at.file, rule->at.line, rule->at.column,
                           ((struct rule_fix *)g_ptr_array_index(rule->fixes, 0))->words.text,
                           rule->family ? rule->family : "-", rule->module->title);
    for (guint i = 0; i < rule->references->len; i++) {
        const struct reference *reference = g_ptr_array_index(rule->references, i);
        g_string_append_printf(text, "%s %s %d %d\n", reference->benchmark, reference->control, reference->level,
                               reference->inherited);
    }
    for (guint i = 0; i < rule->tags->len; i++)
        g_string_append_printf(text, "#%s", (const char *)g_ptr_array_index(rule->tags, i));
    for (guint i = 0; i < rule->because->len; i++)
        g_string_append_printf(text, "<%s", (const char *)g_ptr_array_index(rule->because, i));
    g_string_append_printf(text, " %s %s %s\n", rule->finding ? rule->finding : "-",
                           rule->missing ? rule->missing : "-", rule->expected ? rule->expected : "-");
    g_autofree char *variant = tree_canonical(rule_variant(rule));
    g_string_append(text, variant);
    return g_string_free(text, FALSE);
}

static void assert_same_check(const struct check *a, const struct check *b)
{
    assert_true(!a == !b);
    if (!a)
        return;
    assert_int_equal(a->kind, b->kind);
    for (guint i = 0; a->children && i < a->children->len; i++)
        assert_same_check(g_ptr_array_index(a->children, i), g_ptr_array_index(b->children, i));
    if (a->kind != CHECK_TEST)
        return;
    assert_ptr_equal(a->test->probe, b->test->probe);
    assert_true(tree_equal(a->test->object, b->test->object));
    assert_true(!a->test->expect == !b->test->expect);
    assert_true(!a->test->expect || tree_equal(a->test->expect, b->test->expect));
    assert_int_equal(g_strcmp0(a->test->finding, b->test->finding), 0);
    assert_int_equal(g_strcmp0(a->test->missing, b->test->missing), 0);
    assert_int_equal(tree_mark(a->test->object).line, tree_mark(b->test->object).line);
    assert_memory_equal(&a->test->existence, &b->test->existence, sizeof *a->test - offsetof(struct test, existence));
}

static void assert_same_content(const struct content *a, const struct content *b)
{
    assert_int_equal(a->rules->len, b->rules->len);
    for (guint i = 0; i < a->rules->len; i++) {
        const struct rule *left = g_ptr_array_index(a->rules, i), *right = g_ptr_array_index(b->rules, i);
        g_autofree char *one = rule_text(left), *two = rule_text(right);
        assert_string_equal(one, two);
        assert_same_check(rule_applies(left), rule_applies(right));
        assert_same_check(rule_check(left), rule_check(right));
    }
    g_autofree const char **one = daemons_names(a->daemons), **two = daemons_names(b->daemons);
    for (size_t i = 0; one[i] || two[i]; i++) {
        assert_string_equal(one[i], two[i]);
        assert_string_equal(daemons_find(a->daemons, one[i])->title, daemons_find(b->daemons, two[i])->title);
    }
    assert_int_equal(a->profiles->len, b->profiles->len);
    assert_int_equal(a->benchmarks->len, b->benchmarks->len);
}

static void the_same_as_the_files(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    pl_auto(content) read = load(place.checks, NULL);
    pl_auto(content) compiled = load(place.checks, place.file);
    assert_int_equal(read->compiled->len, 0);
    assert_int_equal(compiled->compiled->len, 1);
    assert_same_content(read, compiled);
    place_clear(&place);
}

static void the_stock_rules(void **state)
{
    (void)state;
    const char *checks = TEST_SOURCE_DIR "/checks", *file = TEST_BINARY_DIR "/checks.compiled";
    pl_auto(content) read = load(checks, NULL);
    pl_auto(content) compiled = load(checks, file);
    assert_int_equal(compiled->compiled->len, 1);
    assert_same_content(read, compiled);
}

static void what_is_no_longer_true(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    assert_null(why_not(&place));
    g_autofree char *more = folder_write(place.checks, "cloud/two.yaml", "");
    assert_string_equal(why_not(&place), "is not of the rules as they are");
    assert_int_equal(g_remove(more), 0);
    assert_null(why_not(&place));
    g_autofree char *one = folder_write(place.checks, "cloud/one.yaml", ONE " ");
    assert_string_equal(why_not(&place), "is not of the rules as they are");
    pl_auto(content) content = load(place.checks, place.file);
    assert_int_equal(content->compiled->len, 0);
    assert_int_equal(content->rules->len, 2);
    assert_int_equal(g_remove(one), 0);
    assert_string_equal(why_not(&place), "is not of the rules as they are");
    place_clear(&place);
}

static void what_is_another_file(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    gsize n = 0;
    g_autofree char *bytes = NULL;
    assert_true(g_file_get_contents(place.file, &bytes, &n, NULL));
    for (gsize i = 0; i < n; i += 7) {
        bytes[i] ^= 1;
        assert_true(g_file_set_contents(place.file, bytes, (gssize)n, NULL));
        assert_non_null(why_not(&place));
        bytes[i] ^= 1;
    }
    for (gsize i = 0; i < n; i += 11) {
        assert_true(g_file_set_contents(place.file, bytes, (gssize)i, NULL));
        assert_non_null(why_not(&place));
    }
    assert_int_equal(g_remove(place.file), 0);
    assert_string_equal(why_not(&place), "could not be read");
    place_clear(&place);
}

static void what_is_wrong_is_not_compiled(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    g_autoptr(GError) error = NULL;
    g_free(folder_write(place.checks, "cloud/two.yaml", "module: two\n"));
    assert_null(compiled_write(place.checks, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    place_clear(&place);
}

/* What cannot be read may be anything, before and after. */
static void what_cannot_be_read(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    g_autofree char *inner = g_build_filename(place.checks, "cloud", "two.txt", NULL);
    assert_int_equal(g_mkdir(inner, 0755), 0);
    assert_string_equal(why_not(&place), "is not of the rules as they are");
    g_autoptr(GError) error = NULL;
    assert_null(compiled_write(place.checks, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    /* A file that claims the sum of a folder that was not read. */
    g_autofree char *bytes = NULL;
    gsize n = 0;
    assert_true(g_file_get_contents(place.file, &bytes, &n, NULL));
    memset(bytes + 16, 0, 8);
    assert_true(g_file_set_contents(place.file, bytes, (gssize)n, NULL));
    assert_string_equal(why_not(&place), "is not of the rules as they are");
    place_clear(&place);
}

static void a_folder_beside_it(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    g_autofree char *mine = g_build_filename(place.folder, "mine", NULL);
    g_free(folder_write(
        mine, "cloud/one.yaml",
        "replaces: one\n" MODULE("one", "cloud") "rules:\n" RULE("mine", "low", "  check: {daemon: {name: d}}\n")));
    const char *const dirs[] = {place.checks, mine, NULL};
    pl_auto(content) content = content_load_from(&(struct content_sources){.dirs = dirs, .compiled = place.file}, NULL);
    assert_int_equal(content->compiled->len, 1);
    assert_int_equal(content->rules->len, 1);
    assert_non_null(content_rule(content, "mine"));
    assert_int_equal(content_count(content, DIAGNOSTIC_ERROR), 0);
    place_clear(&place);
}

static void layers_that_are_not_wanted(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    const char *const dirs[] = {place.checks, NULL}, *const layers[] = {"code", NULL};
    pl_auto(content) content =
        content_load_from(&(struct content_sources){.dirs = dirs, .compiled = place.file, .layers = layers}, NULL);
    assert_int_equal(content->compiled->len, 1);
    assert_int_equal(content->rules->len, 0);
    place_clear(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_the_files),
        cmocka_unit_test(the_stock_rules),
        cmocka_unit_test(what_is_no_longer_true),
        cmocka_unit_test(what_is_another_file),
        cmocka_unit_test(what_is_wrong_is_not_compiled),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(a_folder_beside_it),
        cmocka_unit_test(layers_that_are_not_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
