/* Fixes: which one an item gets, and what of a host may stand in a command. */
#include "engine/fix.h"

#include "engine/collect.h"
#include "engine/judge.h"
#include "engine_test.h"

/* A rule about every file of /srv, with these fixes; "{a: 0666}" are the files and their modes. */
static struct result *result_of(const char *fixes, const char *files)
{
    g_autofree char *folder = folder_new();
    g_autofree char *text =
        g_strconcat(MODULE("m", "cloud") "values: {want: {default: '0644', title: T}}\nrules:\n- id: r\n  title: T\n"
                                         "  severity: low\n  rationale: R\n"
                                         "  check: {file: {path: /srv/*}, expect: {mode: {mode-at-most: $want}}}\n"
                                         "  fix: ",
                    fixes, "\n", NULL);
    g_autofree char *file = folder_write(folder, "cloud/m.yaml", text);
    pl_auto(content) content = folder_load(folder);
    g_autofree char *said = diagnostics_text(content);
    assert_string_equal(said, "");
    g_autofree char *spec = g_strdup_printf("{files: %s}", files);
    pl_autojson json_object *tree = yaml(spec);
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(tree, NULL, &error);
    if (!host)
        fail_msg("%s", error->message);
    pl_autojson json_object *values = json_object_new_object();
    pl_auto(plan) plan = plan_make(content, content->rules, values, &error);
    assert_non_null(plan);
    struct collecting collecting = {.host = host, .daemons = content->daemons, .threads = 1};
    collect(plan, &collecting, judge_wanted);
    const struct bound_rule *bound = g_ptr_array_index(plan->rules, 0);
    struct result *result = judge_rule(bound, true);
    evidence_fill(result, bound, PACKAGES_DNF);
    remove_tree(folder);
    return result;
}

#define OPEN "{content: a, mode: '0666'}"

static void commands(void **state)
{
    (void)state;
    static const struct {
        const char *fixes, *files, *shell;
    } rows[] = {
        {"{text: T, shell: 'chmod go-w {path}'}", "{/srv/a: " OPEN ", /srv/b: " OPEN "}",
         "chmod go-w /srv/a\nchmod go-w /srv/b"},
        {"{text: T, shell: 'chmod {$want} {path}'}", "{/srv/a: " OPEN "}", "chmod 0644 /srv/a"},
        {"{text: T, shell: 'chmod go-w {path}'}", "{\"/srv/a b$(x)'\": " OPEN "}", "chmod go-w '/srv/a b$(x)'\\'''"},
        {"{text: T, shell: 'chmod go-w {path}'}", "{\"/srv/a\\nrm\": " OPEN ", /srv/b: " OPEN "}", "chmod go-w /srv/b"},
        {"{text: T, shell: 'f {{}} {path}'}", "{/srv/a: " OPEN "}", "f {} /srv/a"},
        {"{text: T, shell: 'same'}",
         "{/srv/a: " OPEN ", /srv/b: " OPEN ", /srv/c: " OPEN ", /srv/d: " OPEN ", /srv/e: " OPEN "}", "same"},
        {"{text: T, shell: '{install auditd|audit} && {remove telnet}'}", "{/srv/a: " OPEN "}",
         "dnf install -y audit && dnf remove -y telnet"},
        {"[{if: {mode: '0666'}, text: T, shell: 'first {path}'}, {text: U, shell: 'second {path}'}]",
         "{/srv/a: " OPEN ", /srv/b: {content: a, mode: '0777'}}", "first /srv/a\nsecond /srv/b"},
        {"{text: T, shell: 'chmod go-w {path}'}", "{/srv/a: {content: a, mode: '0600'}}", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct result *result = result_of(rows[i].fixes, rows[i].files);
        if (g_strcmp0(result->fix.shell, rows[i].shell) != 0)
            fail_msg("row %zu: %s", i, result->fix.shell ? result->fix.shell : "none");
        result_free(result);
    }
}

static void words(void **state)
{
    (void)state;
    struct result *result = result_of(
        "{text: 'Close {path}.', ansible: '{{path: {path}}}', undo: 'chmod {mode} {path}', "
        "warning: 'W {subject}'}",
        "{/srv/a: " OPEN ", /srv/b: " OPEN ", /srv/c: " OPEN ", /srv/d: " OPEN ", /srv/e: " OPEN ", /srv/f: " OPEN "}");
    assert_contains(result->fix.text, "Close /srv/a.\n");
    assert_contains(result->fix.text, "\nand 1 more");
    assert_contains(result->fix.ansible, "{path: \"/srv/a\"}");
    assert_contains(result->fix.undo, "chmod 0666 /srv/f");
    assert_contains(result->fix.warning, "W /srv/a");
    result_free(result);
    /* Ansible would evaluate the name. */
    result = result_of("{text: T, ansible: 'file: {{path: {path}}}'}",
                       "{\"/srv/{{ 7 }}\": " OPEN ", \"/srv/{% x %}\": " OPEN ", /srv/b: " OPEN "}");
    assert_string_equal(result->fix.ansible, "file: {path: \"/srv/b\"}");
    result_free(result);
}

static void package_managers(void **state)
{
    (void)state;
    static const struct {
        const char *words[3];
        enum package_manager packages;
    } rows[] = {
        {{"debian"}, PACKAGES_APT},          {{"mint", "ubuntu"}, PACKAGES_APT}, {{"rocky", "rhel"}, PACKAGES_DNF},
        {{"sles", "suse"}, PACKAGES_ZYPPER}, {{"alpine"}, PACKAGES_APK},         {{"arch"}, PACKAGES_PACMAN},
        {{"own"}, PACKAGES_UNKNOWN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(fix_packages(rows[i].words), rows[i].packages);
    assert_int_equal(fix_packages(NULL), PACKAGES_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(words),
        cmocka_unit_test(package_managers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
