#include "looking.h"

#include "facts/audit/rule_text.h"

static struct audit_rule *parse(const char *line)
{
    pl_auto(host) host =
        inline_host("files: {/etc/docker/daemon.json: x, /usr/sbin/runc: x, /usr/bin/runc: "
                    "{type: symlink, target: ../sbin/runc}, /sbin: {type: symlink, target: usr/sbin}}");
    return audit_rule_parse(host, line);
}

static void assert_rule(const char *line, const char *path, bool below, unsigned perms, const char *key)
{
    struct audit_rule *rule = parse(line);
    assert_non_null(rule);
    assert_string_equal(rule->path ? rule->path : "", path ? path : "");
    assert_int_equal(rule->below, below);
    assert_int_equal(rule->perms, perms);
    assert_string_equal(rule->key ? rule->key : "", key ? key : "");
    audit_rule_free(rule);
}

static void watches_and_fields_are_the_same(void **state)
{
    (void)state;
    const unsigned wa = AUDIT_MAY_WRITE | AUDIT_MAY_CHANGE, every = wa | AUDIT_MAY_READ | AUDIT_MAY_EXECUTE;
    assert_rule("-w /etc/docker/ -p wa -k docker", "/etc/docker", true, wa, "docker");
    assert_rule("-w /etc/docker/daemon.json -p wa", "/etc/docker/daemon.json", false, wa, NULL);
    assert_rule("-w /etc/docker", "/etc/docker", true, every, NULL);
    assert_rule("-a always,exit -F dir=/etc/docker -F perm=wa -F key=a", "/etc/docker", true, wa, "a");
    assert_rule("-a exit,always -S all -F path=\"/etc/docker\" -F perm=wa -k \"two words\"", "/etc/docker", false, wa,
                "two words");
    /* The last component is not followed, the directories are. */
    assert_rule("-w /usr/bin/runc -p wa", "/usr/bin/runc", false, wa, NULL);
    assert_rule("-w /sbin/runc -p wa", "/usr/sbin/runc", false, wa, NULL);
    assert_rule("-a never,task", NULL, false, every, NULL);
}

static void limits_are_kept(void **state)
{
    (void)state;
    static const char *const limited[] = {
        "-a always,exit -F path=/etc -F auid>=1000",
        "-a always,exit -S open -F path=/etc",
        "-a always,exit -F path=/etc -C uid!=euid",
        "-a always,exit -S some -F path=/etc",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(limited); i++) {
        struct audit_rule *rule = parse(limited[i]);
        assert_int_equal(g_strv_length(rule->limits), 1);
        audit_rule_free(rule);
    }
}

static void what_is_no_rule(void **state)
{
    (void)state;
    static const char *const lines[] = {"",        "   ",    "# -w /etc -p wa",       "-D",
                                        "-b 8192", "-e 2",   "--backlog_wait_time 1", "-w",
                                        "-k x",    "w /etc", "-F path=/etc"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_null(parse(lines[i]));
}

static void loaded_and_configured_rules_are_joined(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("audit: {rules: ['-a always,exit -S all -F path=\"/etc/shadow\" -F perm=wa -F key=\"x\"']}\n"
             "files:\n"
             "  /etc/shadow: x\n"
             "  /etc/audit/rules.d/10-a.rules: \"-D\\n\\n-w /etc/shadow -p wa -k x\\n\"\n",
             "audit-rule", "{path: /etc/shadow}");
    const struct item *item = only_item(items);
    assert_declared(item, "audit-rule");
    assert_field(item, "recorded", "true");
    assert_field(item, "configured", "true");
    assert_field(item, "loaded", "true");
    assert_field(item, "enabled", "1");
    assert_field(item, "perms", "[\"w\",\"a\"]");
    assert_field(item, "key", "\"x\"");
    assert_field(item, "dir", "null");
    assert_field(item, "reason", "null");
    assert_source(item, "/etc/audit/rules.d/10-a.rules", 3);
}

static void configured_is_not_in_force(void **state)
{
    (void)state;
    pl_auto(items) items = look("audit: {rules: []}\n"
                                "files: {/etc/shadow: x, /etc/audit/audit.rules: \"-w /etc -p wa\\n\"}\n",
                                "audit-rule", "{path: [/etc/shadow, /etc/gone]}");
    const struct item *item = only_item(items);
    assert_field(item, "recorded", "false");
    assert_field(item, "configured", "true");
    assert_field(item, "loaded", "false");
    assert_field(item, "dir", "\"/etc\"");
    assert_field(item, "reason", "\"configured, not in force: the kernel has not loaded the rule\"");
}

static void a_silent_kernel_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("{audit: {error: not permitted}, files: {/etc/shadow: x}}", "audit-rule", "{path: /etc/shadow}");
    const struct item *item = only_item(items);
    assert_field(item, "recorded", "(unread)");
    assert_field(item, "loaded", "(unread)");
    assert_field(item, "configured", "false");
}

