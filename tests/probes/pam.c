#include "looking.h"

static void lines_are_read_as_libpam_reads_them(void **state)
{
    (void)state;
    pl_auto(items) items = look(
        "files:\n"
        "  /etc/pam.d/x: \"# a comment\\nAUTH Required \\\\\\n  /lib/security/pam_a.so deny=5 [b c\\\\]] d # e\\n\"\n",
        "pam", "{}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "/etc/pam.d/x:3 auth");
    assert_field(item, "type", "\"auth\"");
    assert_field(item, "control", "\"Required\"");
    assert_field(item, "module", "\"pam_a.so\"");
    assert_field(item, "arguments", "[\"deny=5\",\"b c]\",\"d\"]");
    assert_field(item, "options", "{\"b c]\":true,\"d\":true,\"deny\":5}");
    assert_field(item, "services", "[\"x\"]");
    assert_field(item, "line", "3");
    assert_declared(item, "pam");
    assert_source(item, "/etc/pam.d/x", 3);
}

static void a_line_of_many_services_is_one_item(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/pam.d/a: \"auth required pam_a.so\\nauth include common\\n\"\n"
                                "  /etc/pam.d/b: \"@include common\\n\"\n"
                                "  /etc/pam.d/common: \"auth required pam_unix.so\\n\"\n",
                                "pam", "{module: pam_unix.so, type: auth}");
    const struct item *item = only_item(items);
    assert_field(item, "services", "[\"a\",\"b\",\"common\"]");
    assert_field(item, "after", "[]");
    assert_field(item, "needed", "true");
    assert_field(item, "opens", "[]");
}

static void services_come_from_both_folders_and_copies_are_none(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/pam.d/a: \"auth required pam_a.so\\n\"\n"
                                "  /etc/pam.d/a.dpkg-old: \"auth required pam_old.so\\n\"\n"
                                "  /etc/pam.d/a~: \"auth required pam_old.so\\n\"\n"
                                "  /usr/lib/pam.d/a: \"auth required pam_vendor.so\\n\"\n"
                                "  /usr/lib/pam.d/b: \"auth required pam_b.so\\n\"\n",
                                "pam", "{type: auth}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "path", "\"/etc/pam.d/a\"");
    assert_field(item_at(items, 1), "path", "\"/usr/lib/pam.d/b\"");
}

static void a_type_without_lines_is_that_of_other(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/pam.d/a: \"account required pam_a.so\\n\"\n"
                                "  /etc/pam.d/other: \"auth required pam_permit.so\\n\"\n",
                                "pam", "{type: auth, service: a}");
    assert_field(only_item(items), "services", "[\"a\"]");
    assert_field(only_item(items), "opens", "[\"a\"]");
}

static void what_cannot_be_read_is_a_problem(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/pam.d/a: \"@include b\\n\"\n"
                                "  /etc/pam.d/b: {content: x, denied: true}\n",
                                "pam", "{type: auth, service: a}");
    assert_problem(items, PROBLEM_UNKNOWN, "/etc/pam.d/b");
    pl_auto(items) folder = look("files: {/etc/pam.d: {type: dir, denied: true}}", "pam", "{}");
    assert_problem(folder, PROBLEM_UNKNOWN, "/etc/pam.d");
    pl_auto(items) old = look("files: {/etc/pam.conf: \"login auth required pam_unix.so\\n\"}", "pam", "{}");
    assert_problem(old, PROBLEM_UNKNOWN, "/etc/pam.conf");
}

static void a_comment_in_joined_lines_is_not_known(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/etc/pam.d/a: \"auth required \\\\\\n # c\\n pam_a.so\\n\"}", "pam", "{type: auth}");
    assert_problem(items, PROBLEM_UNKNOWN, "/etc/pam.d/a:2");
    pl_auto(items) blank =
        look("files: {/etc/pam.d/a: \"auth required \\\\\\n\\n pam_a.so\\n\"}", "pam", "{type: auth}");
    assert_problem(blank, PROBLEM_UNKNOWN, "/etc/pam.d/a:2");
}

static void includes_without_end_are_cut(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /etc/pam.d/a: \"auth include a\\nauth include a\\nauth required pam_a.so\\n\"\n",
                                "pam", "{type: auth}");
    assert_problem(items, PROBLEM_ERROR, "more than 300 lines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_as_libpam_reads_them),
        cmocka_unit_test(a_line_of_many_services_is_one_item),
        cmocka_unit_test(services_come_from_both_folders_and_copies_are_none),
        cmocka_unit_test(a_type_without_lines_is_that_of_other),
        cmocka_unit_test(what_cannot_be_read_is_a_problem),
        cmocka_unit_test(a_comment_in_joined_lines_is_not_known),
        cmocka_unit_test(includes_without_end_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
