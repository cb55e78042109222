#include "model/suggest.h"

#include "cmocka_all.h"

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {{"", "", 0},      {"abc", "abc", 0},        {"ABC", "abc", 0},   {"abc", "ab", 1},
                {"ab", "abc", 1}, {"abc", "abd", 1},        {"abcd", "abdc", 1}, {"sysctl", "sysclt", 1},
                {"", "abc", 3},   {"kitten", "sitting", 3}, {"ca", "abc", 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(suggest_distance(rows[i].a, rows[i].b), rows[i].distance);
}

static void long_words(void **state)
{
    (void)state;
    g_autofree char *a = g_strnfill(500, 'a');
    g_autofree char *b = g_strnfill(400, 'a');
    assert_int_equal(suggest_distance(a, b), 0);
}

static void nearest(void **state)
{
    (void)state;
    const char *const words[] = {"sysctl", "sshd", "file", "file-content", NULL};
    assert_string_equal(suggest_nearest("sysclt", words), "sysctl");
    assert_string_equal(suggest_nearest("fil", words), "file");
    assert_string_equal(suggest_nearest("file-contents", words), "file-content");
    assert_null(suggest_nearest("kubelet", words));
    assert_null(suggest_nearest("x", words));
    assert_null(suggest_nearest("x", NULL));
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    assert_null(suggest_nearest_in("x", list));
    char high[] = "high";
    g_ptr_array_add(list, high);
    assert_string_equal(suggest_nearest_in("hihg", list), "high");
    assert_null(suggest_nearest_in("x", NULL));
}

static void clauses(void **state)
{
    (void)state;
    const char *const words[] = {"sysctl", NULL};
    g_autofree char *hit = suggest_clause("sysct", words);
    g_autofree char *miss = suggest_clause("elephant", words);
    g_autofree char *none = suggest_clause_in("elephant", NULL);
    assert_string_equal(hit, " (did you mean sysctl?)");
    assert_string_equal(miss, "");
    assert_string_equal(none, "");
}

static void abbreviations_and_orders(void **state)
{
    (void)state;
    char names[][24] = {"x-1", "x-1-l1", "sshd-root-login-off", "other"};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(list, names[i]);
    assert_string_equal(suggest_whole_in("x", list), "x-1");
    assert_string_equal(suggest_whole_in("X-1", list), "x-1");
    assert_string_equal(suggest_whole_in("x-1-", list), "x-1-l1");
    assert_string_equal(suggest_whole_in("OTHE", list), "other");
    assert_null(suggest_whole_in("", list));
    assert_null(suggest_whole_in("y", list));
    assert_null(suggest_whole_in("x", NULL));
    char more[] = "x-2";
    g_ptr_array_add(list, more);
    assert_null(suggest_whole_in("x", list));
    g_autofree char *words = suggest_clause_in("sshd-permit-ROOT_login", list);
    g_autofree char *one = suggest_clause_in("sshd-and-nothing-else", list);
    assert_string_equal(words, " (did you mean sshd-root-login-off?)");
    assert_string_equal(one, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances), cmocka_unit_test(long_words),
                                       cmocka_unit_test(nearest), cmocka_unit_test(clauses),
                                       cmocka_unit_test(abbreviations_and_orders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
