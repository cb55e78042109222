#include "looking.h"

static const char host[] =
    "files:\n"
    "  /etc/passwd: \"root:x:0:0:::\\nalice:x:1000:27:::\\nbob:x:1001:50:::\\n\"\n"
    "  /etc/group: \"root:x:0:\\nsudo:x:27:bob, alice\\nopen::50:\\nsudo:x:28:\\nback:x:0:eve\\nset:x:60:\\n\"\n"
    "  /etc/gshadow: \"root:*::\\nsudo:!::bob\\nset:$6$a$b::\\n\"\n";

static void fields(void **state)
{
    (void)state;
    pl_auto(items) items = look(host, "group", "{}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 6);
    const struct item *sudo = item_at(items, 1);
    assert_declared(sudo, "group");
    assert_source(sudo, "/etc/group", 2);
    assert_field(sudo, "name", "\"sudo\"");
    assert_field(sudo, "gid", "27");
    assert_field(sudo, "members", "[\"bob\",\"alice\"]");
    assert_field(sudo, "users", "[\"bob\",\"alice\"]");
    assert_field(sudo, "password", "\"none\"");
    assert_field(sudo, "duplicate_name", "true");
    assert_field(sudo, "duplicate_gid", "false");
    assert_field(item_at(items, 2), "password", "\"empty\"");
    assert_field(item_at(items, 2), "users", "[\"bob\"]");
    assert_field(item_at(items, 0), "duplicate_gid", "true");
    assert_field(item_at(items, 4), "users", "[\"eve\",\"root\"]");
    assert_field(item_at(items, 5), "password", "\"set\"");
}

static void filters(void **state)
{
    (void)state;
    pl_auto(items) zero = look(host, "group", "{gid: 0}");
    assert_int_equal(zero->list->len, 2);
    pl_auto(items) glob = look(host, "group", "{name: 's*'}");
    assert_int_equal(glob->list->len, 3);
}

static void unreadable(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/passwd: {content: '', denied: true}\n"
                                "  /etc/group: \"a:x:1:b\\nc:!:2:\\n\"\n"
                                "  /etc/gshadow: {content: '', denied: true}\n",
                                "group", "{}");
    assert_field(item_at(items, 0), "password", "(unread)");
    assert_field(item_at(items, 0), "users", "(unread)");
    assert_field(item_at(items, 0), "members", "[\"b\"]");
    assert_field(item_at(items, 1), "password", "\"none\"");
    pl_auto(items) denied = look("files: {/etc/group: {content: '', denied: true}}", "group", "{}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/etc/group");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(filters),
        cmocka_unit_test(unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
