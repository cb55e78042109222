#include "described.h"

#include "facts/daemon/boot.h"

/* A root that does not run; a test adds its files. */
#define ROOT "live: false\npackages: [docker.io]\nfiles:\n  /usr/bin/dockerd: {content: x, mode: '0755'}\n"
#define ENABLED                                                                                                        \
    "  /etc/systemd/system/multi-user.target.wants/docker.service: {type: symlink, target: ../docker.service}\n"
#define UNIT "  /etc/systemd/system/docker.service: "

/* The command line with which the only unit starts it, or why that is not known. */
static void assert_start(const char *files, const char *expected)
{
    g_autofree char *text = g_strconcat(ROOT ENABLED, files, NULL);
    pl_auto(host) host = inline_host(text);
    pl_auto(daemons) daemons = shipped_daemons();
    const struct daemon_boot *boot = daemon_boot_find(host, daemons_find(daemons, "dockerd"));
    assert_null(boot->error);
    assert_int_equal(boot->starts->len, 1);
    const struct daemon_start *start = g_ptr_array_index(boot->starts, 0);
    assert_string_equal(start->unit, "docker.service");
    g_autofree char *argv = start->argv ? g_strjoinv("|", start->argv) : g_strdup_printf("why: %s", start->why->reason);
    assert_string_equal(argv, expected);
}

/* Its command line is not known, and the reason has this part. */
static void assert_unknown(const char *files, const char *part)
{
    g_autofree char *text = g_strconcat(ROOT ENABLED, files, NULL);
    pl_auto(host) host = inline_host(text);
    pl_auto(daemons) daemons = shipped_daemons();
    const struct daemon_boot *boot = daemon_boot_find(host, daemons_find(daemons, "dockerd"));
    assert_int_equal(boot->starts->len, 1);
    const struct daemon_start *start = g_ptr_array_index(boot->starts, 0);
    if (start->argv || !strstr(start->why->reason, part))
        fail_msg("%s: %s", part, start->argv ? "is not in the way" : start->why->reason);
}

static void the_command_of_the_unit(void **state)
{
    (void)state;
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd -H fd://\\n\"\n", "/usr/bin/dockerd|-H|fd://");
    assert_start(UNIT "\"[Service]\\nExecStart=-+/usr/bin/dockerd 'a b'\\n\"\n", "/usr/bin/dockerd|a b");
    assert_start(UNIT "\"[Service]\\nExecStart=@/usr/bin/dockerd name -D\\n\"\n", "/usr/bin/dockerd|-D");
    assert_start(UNIT "\"[Service]\\nExecStart=dockerd %p-%%\\n\"\n", "dockerd|docker-%");
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd-current\\n\"\n"
                      "  /usr/bin/dockerd-current: {type: symlink, target: dockerd}\n",
                 "/usr/bin/dockerd-current");
}

static void its_variables(void **state)
{
    (void)state;
    const char *set = UNIT "\"[Service]\\nEnvironment=A='1 2' \\\"B=b  c\\\"\\nEnvironmentFile=-/e\\n"
                           "ExecStart=/usr/bin/dockerd $A ${A} x${B}y $$A $NONE ${NONE} $B\\n\"\n";
    assert_start(set, "/usr/bin/dockerd|1|2|1 2|xb  cy|$A||b|c");
    g_autofree char *file = g_strconcat(set, "  /e: \"B='z'\\n\"\n", NULL);
    assert_start(file, "/usr/bin/dockerd|1|2|1 2|xzy|$A||z");
    assert_start(UNIT "\"[Service]\\nEnvironment=A=1\\nExecStart=:/usr/bin/dockerd $A\\n\"\n", "/usr/bin/dockerd|$A");
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd $A\\n\"\n"
                      "  /etc/systemd/system.conf.d/a.conf: \"[Manager]\\nDefaultEnvironment=A=-D\\n\"\n",
                 "/usr/bin/dockerd|-D");
    assert_start(UNIT
                 "\"[Service]\\nEnvironment=A=1 B=2\\nUnsetEnvironment=A B=3\\nExecStart=/usr/bin/dockerd $A $B\\n\"\n",
                 "/usr/bin/dockerd|2");
}

