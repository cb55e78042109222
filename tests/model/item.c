#include "model/item.h"

#include "cmocka_all.h"
#include "model/error.h"
#include "model/tree.h"

static void hostile_text_becomes_valid(void **state)
{
    (void)state;
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, "na\xffme");
    assert_string_equal(item->subject, "na\\xffme");
    item_set_string(item, "text", "\xc3(");
    assert_true(g_utf8_validate(tree_string(item->fields, "text"), -1, NULL));
    assert_string_equal(items_add(items, "")->subject, "(nameless)");
    item_source_process(item, "x\xff", 4);
    assert_string_equal(item->source.process, "x\\xff (pid 4)");
    item_unread(item, "text", "no \xff");
    assert_string_equal(item_hindrance(item, "text")->reason, "no \\xff");
    item_source_api(item, "GET /\xff");
    assert_string_equal(item->source.api, "GET /\\xff");
    items_problem(items, PROBLEM_ERROR, NULL, "bad \xff");
    assert_string_equal(((struct problem *)items->problems->pdata[0])->reason, "bad \\xff");
}

static void errors_become_problems(void **state)
{
    (void)state;
    static const struct {
        enum pl_error code;
        guint problems;
        enum problem_kind kind;
    } rows[] = {
        {PL_ERROR_ABSENT, 0, PROBLEM_ERROR},      {PL_ERROR_DENIED, 1, PROBLEM_UNKNOWN},
        {PL_ERROR_PARSE, 1, PROBLEM_ERROR},       {PL_ERROR_LIMIT, 1, PROBLEM_ERROR},
        {PL_ERROR_KIND, 1, PROBLEM_ERROR},        {PL_ERROR_READ, 1, PROBLEM_ERROR},
        {PL_ERROR_UNSUPPORTED, 1, PROBLEM_ERROR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(items) items = items_new();
        g_autoptr(GError) error = g_error_new(PL_ERROR, (gint)rows[i].code, "reason %u", (unsigned)i);
        items_problem_from_error(items, error);
        assert_int_equal(items->problems->len, rows[i].problems);
        struct item *item = items_add(items, "x");
        item_unread_error(item, "field", error);
        bool unknown = rows[i].code == PL_ERROR_DENIED || rows[i].code == PL_ERROR_ABSENT;
        assert_int_equal(item_hindrance(item, "field")->kind, unknown ? PROBLEM_UNKNOWN : PROBLEM_ERROR);
        if (!items->problems->len)
            continue;
        const struct problem *problem = g_ptr_array_index(items->problems, 0);
        assert_int_equal(problem->kind, rows[i].kind);
        assert_string_equal(problem->reason, error->message);
        assert_int_equal(problem->remediation != NULL, rows[i].code == PL_ERROR_DENIED);
    }
}

static void fields_have_their_types(void **state)
{
    (void)state;
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, "x");
    item_set_mode(item, "mode", 0100644);
    item_set_bool(item, "flag", true);
    item_set_int(item, "n", -3);
    item_set_double(item, "d", 0.5);
    item_set_string(item, "none", NULL);
    const char *const words[] = {"a", "b", NULL};
    item_set_strv(item, "set", words);
    g_autofree char *text = tree_canonical(item->fields);
    assert_string_equal(text,
                        "{\"d\":0.5,\"flag\":true,\"mode\":\"0644\",\"n\":-3,\"none\":null,\"set\":[\"a\",\"b\"]}");
    assert_null(item->unread);
    item_unread(item, "secret", "no right to read %s", "/x");
    assert_string_equal(item_hindrance(item, "secret")->reason, "no right to read /x");
    assert_int_equal(item_hindrance(item, "secret")->kind, PROBLEM_UNKNOWN);
    assert_null(item_hindrance(item, "secret")->remediation);
    item_damaged(item, "secret", "/x: %s", "torn");
    assert_int_equal(item_hindrance(item, "secret")->kind, PROBLEM_ERROR);
    assert_null(item_hindrance(item, "flag"));
    g_autoptr(GError) denied = g_error_new(PL_ERROR, PL_ERROR_DENIED, "/x: no");
    item_unread_error(item, "secret", denied);
    assert_string_equal(item_hindrance(item, "secret")->reason, "/x: no");
    assert_string_equal(item_hindrance(item, "secret")->remediation, "run as root");
    item_unread_like(item, "flag", "secret");
    assert_string_equal(item_hindrance(item, "flag")->reason, "/x: no");
    assert_string_equal(item_hindrance(item, "flag")->remediation, "run as root");
    const struct problem whole = {.kind = PROBLEM_ERROR, .reason = "r", .remediation = "do"};
    item_unread_problem(item, "flag", &whole);
    assert_int_equal(item_hindrance(item, "flag")->kind, PROBLEM_ERROR);
    assert_string_equal(item_hindrance(item, "flag")->remediation, "do");
}

static void problems_are_copied(void **state)
{
    (void)state;
    pl_auto(items) from = items_new();
    pl_auto(items) to = items_new();
    items_problem(from, PROBLEM_UNKNOWN, "run as root", "100%% of %s", "it");
    items_problem(from, PROBLEM_ERROR, NULL, "more");
    items_copy_problems(to, from);
    assert_int_equal(to->problems->len, 2);
    const struct problem *problem = g_ptr_array_index(to->problems, 0);
    assert_int_equal(problem->kind, PROBLEM_UNKNOWN);
    assert_string_equal(problem->reason, "100% of it");
    assert_string_equal(problem->remediation, "run as root");
}

/* The bound on items speaks once, whether somebody asks or forgets to; nothing beyond it is kept, and whoever goes on
 * has an item to fill. */
static void full_lists_say_so(void **state)
{
    (void)state;
    pl_auto(items) items = items_new();
    assert_int_equal(items_room(items, 3, "files"), 3);
    for (guint i = 0; i < ITEMS_MAX - 1; i++)
        items_add(items, "x");
    assert_int_equal(items_room(items, 1, "files"), 1);
    struct item *last = items_add(items, "last");
    assert_int_equal(items->problems->len, 0);
    assert_false(items->full);
    item_set_int(items_add(items, "beyond"), "n", 1);
    item_set_int(items_add(items, "further"), "n", 2);
    items_add_shared(items, last);
    assert_int_equal(items_room(items, 2, "files"), 0);
    assert_int_equal(items->list->len, ITEMS_MAX);
    assert_ptr_equal(g_ptr_array_index(items->list, ITEMS_MAX - 1), last);
    assert_true(items->full);
    assert_int_equal(items->problems->len, 1);
    const struct problem *problem = g_ptr_array_index(items->problems, 0);
    assert_int_equal(problem->kind, PROBLEM_ERROR);
    assert_string_equal(problem->reason, "more than 20000 things: the rest was left out");
    pl_auto(items) asked = items_new();
    assert_int_equal(items_room(asked, ITEMS_MAX + 1, "files"), ITEMS_MAX);
    assert_string_equal(((struct problem *)asked->problems->pdata[0])->reason,
                        "more than 20000 files: the rest was left out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_becomes_valid), cmocka_unit_test(errors_become_problems),
        cmocka_unit_test(fields_have_their_types),    cmocka_unit_test(full_lists_say_so),
        cmocka_unit_test(problems_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
