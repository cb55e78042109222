#include "looking.h"

#include "facts/system/unit_words.h"

static void assert_words(const char *text, const char *expected)
{
    g_auto(GStrv) words = unit_words(text);
    g_autofree char *joined = words ? g_strjoinv("|", words) : g_strdup("(none)");
    assert_string_equal(joined, expected);
}

static void words_are_cut_at_blanks_outside_of_quotes(void **state)
{
    (void)state;
    assert_words("", "");
    assert_words("  a\tb  c ", "a|b|c");
    assert_words("\"a b\" 'c d'", "a b|c d");
    assert_words("--x=\"a b\"c", "--x=a bc");
    assert_words("''", "");
    assert_words("\"it's\"", "it's");
    assert_words("\"open", "(none)");
    assert_words("a 'open", "(none)");
}

static void escapes_are_replaced(void **state)
{
    (void)state;
    assert_words("a\\sb \\x41 \\101 \"\\\"\"", "a b|A|A|\"");
    assert_words("a\\ttab", "a\ttab");
    assert_words("\\u00e9", "\xc3\xa9");
    assert_words("\\q \\x4 \\", "\\q|\\x4|\\");
    assert_words("\\x00", "\\x00"); /* would end the word */
}

static void assert_expanded(const char *text, const char *unit, const char *expected)
{
    g_autofree char *expanded = unit_expand(text, unit);
    assert_string_equal(expanded ? expanded : "(not known)", expected);
}

static void specifiers_that_files_tell(void **state)
{
    (void)state;
    assert_expanded("100%% %n %N %p", "a.service", "100% a.service a a");
    assert_expanded("%i.conf %p", "etcd@one.service", "one.conf etcd");
    assert_expanded("%t/x %E", "a.service", "/run/x /etc");
    assert_expanded("%I", "a@b.service", "b");
    assert_expanded("%I", "a@b-c.service", "(not known)");
    assert_expanded("%i", "a.service", "(not known)");
    assert_expanded("%H", "a.service", "(not known)");
    assert_expanded("%", "a.service", "(not known)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_cut_at_blanks_outside_of_quotes),
        cmocka_unit_test(escapes_are_replaced),
        cmocka_unit_test(specifiers_that_files_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
