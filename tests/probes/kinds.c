/* What hindered keeps its kind on the way from a fact to what is shown: unknown or an error, and whether root could see
 * it. A text would have lost both. */
#include "settings.h"

#define DOCKERD                                                                                                        \
    "processes:\n- {pid: 1, ppid: 0, comm: systemd, exe: /usr/lib/systemd/systemd}\n"                                  \
    "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd], start: 900}\n"
#define K3S                                                                                                            \
    "processes:\n- {pid: 1, ppid: 0, comm: init}\n"                                                                    \
    "- {pid: 5, ppid: 1, comm: k3s-server, exe: /usr/local/bin/k3s, argv: [/usr/local/bin/k3s, server]}\n"
#define SSHD(pid, option)                                                                                              \
    "- {pid: " pid ", ppid: 1, comm: sshd, exe: /usr/sbin/sshd, argv: [/usr/sbin/sshd, -D, -o, " option "]}\n"
#define STARTS(unit, command)                                                                                          \
    "  /usr/bin/dockerd: {content: x, mode: \"0755\"}\n"                                                               \
    "  /etc/systemd/system/" unit ": |\n    [Service]\n    ExecStart=" command "\n"                                    \
    "    [Install]\n    WantedBy=multi-user.target\n"                                                                  \
    "  /etc/systemd/system/multi-user.target.wants/" unit ": {type: symlink, target: ../" unit "}\n"
#define PLAIN(host)  "privileged: false\n" host
#define SETTING(key) "setting", "{daemon: dockerd, key: " key "}"
#define WITH_RUNC    "packages: [{name: runc, version: 1.1.5+ds1-1+deb12u1}]\nfiles:\n  /usr/share/doc/runc/"
#define RUNC                                                                                                           \
    "vulnerability", "{software: runc, cve: [CVE-2024-21626], affected: [\">=1.0.0-rc93 <1.1.12\"], unclear: []}"

