/* Where the loaded audit rules of a host come from. */
#include "host/audit.h"

#include "formats/format.h"
#include "model/error.h"

#include "cmocka_all.h"

#include <string.h>

static struct host *inline_host(const char *text)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *spec = format_find("yaml")->parse("test", text, strlen(text), &error);
    struct host *host = spec ? host_new_inline(spec, NULL, &error) : NULL;
    if (!host)
        fail_msg("%s", error->message);
    return host;
}

static void stated_rules(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("audit: {enabled: 2, rules: ['-w /etc -p wa', '-a never,task']}");
    const struct audit_loaded *loaded = host_audit(host);
    assert_null(loaded->error);
    assert_int_equal(loaded->enabled, 2);
    assert_string_equal(loaded->rules[0], "-w /etc -p wa");
    assert_string_equal(loaded->rules[1], "-a never,task");
    assert_null(loaded->rules[2]);
    assert_ptr_equal(loaded, host_audit(host));
}

static void what_is_not_stated_is_not_known(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files: {/a: x}");
    assert_true(g_error_matches(host_audit(host)->error, PL_ERROR, PL_ERROR_READ));
    pl_auto(host) refused = inline_host("audit: {error: not permitted}");
    assert_string_equal(host_audit(refused)->error->message, "not permitted");
    pl_auto(host) offline = inline_host("live: false");
    assert_true(g_error_matches(host_audit(offline)->error, PL_ERROR, PL_ERROR_READ));
}

static void the_command_line_switches_it_off(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("{audit: {rules: []}, kernel: {cmdline: quiet audit=1 audit=0}}");
    assert_true(g_error_matches(host_audit(host)->error, PL_ERROR, PL_ERROR_UNSUPPORTED));
    pl_auto(host) on = inline_host("{audit: {rules: []}, kernel: {cmdline: audit=0 audit=1}}");
    assert_null(host_audit(on)->error);
}

static void wrong_statements(void **state)
{
    (void)state;
    static const char *const wrong[] = {"audit: 1", "audit: {rules: x}", "audit: {enabled: 3}", "audit: {rule: []}"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        pl_autojson json_object *spec = format_find("yaml")->parse("test", wrong[i], strlen(wrong[i]), NULL);
        assert_null(host_new_inline(spec, NULL, &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    }
}

/* The machine that runs the test answers, or says why it does not; nothing is left half known. */
static void the_machine_answers_or_says_why(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new("/", &error);
    assert_non_null(host);
    const struct audit_loaded *loaded = host_audit(host);
    if (loaded->error)
        assert_true(loaded->error->message && *loaded->error->message);
    else
        assert_true(loaded->rules && loaded->enabled >= 0 && loaded->enabled <= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stated_rules),
        cmocka_unit_test(what_is_not_stated_is_not_known),
        cmocka_unit_test(the_command_line_switches_it_off),
        cmocka_unit_test(wrong_statements),
        cmocka_unit_test(the_machine_answers_or_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
