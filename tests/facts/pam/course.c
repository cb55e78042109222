/* Which lines nobody gets past, and who gets in without being asked; e2e/test_pam compares the latter with libpam. */
#include "facts/pam/course.h"

#include "looking.h"

/* The stack of a service x that reads so, beside other files. */
static struct pam_stack *stack_of(struct host **host, const char *text, const char *others)
{
    g_autofree char *quoted = g_strescape(text, NULL);
    g_autofree char *spec = g_strdup_printf("files: {/etc/pam.d/x: \"%s\"%s%s}", quoted, *others ? ", " : "", others);
    *host = inline_host(spec);
    return pam_stack_new(*host, "x", PAM_AUTH);
}

static void assert_needed(const char *text, const char *others, guint entry, bool expected)
{
    pl_auto(host) host = NULL;
    pl_auto(pam_stack) stack = stack_of(&host, text, others);
    pl_auto(problem) hindrance = NULL;
    assert_true(entry < stack->entries->len);
    if (pam_is_needed(stack, entry, &hindrance) != expected || hindrance)
        fail_msg("entry %u of: %s", entry, text);
}

static void nobody_gets_past(void **state)
{
    (void)state;
    static const struct {
        const char *text, *others;
        guint entry;
        bool needed;
    } rows[] = {
        {"auth required pam_a.so\nauth required pam_unix.so\n", "", 0, true},
        {"auth requisite pam_a.so\nauth required pam_unix.so\n", "", 0, true},
        {"auth optional pam_a.so\nauth required pam_unix.so\n", "", 0, false},
        {"auth sufficient pam_unix.so\nauth required pam_a.so\n", "", 1, false},
        {"auth sufficient pam_rootok.so\nauth required pam_a.so\nauth required pam_unix.so\n", "", 1, true},
        {"auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n", "",
         0, true},
        {"auth [success=1 default=ignore] pam_b.so\nauth required pam_a.so\nauth required pam_unix.so\n", "", 1, false},
        {"auth [success=2 default=ignore] pam_a.so\nauth [success=1 default=ignore] pam_b.so\nauth requisite "
         "pam_deny.so\n"
         "auth required pam_permit.so\n",
         "", 0, false},
        {"auth substack y\nauth required pam_unix.so\n", "/etc/pam.d/y: 'auth required pam_a.so'", 1, true},
        {"auth substack y\nauth required pam_unix.so\n",
         "/etc/pam.d/y: \"auth sufficient pam_b.so\\nauth required pam_a.so\\n\"", 2, false},
        {"auth required pam_a.so\nauth [success=done default=die] pam_unix.so\n", "", 0, true},
        {"auth [default=reset success=ok] pam_a.so\nauth required pam_unix.so\n", "", 0, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_needed(rows[i].text, rows[i].others, rows[i].entry, rows[i].needed);
}

static void who_lets_everybody_in(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int giver; /* -1: nobody */
    } rows[] = {
        {"auth required pam_permit.so\n", 0},
        {"auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n", -1},
        {"auth [success=1 default=1] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n", 2},
        {"auth optional pam_unix.so\nauth required pam_faillock.so preauth\n", 1},
        {"auth required pam_env.so\nauth sufficient pam_unix.so\n", -1},
        {"auth sufficient pam_rootok.so\n", -1},
        {"auth sufficient pam_succeed_if.so user ingroup nopasswdlogin\nauth required pam_unix.so\n", -1},
        {"auth required pam_shells.so\n", 0},
        {"auth required pam_nologin.so\n", -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(host) host = NULL;
        pl_auto(pam_stack) stack = stack_of(&host, rows[i].text, "");
        guint giver = 0;
        bool opens = pam_opens(stack, &giver);
        if (opens != (rows[i].giver >= 0) || (opens && giver != (guint)rows[i].giver))
            fail_msg("%s: opens %d by %u", rows[i].text, opens, giver);
    }
}

/* Substacks within each other, each of which may begin as each of the four, and then many lines. */
static void too_many_ways_are_said(void **state)
{
    (void)state;
    g_autoptr(GString) others = g_string_new(NULL);
    for (int i = 0; i < 15; i++)
        g_string_append_printf(others,
                               "/etc/pam.d/y%d: \"auth [success=ok auth_err=ok perm_denied=bad default=ignore] "
                               "pam_a.so\\nauth substack y%d\\n\", ",
                               i, i + 1);
    g_string_append(others, "/etc/pam.d/y15: \"");
    for (int i = 0; i < 100; i++)
        g_string_append(others, "auth optional pam_b.so\\n");
    g_string_append_c(others, '"');
    pl_auto(host) host = NULL;
    pl_auto(pam_stack) stack = stack_of(&host, "auth substack y0\nauth required pam_unix.so\n", others->str);
    pl_auto(problem) hindrance = NULL;
    pam_is_needed(stack, stack->entries->len - 1, &hindrance);
    assert_non_null(hindrance);
    assert_int_equal(hindrance->kind, PROBLEM_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_past),
        cmocka_unit_test(who_lets_everybody_in),
        cmocka_unit_test(too_many_ways_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
