#include "host/host.h"

#include <glib/gstdio.h>
#include <json-c/json.h>
#include <string.h>

#include "cmocka_all.h"
#include "model/error.h"

static struct host *stated(const char *text)
{
    json_object *spec = json_tokener_parse(text);
    struct host *host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    assert_non_null(host);
    return host;
}

static void the_first_line_of_an_id_counts(void **state)
{
    (void)state;
    pl_auto(host) host = stated("{'files': {'/etc/passwd': 'a:x:5:0:A user:/home/a:/bin/sh\\nb:x:5:0::/home/b:\\n"
                                "broken\\n:x:6:\\nc:x:x:\\nd:x:7:0::\\ne:x:8', '/etc/group': 'g:x:9:a,b\\n'}}");
    assert_string_equal(host_user_name(host, 5), "a");
    assert_string_equal(host_user_home(host, 5), "/home/a");
    assert_null(host_user_name(host, 6));
    assert_string_equal(host_user_home(host, 7), "");
    assert_string_equal(host_user_name(host, 8), "e");
    assert_null(host_user_home(host, 9));
    assert_string_equal(host_group_name(host, 9), "g");
    assert_null(host_users_error(host));
    assert_null(host_groups_error(host));
}

static void what_could_not_be_read_is_no_absence(void **state)
{
    (void)state;
    pl_auto(host) denied =
        stated("{'files': {'/etc/passwd': {'content': '', 'denied': true}, '/etc/group': {'type': 'fifo'}}}");
    assert_true(g_error_matches(host_users_error(denied), PL_ERROR, PL_ERROR_DENIED));
    assert_true(g_error_matches(host_groups_error(denied), PL_ERROR, PL_ERROR_KIND));
    pl_auto(host) none = stated("{'live': false, 'files': {'/etc/passwd': null, '/etc/group': null}}");
    assert_null(host_users_error(none));
    assert_null(host_groups_error(none));
}

/* Far beyond what is kept of a file; the last one of the table counts as the first. */
static void many_users(void **state)
{
    (void)state;
    g_autofree char *root = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    g_autofree char *etc = g_build_filename(root, "etc", NULL);
    g_autofree char *passwd = g_build_filename(etc, "passwd", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 300000; i++)
        g_string_append_printf(text, "user%u:x:%u:100::/home/user%u:/bin/bash\n", i, i, i);
    assert_true(text->len > HOST_FILE_MAX);
    assert_int_equal(g_mkdir(etc, 0755), 0);
    assert_true(g_file_set_contents(passwd, text->str, (gssize)text->len, NULL));
    pl_auto(host) host = host_new(root, NULL);
    assert_string_equal(host_user_name(host, 299999), "user299999");
    assert_null(host_user_name(host, 300000));
    assert_null(host_users_error(host));
    g_unlink(passwd);
    g_rmdir(etc);
    g_rmdir(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_of_an_id_counts),
        cmocka_unit_test(what_could_not_be_read_is_no_absence),
        cmocka_unit_test(many_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