static void what_cannot_be_told(void **state)
{
    (void)state;
    assert_start(UNIT "\"[Service]\\nEnvironmentFile=/e\\nExecStart=/usr/bin/dockerd $A\\n\"\n",
                 "why: $A in the command of docker.service is not known: /e: No such file or directory");
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd ${HOME}\\n\"\n",
                 "why: $HOME in the command of docker.service is not known: systemd itself sets a variable that it is "
                 "told");
    static const char *const environments[][3] = {
        {"EnvironmentFile=-/e", "  /e: {content: \"A=1\", denied: true}\n", "/e: Permission denied"},
        {"EnvironmentFile=-/e.d/*.conf", "  /e.d: {type: dir, denied: true}\n", "the first: /e.d"},
        {"EnvironmentFile=-/%H/e", "", "which file its environment comes from depends on the machine that runs it"},
        {"Environment=A=%H", "", "its environment depends on the machine that runs it"},
        {"Environment='A=1", "", "an assignment of its environment cannot be taken apart"},
        {"Environment=A=1", "  /etc/systemd/system.conf: {content: '', denied: true}\n",
         "system.conf: Permission denied"},
        {"Environment=A=1", "  /etc/systemd/system.conf.d: {type: dir, denied: true}\n",
         "system.conf.d: Permission denied"},
        {"Environment=A=1", "  /etc/systemd/system.conf.d/a.conf: {content: '', denied: true}\n",
         "a.conf: Permission denied"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(environments); i++) {
        g_autofree char *files = g_strdup_printf(UNIT "\"[Service]\\n%s\\nExecStart=/usr/bin/dockerd $A\\n\"\n%s",
                                                 environments[i][0], environments[i][1]);
        assert_unknown(files, environments[i][2]);
    }
    const char *hidden = "why: docker.service does not show with what command line it runs dockerd";
    assert_start(UNIT "\"[Service]\\nExecStart=/bin/sh -c 'exec dockerd -D'\\n\"\n", hidden);
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd %H\\n\"\n", hidden);
    assert_start(UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd 'x\\n\"\n", hidden);
    assert_start(UNIT "\"[Service]\\nRootDirectory=/srv\\nExecStart=/usr/bin/dockerd\\n\"\n",
                 "why: docker.service gives dockerd another root");
    assert_start(UNIT "\"[Service]\\nUser=ann\\nExecStart=/usr/bin/dockerd\\n\"\n",
                 "why: docker.service runs dockerd as another user");
}

static void assert_no_start(const char *host_text, bool installed)
{
    pl_auto(host) host = inline_host(host_text);
    pl_auto(daemons) daemons = shipped_daemons();
    const struct daemon_boot *boot = daemon_boot_find(host, daemons_find(daemons, "dockerd"));
    assert_null(boot->error);
    assert_int_equal(boot->starts->len, 0);
    assert_int_equal(boot->installed, installed);
}

static void what_does_not_start_it(void **state)
{
    (void)state;
    assert_no_start(ROOT UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd\\n\"\n", true);
    assert_no_start(ROOT ENABLED UNIT "\"[Service]\\nExecStart=/usr/bin/pkill dockerd\\n\"\n", true);
    assert_no_start(ROOT ENABLED UNIT "\"[Service]\\nExecStart=/bin/sh -c 'ls /etc/dockerd.d mydockerd'\\n\"\n", true);
    assert_no_start("live: false\nfiles:\n" ENABLED UNIT "\"[Service]\\nExecStart=/usr/bin/dockerd\\n\"\n", false);
}

static void every_instance_of_a_template(void **state)
{
    (void)state;
    const char *text = "live: false\n"
                       "files:\n"
                       "  /usr/bin/etcd: {content: x, mode: '0755'}\n"
                       "  /etc/systemd/system/etcd@.service: \"[Service]\\nExecStart=/usr/bin/etcd --name=%i\\n\"\n"
                       "  /etc/systemd/system/multi-user.target.wants/etcd@a.service: {type: symlink, target: "
                       "../etcd@.service}\n"
                       "  /etc/systemd/system/multi-user.target.wants/etcd@b.service: {type: symlink, target: "
                       "../etcd@.service}\n";
    pl_auto(items) items = look_shipped(text, "daemon", "{name: etcd}");
    assert_int_equal(items->list->len, 2);
    assert_string_equal(item_at(items, 0)->subject, "etcd at the next start (etcd@a.service)");
    assert_field(item_at(items, 1), "starts_by", "\"etcd@b.service\"");
    assert_field(item_at(items, 1), "running", "false");
    assert_declared(item_at(items, 0), "daemon");
}

static void an_init_script_hides_its_command_line(void **state)
{
    (void)state;
    const char *text = ROOT "  /etc/init.d/docker: \"#!/bin/sh\\nDOCKERD=/usr/bin/dockerd\\n\"\n"
                            "  /etc/rc3.d/S20docker: {type: symlink, target: ../init.d/docker}\n";
    pl_auto(items) items = look_shipped(text, "setting", "{daemon: dockerd, key: icc}");
    assert_int_equal(items->list->len, 0);
    assert_int_equal(items->problems->len, 1);
}

static void what_is_only_installed_says_so(void **state)
{
    (void)state;
    static const char *const looks[][2] = {{"daemon", "{name: dockerd}"}, {"setting", "{daemon: dockerd, key: icc}"}};
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        pl_auto(items) items = look_shipped(ROOT, looks[i][0], looks[i][1]);
        assert_int_equal(items->list->len, 0);
        assert_int_equal(items->problems->len, 1);
        const struct problem *problem = g_ptr_array_index(items->problems, 0);
        assert_int_equal(problem->kind, PROBLEM_NOTAPPLICABLE);
        assert_string_equal(problem->reason, "dockerd is installed, not started at boot");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_only_installed_says_so),
        cmocka_unit_test(the_command_of_the_unit),
        cmocka_unit_test(its_variables),
        cmocka_unit_test(what_cannot_be_told),
        cmocka_unit_test(what_does_not_start_it),
        cmocka_unit_test(every_instance_of_a_template),
        cmocka_unit_test(an_init_script_hides_its_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