static const struct row {
    const char *host, *probe, *object;
    const char *field; /* NULL: a problem of the whole look */
    const char *part;
    enum problem_kind kind;
    bool root; /* root could see it */
} rows[] = {
    /* A process's environment. */
    {DOCKERD "files: {/proc/5/environ: {content: '', denied: true}}\n", SETTING("tlsverify"), "value",
     "/proc/5/environ", PROBLEM_UNKNOWN, true},
    {DOCKERD "files: {/proc/5/environ: {type: dir}}\n", SETTING("tlsverify"), "value", "/proc/5/environ", PROBLEM_ERROR,
     false},
    /* Nobody's rights would show what k3s keeps to itself. */
    {PLAIN(K3S), "setting", "{daemon: kube-scheduler, key: profiling}", NULL, "does not show its settings",
     PROBLEM_UNKNOWN, false},
    /* The unit that starts it. */
    {PLAIN(
         "files:\n" STARTS("docker.service", "/usr/bin/dockerd $A") "  /etc/systemd/system.conf: {content: x, denied: "
                                                                    "true}\n"),
     SETTING("icc"), NULL, "/etc/systemd/system.conf", PROBLEM_UNKNOWN, true},
    {PLAIN("files:\n" STARTS("docker.service", "/usr/bin/dockerd $PATH")), SETTING("icc"), NULL, "systemd itself sets",
     PROBLEM_UNKNOWN, false},
    {"files:\n" STARTS("docker.service", "/usr/bin/dockerd $A\n    Environment=\"A"), SETTING("icc"), NULL,
     "cannot be taken apart", PROBLEM_ERROR, false},
    /* Values. */
    {KUBELET(", --anonymous-auth=perhaps"), "setting", "{daemon: kubelet, key: authentication.anonymous.enabled}",
     "value", "is no", PROBLEM_ERROR, false},
    {DOCKERD "files: {/etc/docker/daemon.json: '{}', /proc/stat: {content: '', denied: true}}\n", SETTING("icc"),
     "in_force", "/proc/stat", PROBLEM_UNKNOWN, true},
    {DOCKERD "files: {/etc/docker/daemon.json: '{}', /proc/stat: \"cpu 1\\n\"}\n", SETTING("icc"), "in_force",
     "/proc/stat", PROBLEM_ERROR, false},
    /* When it started, and by what. */
    {PLAIN(DOCKERD "files: {/proc/stat: {content: '', denied: true}}\n"), "daemon", "{name: dockerd}", "started",
     "/proc/stat", PROBLEM_UNKNOWN, true},
    {PLAIN("processes:\n- {pid: 1, ppid: 0, comm: systemd, exe: /x}\n- {pid: 5, ppid: 1, comm: dockerd, exe: "
           "/usr/bin/dockerd, argv: [dockerd]}\nfiles: {/proc/5/cgroup: {content: '', denied: true}}\n"),
     "daemon", "{name: dockerd}", "config_files", "/proc/5/cgroup", PROBLEM_UNKNOWN, true},
    /* Units. */
    {PLAIN(
         "files:\n" STARTS("a.service", "/x") "  /etc/systemd/system/a.service.d/b.conf: {content: x, denied: true}\n"),
     "unit", "{name: a.service}", "starts", "b.conf", PROBLEM_UNKNOWN, true},
    {PLAIN("processes: [{pid: 1, ppid: 0, comm: systemd}]\nfiles:\n" STARTS(
         "a.service", "/x") "  /proc/1/cgroup: {content: '', denied: true}\n"),
     "unit", "{name: a.service}", "active", "/proc/1/cgroup", PROBLEM_UNKNOWN, true},
    {PLAIN("processes: [{pid: 1, ppid: 0, comm: systemd, cgroup: \"0::/init.scope\\n\"}]\n"
           "files:\n  /etc/systemd/system/a.device: \"[Unit]\\n\"\n"),
     "unit", "{name: a.device}", "active", "leave no trace", PROBLEM_UNKNOWN, false},
    /* sshd. */
    {PLAIN("files: {/etc/ssh/sshd_config: \"Port 22\\n\", /etc/default/ssh: {content: '', denied: true}}\n"), "sshd",
     "{keyword: PermitRootLogin}", "value", "/etc/default/ssh", PROBLEM_UNKNOWN, true},
    {PLAIN("files: {/etc/ssh/sshd_config: \"Port 22\\n\"}\nprocesses:\n- {pid: 1, ppid: 0, comm: init}\n" SSHD(
         "5", "PermitRootLogin=no") SSHD("6", "PermitRootLogin=yes")),
     "sshd", "{keyword: UsePAM}", "value", "a second sshd", PROBLEM_UNKNOWN, false},
    /* Vulnerabilities. */
    {PLAIN(WITH_RUNC "changelog.Debian.gz: {content: x, denied: true}\n"), RUNC, "fixed", "changelog.Debian.gz",
     PROBLEM_UNKNOWN, true},
    {WITH_RUNC "changelog.Debian.gz: x\n", RUNC, "fixed", "is no whole gzip file", PROBLEM_ERROR, false},
    {PLAIN("files: {/usr/sbin/runc: {content: x, denied: true}}\n"), RUNC, "version", "/usr/sbin/runc", PROBLEM_UNKNOWN,
     true},
    /* Docker's engines. */
    {PLAIN("processes: [{pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd]}]\n"
           "files: {/proc/5/cmdline: {content: '', denied: true}}\n"),
     "docker", "{list: info, key: LiveRestoreEnabled}", NULL, "/proc/5/cmdline", PROBLEM_UNKNOWN, true},
};

static const struct problem *of_row(const struct row *row, const struct items *items)
{
    if (row->field)
        return items->list->len ? item_hindrance(items->list->pdata[0], row->field) : NULL;
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = items->problems->pdata[i];
        if (strstr(problem->reason, row->part))
            return problem;
    }
    return items->problems->len ? items->problems->pdata[0] : NULL;
}

static void each_keeps_its_kind(void **state)
{
    (void)state;
    guint wrong = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        pl_auto(items) items = look_shipped(row->host, row->probe, row->object);
        const struct problem *problem = of_row(row, items);
        bool root = problem && g_strcmp0(problem->remediation, RUN_AS_ROOT) == 0;
        if (problem && problem->kind == row->kind && root == row->root && strstr(problem->reason, row->part))
            continue;
        wrong++;
        print_error("row %zu: %s, kind %d, %s\n", i, problem ? problem->reason : "nothing hindered",
                    problem ? (int)problem->kind : -1, problem && problem->remediation ? problem->remediation : "-");
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_keeps_its_kind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
