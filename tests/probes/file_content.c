#include "model/error.h"

#include "looking.h"

static const char host[] = "files:\n"
                           "  /etc/a: \"# key = 0\\nkey = 1\\r\\n  ; key = 2\\nother\\nkey = 3 key = 4\"\n"
                           "  /etc/b: {base64: a2V5ID0g/wo=}\n"
                           "  /etc/utf: \"\\u00e9\\u00e9\\n\"\n"
                           "  /etc/secret: {content: x, denied: true}\n";

static void lines_and_groups(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "file-content",
                                "{path: [/etc/a, /etc/none], pattern: '^\\s*key = (?<value>\\d)(x)?', comments: '#;'}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    const struct item *item = item_at(items, 0);
    assert_field(item, "path", "\"/etc/a\"");
    assert_field(item, "line", "2");
    assert_field(item, "text", "\"key = 1\"");
    assert_field(item, "match", "\"key = 1\"");
    assert_field(item, "group.1", "\"1\"");
    assert_field(item, "group.value", "\"1\"");
    assert_field(item, "group.2", "null");
    assert_source(item, "/etc/a", 2);
    assert_declared(item, "file-content");
    assert_field(item_at(items, 1), "line", "5");
    assert_field(item_at(items, 1), "group.1", "\"3\"");
    pl_auto(items) end = look(host, "file-content", "{path: /etc/a, pattern: '= 1$'}");
    assert_field(only_item(end), "line", "2");
    pl_auto(items) all = look(host, "file-content", "{path: /etc/a, pattern: key}");
    assert_int_equal(all->list->len, 4);
}

static void the_whole_file(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "file-content", "{path: /etc/a, pattern: 'key = (\\d)', whole: true}");
    assert_int_equal(items->list->len, 5);
    assert_field(item_at(items, 4), "line", "5");
    assert_field(item_at(items, 4), "group.1", "\"4\"");
    pl_auto(items) across = look(host, "file-content", "{path: /etc/a, pattern: '^other\\nkey', whole: true}");
    assert_field(only_item(across), "line", "4");
    assert_field(only_item(across), "text", "\"other\\u000akey = 3 key = 4\"");
    pl_auto(items) kept =
        look(host, "file-content", "{path: /etc/a, pattern: 'key = \\d', whole: true, comments: '#;'}");
    assert_int_equal(kept->list->len, 3);
    assert_field(item_at(kept, 0), "line", "2");
    pl_auto(items) empty = look(host, "file-content", "{path: /etc/utf, pattern: 'x*', whole: true, count: true}");
    assert_field(only_item(empty), "count", "4");
}

static void counts(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "file-content", "{path: '/etc/[ab]', pattern: other, count: true}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "count", "1");
    assert_field(item_at(items, 1), "count", "0");
    pl_auto(items) none = look(host, "file-content", "{path: /etc/none, pattern: other, count: true}");
    assert_nothing(none);
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "file-content", "{path: /etc/b, pattern: 'key = (.)$'}");
    assert_field(only_item(items), "group.1", "\"\xEF\xBF\xBD\"");
    pl_auto(items) utf = look(host, "file-content", "{path: /etc/utf, pattern: '^(.).$'}");
    assert_field(only_item(utf), "group.1", "\"\xC3\xA9\"");
}

static void trouble(void **state)
{
    (void)state;
    pl_auto(items) denied = look(host, "file-content", "{path: /etc/secret, pattern: x}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/etc/secret");
    GString *text = g_string_new("files: {/etc/a: \"");
    for (int i = 0; i < 5000; i++)
        g_string_append(text, "a");
    g_string_append(text, "b\"}");
    pl_auto(items) slow = look(text->str, "file-content", "{path: /etc/a, pattern: '^(a+)+$', count: true}");
    assert_problem(slow, PROBLEM_ERROR, "/etc/a:1: the pattern needs too many steps");
    assert_field(item_at(slow, 0), "count", "(unread)");
    g_string_free(text, TRUE);
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *object = yaml("{path: /etc/a, pattern: '(x'}");
    assert_false(probe_find("file-content")->check(object, NULL, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    assert_non_null(strstr(error->message, "pattern, character 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_groups),       cmocka_unit_test(the_whole_file), cmocka_unit_test(counts),
        cmocka_unit_test(bytes_that_are_no_text), cmocka_unit_test(trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
