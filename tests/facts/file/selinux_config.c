#include "looking.h"

static void assert_config(const char *text, const char *state, const char *policy)
{
    g_autofree char *escaped = g_strescape(text, NULL);
    g_autofree char *host = g_strdup_printf("files: {/etc/selinux/config: \"%s\"}\n", escaped);
    pl_auto(items) items = look(host, "host", "{}");
    assert_field(only_item(items), "selinux_boot", state);
    assert_field(only_item(items), "selinux_policy", policy);
}

/* Of states the first that is one counts, of policies the last line. */
static void lines_as_libselinux_reads_them(void **state)
{
    (void)state;
    assert_config("SELINUX=enforcing\nSELINUXTYPE=targeted\n", "\"enforcing\"", "\"targeted\"");
    assert_config("SELINUX=on\nSELINUX=Permissive # words\nSELINUX=enforcing\n", "\"permissive\"", "null");
    assert_config(" SELINUX=enforcing\n#SELINUX=enforcing\nSELINUX =enforcing\nselinux=enforcing", "null", "null");
    assert_config("SELINUX=disabled", "\"disabled\"", "null");
    assert_config("SELINUXTYPE=mls\n\tselinuxtype=minimum \r\n# SELINUXTYPE=mls\n", "null", "\"minimum\"");
    assert_config("", "null", "null");
}

static void what_cannot_be_read_is_unread(void **state)
{
    (void)state;
    pl_auto(items) none = look("files: {}\n", "host", "{}");
    assert_field(only_item(none), "selinux_boot", "null");
    pl_auto(items) denied = look("files: {/etc/selinux/config: {content: x, denied: true}}\n", "host", "{}");
    assert_field(only_item(denied), "selinux_boot", "(unread)");
    assert_field(only_item(denied), "selinux_policy", "(unread)");
    /* What is beyond the buffer of libselinux is a line of its own there. */
    g_autofree char *filler = g_strnfill(4095, 'x');
    g_autofree char *host =
        g_strdup_printf("files: {/etc/selinux/config: \"#%sSELINUX=enforcing\\nSELINUX=disabled\\n\"}\n", filler);
    pl_auto(items) wide = look(host, "host", "{}");
    assert_field(only_item(wide), "selinux_boot", "(unread)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_as_libselinux_reads_them),
        cmocka_unit_test(what_cannot_be_read_is_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