static void no_audit_is_not_applicable(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("{audit: {error: unsupported here}, files: {/etc/shadow: x}}", "audit-rule", "{path: /etc/shadow}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_NOTAPPLICABLE, "unsupported");
    pl_auto(items) nothing = look("audit: {error: unsupported here}", "audit-rule", "{path: /etc/shadow}");
    assert_nothing(nothing);
}

static void an_earlier_exception_hides(void **state)
{
    (void)state;
    pl_auto(items) items = look("audit: {rules: ['-a never,exit -S all -F path=/etc/shadow', '-w /etc/shadow -p wa']}\n"
                                "files: {/etc/shadow: x}\n",
                                "audit-rule", "{path: /etc/shadow}");
    assert_field(only_item(items), "recorded", "false");
    pl_auto(items) later = look("audit: {rules: ['-w /etc/shadow -p wa', '-a never,exit -S all -F path=/etc/shadow']}\n"
                                "files: {/etc/shadow: x}\n",
                                "audit-rule", "{path: /etc/shadow}");
    assert_field(only_item(later), "recorded", "true");
}

static void one_width_is_enough_where_there_is_no_other(void **state)
{
    (void)state;
    static const char rules[] = "audit: {rules: ['-a always,exit -F arch=b64 -S all -F path=/etc/shadow -F perm=wa']}\n"
                                "files: {/etc/shadow: x}\n";
    g_autofree char *narrow = g_strconcat(rules, "kernel: {release: 6.1.0, config: {CONFIG_BUG: y}}\n", NULL);
    pl_auto(items) items = look(narrow, "audit-rule", "{path: /etc/shadow}");
    assert_field(only_item(items), "recorded", "true");
    g_autofree char *wide = g_strconcat(rules, "kernel: {release: 6.1.0, config: {CONFIG_COMPAT: y}}\n", NULL);
    pl_auto(items) both = look(wide, "audit-rule", "{path: /etc/shadow}");
    assert_field(only_item(both), "recorded", "false");
    pl_auto(items) unknown = look(rules, "audit-rule", "{path: /etc/shadow}");
    assert_field(only_item(unknown), "recorded", "false");
}

static void programs_and_units(void **state)
{
    (void)state;
    pl_auto(items) items = look("audit: {rules: ['-w /opt/x/dockerd -p wa']}\n"
                                "files: {/opt/x/dockerd: x, /usr/bin/dockerd: x}\n"
                                "processes: [{pid: 9, comm: dockerd, exe: '/opt/x/dockerd (deleted)'}]\n",
                                "audit-rule", "{program: dockerd}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "path", "\"/opt/x/dockerd\"");
    assert_field(item_at(items, 0), "recorded", "true");
    assert_field(item_at(items, 1), "recorded", "false");
    pl_auto(items) unit = look("audit: {rules: []}\n"
                               "files:\n"
                               "  /usr/lib/systemd/system/docker.service: \"[Service]\\nExecStart=/x\\n\"\n"
                               "  /etc/systemd/system/docker.service.d/a.conf: \"[Service]\\nUser=a\\n\"\n",
                               "audit-rule", "{unit: docker.service}");
    assert_int_equal(unit->list->len, 2);
    assert_field(item_at(unit, 1), "path", "\"/etc/systemd/system/docker.service.d/a.conf\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watches_and_fields_are_the_same),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(what_is_no_rule),
        cmocka_unit_test(loaded_and_configured_rules_are_joined),
        cmocka_unit_test(configured_is_not_in_force),
        cmocka_unit_test(a_silent_kernel_is_unread),
        cmocka_unit_test(no_audit_is_not_applicable),
        cmocka_unit_test(an_earlier_exception_hides),
        cmocka_unit_test(one_width_is_enough_where_there_is_no_other),
        cmocka_unit_test(programs_and_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
