#include "described.h"

#define ID "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

#define KUBELET(arguments)                                                                                             \
    "processes: [{pid: 9, ppid: 1, comm: kubelet, exe: /usr/bin/kubelet, argv: [/usr/bin/kubelet" arguments "]}]\n"
#define CONFIG(text) "files: {/k.yaml: '" text "'}\n"

static void assert_value(const char *host, const char *daemon, const char *key, const char *value, const char *origin)
{
    g_autofree char *object = g_strdup_printf("{daemon: %s, key: %s}", daemon, key);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", origin);
    pl_auto(items) items = look_shipped(host, "setting", object);
    const struct item *item = only_item(items);
    assert_field(item, "value", value);
    assert_field(item, "origin", quoted);
    assert_field(item, "set", g_str_equal(origin, "default") ? "false" : "true");
    assert_declared(item, "setting");
}

static void nothing_runs_and_nothing_is_configured(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("{}", "setting", "{daemon: dockerd, key: icc}");
    assert_nothing(items);
}

static void a_file_without_a_process(void **state)
{
    (void)state;
    const char *host = "files: {/etc/docker/daemon.json: \"{\\n \\\"icc\\\": false}\"}";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "false");
    assert_field(item, "pid", "null");
    assert_source(item, "/etc/docker/daemon.json", 2);
    assert_value(host, "dockerd", "live-restore", "false", "default");
}

static void kubelet_defaults_depend_on_the_file(void **state)
{
    (void)state;
    const char *bare = KUBELET("");
    assert_value(bare, "kubelet", "authentication.anonymous.enabled", "true", "default");
    assert_value(bare, "kubelet", "readOnlyPort", "10255", "default");
    assert_value(bare, "kubelet", "authorization.mode", "\"AlwaysAllow\"", "default");
    const char *with = KUBELET(", --config=/k.yaml") CONFIG("kind: KubeletConfiguration");
    assert_value(with, "kubelet", "authentication.anonymous.enabled", "false", "default");
    assert_value(with, "kubelet", "readOnlyPort", "0", "default");
    assert_value(with, "kubelet", "authorization.mode", "\"Webhook\"", "default");
}

static void dropins_alone_keep_the_weak_defaults(void **state)
{
    (void)state;
    const char *host =
        KUBELET(", --config-dir=/d") "files: {/d/a.conf: 'readOnlyPort: 5', /d/b.conf: 'readOnlyPort: 6',"
                                     " /d/c.yaml: 'readOnlyPort: 7'}\n";
    assert_value(host, "kubelet", "readOnlyPort", "6", "drop-in");
    assert_value(host, "kubelet", "authentication.webhook.enabled", "false", "default");
}

static void flags_win_over_dropins_over_the_file(void **state)
{
    (void)state;
    const char *host =
        KUBELET(", --config, /k.yaml, --config-dir, /d, --read_only_port=0") "files: {/k.yaml: 'readOnlyPort: 1', "
                                                                             "/d/x.conf: 'readOnlyPort: 2'}\n";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: kubelet, key: readOnlyPort}");
    const struct item *item = only_item(items);
    assert_field(item, "value", "0");
    assert_field(item, "losing", "[\"file /k.yaml:1 1\",\"drop-in /d/x.conf:1 2\"]");
    assert_string_equal(item->source.process, "kubelet (pid 9)");
}

static void a_null_in_a_dropin_takes_the_branch_back(void **state)
{
    (void)state;
    const char *host =
        KUBELET(", --config=/k.yaml, --config-dir=/d") "files: {/k.yaml: 'authentication: {anonymous: {enabled: "
                                                       "true}}', /d/x.conf: 'authentication: null'}\n";
    assert_value(host, "kubelet", "authentication.anonymous.enabled", "false", "default");
}

static void a_zero_in_the_file_is_the_default(void **state)
{
    (void)state;
    const char *file = KUBELET(", --config=/k.yaml") CONFIG("streamingConnectionIdleTimeout: 0s");
    assert_value(file, "kubelet", "streamingConnectionIdleTimeout", "14400", "default");
    const char *flag = KUBELET(", --streaming-connection-idle-timeout=0");
    assert_value(flag, "kubelet", "streamingConnectionIdleTimeout", "0", "flag");
    const char *proxy = "processes: [{pid: 9, comm: kube-proxy, argv: [kube-proxy, --config=/p]}]\n"
                        "files: {/p: 'metricsBindAddress: \"\"'}\n";
    assert_value(proxy, "kube-proxy", "metricsBindAddress", "\"127.0.0.1:10249\"", "default");
}

static void the_last_flag_counts_and_lists_gather(void **state)
{
    (void)state;
    assert_value(KUBELET(", --read-only-port=1, --read-only-port, 2"), "kubelet", "readOnlyPort", "2", "flag");
    assert_value(KUBELET(", '--tls-cipher-suites=A,B', --tls-cipher-suites=C"), "kubelet", "tlsCipherSuites",
                 "[\"A\",\"B\",\"C\"]", "flag");
    assert_value(KUBELET(", '--feature-gates=A=true,B=false', --feature-gates=B=true, --config=/k.yaml")
                     CONFIG("featureGates: {C: true, A: false}"),
                 "kubelet", "featureGates", "{\"A\":true,\"B\":true,\"C\":true}", "flag");
}

static void a_bool_flag_takes_no_separate_value(void **state)
{
    (void)state;
    assert_value(KUBELET(", --anonymous-auth, 'false'"), "kubelet", "authentication.anonymous.enabled", "true", "flag");
    assert_value(KUBELET(", --anonymous-auth=0"), "kubelet", "authentication.anonymous.enabled", "false", "flag");
    assert_value(KUBELET(", --, --anonymous-auth=0"), "kubelet", "authentication.anonymous.enabled", "true", "default");
}

static void a_value_of_a_wrong_type_is_unread(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped(KUBELET(", --anonymous-auth=perhaps"), "setting",
                                        "{daemon: kubelet, key: authentication.anonymous.enabled}");
    assert_field(only_item(items), "value", "(unread)");
}

static void unreadable_files_are_never_defaults(void **state)
{
    (void)state;
    const char *object = "{daemon: kubelet, key: readOnlyPort}";
    pl_auto(items) missing = look_shipped(KUBELET(", --config=/gone"), "setting", object);
    assert_problem(missing, PROBLEM_ERROR, "/gone");
    pl_auto(items) broken = look_shipped(KUBELET(", --config=/k.yaml") CONFIG("a: [b"), "setting", object);
    assert_problem(broken, PROBLEM_ERROR, "/k.yaml");
    pl_auto(items) denied = look_shipped(
        KUBELET(", --config=/k.yaml") "files: {/k.yaml: {content: 'a: b', denied: true}}\n", "setting", object);
    assert_problem(denied, PROBLEM_UNKNOWN, "/k.yaml");
    assert_int_equal(denied->list->len, 0);
}

static void an_embedded_kubelet_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("processes: [{pid: 9, comm: k3s-server, argv: ['k3s server']}]", "setting",
                                        "{daemon: kubelet, key: readOnlyPort}");
    assert_problem(items, PROBLEM_UNKNOWN, "inside k3s-server");
    const char *kubelite = "processes: [{pid: 9, comm: kubelite, argv: [/snap/kubelite]}]\n"
                           "files: {/var/snap/microk8s/current/args/kubelet: "
                           "\"# c\\n--read-only-port=3\\n--client-ca-file=${SNAP_DATA}/certs/ca.crt\\n\"}\n";
    assert_value(kubelite, "kubelet", "readOnlyPort", "3", "flag");
    assert_value(kubelite, "kubelet", "authentication.x509.clientCAFile", "\"/var/snap/microk8s/current/certs/ca.crt\"",
                 "flag");
}

static void versions_choose_defaults(void **state)
{
    (void)state;
    const char *object = "{daemon: kubelet, key: eventRecordQPS}";
    pl_auto(items) unknown = look_shipped(KUBELET(""), "setting", object);
    assert_field(only_item(unknown), "value", "(unread)");
    assert_value(KUBELET("") "packages: [{name: kubelet, version: 1.30.2-1.1}]\n", "kubelet", "eventRecordQPS", "50",
                 "default");
    assert_value(KUBELET("") "packages: [{name: kubelet, version: 1.26.0-00}]\n", "kubelet", "eventRecordQPS", "5",
                 "default");
    assert_value(KUBELET(", --event-qps=9"), "kubelet", "eventRecordQPS", "9", "flag");
}

#define ETCD(arguments, rest) "processes: [{pid: 9, comm: etcd, argv: [etcd" arguments "]" rest "}]\n"

static void etcd_takes_one_dash_and_variables(void **state)
{
    (void)state;
    const char *key = "client-transport-security.client-cert-auth";
    assert_value(ETCD(", -client-cert-auth", ", environ: {A: b}"), "etcd", key, "true", "flag");
    assert_value(ETCD("", ", environ: {ETCD_CLIENT_CERT_AUTH: 'true'}"), "etcd", key, "true", "environment");
    assert_value(ETCD(", --client-cert-auth=false", ", environ: {ETCD_CLIENT_CERT_AUTH: 'true'}"), "etcd", key, "false",
                 "flag");
    assert_value(ETCD("", ", environ: {A: b}"), "etcd", key, "false", "default");
}

static void etcd_files_replace_everything(void **state)
{
    (void)state;
    const char *host = ETCD(", --config-file=/e, --client-cert-auth",
                            ", environ: {ETCD_AUTO_TLS: 'true'}") "files: {/e: 'data-dir: /data'}\n";
    assert_value(host, "etcd", "client-transport-security.client-cert-auth", "false", "default");
    assert_value(host, "etcd", "client-transport-security.auto-tls", "false", "default");
    assert_value(host, "etcd", "data-dir", "\"/data\"", "file");
    const char *named = ETCD("", ", environ: {ETCD_CONFIG_FILE: /e}") "files: {/e: 'data-dir: /x'}\n";
    assert_value(named, "etcd", "data-dir", "\"/x\"", "file");
}

static void the_scheduler_ignores_some_flags(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, comm: kube-scheduler, argv: [kube-scheduler, --config=/s,"
                       " --profiling=false, --bind-address=127.0.0.1]}]\nfiles: {/s: 'a: b'}\n";
    assert_value(host, "kube-scheduler", "profiling", "true", "default");
    assert_value(host, "kube-scheduler", "bind-address", "\"127.0.0.1\"", "flag");
}

static void dockerd_letters_and_maps(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, -Dl, debug, -H,"
                       " 'fd://', --host=tcp://0.0.0.0:2375, --default-ulimit, 'nofile=1:2', --icc=false]}]\n";
    assert_value(host, "dockerd", "log-level", "\"debug\"", "flag");
    assert_value(host, "dockerd", "debug", "true", "flag");
    assert_value(host, "dockerd", "hosts", "[\"fd://\",\"tcp://0.0.0.0:2375\"]", "flag");
    assert_value(host, "dockerd", "default-ulimits", "{\"nofile\":\"1:2\"}", "flag");
    assert_value(host, "dockerd", "icc", "false", "flag");
    assert_value(host, "dockerd", "userns-remap", "null", "default");
}

static void empty_is_not_set(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, comm: dockerd, argv: [dockerd, --userns-remap=]}]\n";
    assert_value(host, "dockerd", "userns-remap", "null", "default");
}

static void rootless_reads_the_users_file(void **state)
{
    (void)state;
    const char *host = "processes: [{pid: 9, uid: 1000, comm: dockerd, argv: [dockerd], environ: {HOME: /home/u}}]\n"
                       "files: {/home/u/.config/docker/daemon.json: '{\"icc\": false}',"
                       " /etc/docker/daemon.json: '{\"icc\": true}'}\n";
    assert_value(host, "dockerd", "icc", "false", "file");
}

static void containerd_sections_by_version_of_the_file(void **state)
{
    (void)state;
    const char *v2 = "files: {/etc/containerd/config.toml: \"version = 2\\nimports = ['/i/*.toml']\\n"
                     "[plugins.'io.containerd.grpc.v1.cri']\\nenable_selinux = true\\n\","
                     " /i/x.toml: \"[plugins.'io.containerd.grpc.v1.cri']\\ndisable_apparmor = true\\n\"}\n"
                     "packages: [{name: containerd, version: 2.1.0}]\n";
    assert_value(v2, "containerd", "cri.enable_selinux", "true", "file");
    assert_value(v2, "containerd", "cri.disable_apparmor", "true", "drop-in");
    const char *v3 = "files: {/etc/containerd/config.toml: \"version = 3\\n"
                     "[plugins.'io.containerd.cri.v1.runtime']\\nenable_selinux = true\\n\"}\n";
    assert_value(v3, "containerd", "cri.enable_selinux", "true", "file");
}

#define JOURNALD                                                                                                       \
    "processes: [{pid: 9, comm: systemd-journal, exe: /lib/systemd/systemd-journald,"                                  \
    " argv: [/lib/systemd/systemd-journald]}]\n"

static void systemd_dropins_mask_and_reset(void **state)
{
    (void)state;
    const char *host =
        JOURNALD "files:\n"
                 "  /etc/systemd/journald.conf: \"[Journal]\\nStorage=volatile\\n\"\n"
                 "  /usr/lib/systemd/journald.conf.d/10-a.conf: \"[Journal]\\nStorage=none\\n\"\n"
                 "  /etc/systemd/journald.conf.d/10-a.conf: \"[Journal]\\nStorage=persistent\\nCompress=\\n\"\n"
                 "  /run/systemd/journald.conf.d/05-z.conf: \"[Journal]\\nStorage=auto\\nCompress=no\\n\"\n";
    assert_value(host, "journald", "Journal.Storage", "\"persistent\"", "drop-in");
    assert_value(host, "journald", "Journal.Compress", "\"yes\"", "default");
    const char *masked = "files:\n"
                         "  /usr/lib/systemd/journald.conf.d/x.conf: \"[Journal]\\nStorage=none\\n\"\n"
                         "  /etc/systemd/journald.conf.d/x.conf: {type: symlink, target: /dev/null}\n" JOURNALD;
    assert_value(masked, "journald", "Journal.Storage", "\"auto\"", "default");
}

static void defaults_by_distribution(void **state)
{
    (void)state;
    assert_value(JOURNALD "files: {/etc/os-release: \"ID=ubuntu\\nID_LIKE=debian\\n\"}\n", "journald",
                 "Journal.ForwardToSyslog", "true", "default");
    assert_value(JOURNALD "files: {/etc/os-release: \"ID=\\\"rhel\\\"\\n\"}\n", "journald", "Journal.ForwardToSyslog",
                 "false", "default");
    pl_auto(items) unknown = look_shipped(JOURNALD, "setting", "{daemon: journald, key: Journal.ForwardToSyslog}");
    assert_field(only_item(unknown), "value", "(unread)");
}

static void defaults_by_control_groups(void **state)
{
    (void)state;
    const char *key = "default-cgroupns-mode";
    assert_value("files: {/etc/docker/daemon.json: '{}', /sys/fs/cgroup/cgroup.controllers: ''}", "dockerd", key,
                 "\"private\"", "default");
    assert_value("files: {/etc/docker/daemon.json: '{}', /sys/fs/cgroup/pids: {type: dir}}", "dockerd", key, "\"host\"",
                 "default");
}

static void the_image_of_a_static_pod_tells_the_version(void **state)
{
    (void)state;
    const char *host =
        "processes: [{pid: 9, comm: kube-apiserver, argv: [kube-apiserver], ns: {mnt: 7},"
        " cgroup: \"0::/kubepods/pod1/" ID "\\n\"}]\n"
        "files: {/run/containerd/io.containerd.runtime.v2.task/k8s.io/" ID "/config.json: "
        "'{\"annotations\": {\"io.kubernetes.cri.image-name\": \"registry.k8s.io/kube-apiserver:%s\"}}'}\n";
    g_autofree char *old = g_strdup_printf(host, "v1.30.1"), *new = g_strdup_printf(host, "v1.36.0");
    assert_value(old, "kube-apiserver", "audit-log-maxage", "0", "default");
    assert_value(new, "kube-apiserver", "audit-log-maxage", "366", "default");
}

static void helpers_are_not_instances(void **state)
{
    (void)state;
    const char *host = "processes:\n"
                       "- {pid: 9, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd]}\n"
                       "- {pid: 10, ppid: 9, comm: exe, exe: /usr/bin/dockerd, argv: [docker-untar, /]}\n"
                       "- {pid: 11, ppid: 1, comm: dockerd, exe: /opt/dockerd, argv: [dockerd, --icc=false]}\n";
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    assert_int_equal(items->list->len, 2);
    assert_string_equal(item_at(items, 0)->subject, "dockerd (pid 9)");
    assert_field(item_at(items, 1), "value", "false");
}

static void further_settings_of_the_same_instance(void **state)
{
    (void)state;
    static const char host[] =
        "files: {/etc/docker/daemon.json: '{\"tls\": true}'}\n"
        "processes:\n"
        "- {pid: 1, ppid: 0, comm: init}\n"
        "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --icc=false]}\n"
        "- {pid: 6, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --tlsverify, --data-root=/d]}\n";
    pl_auto(items) items =
        look_shipped(host, "setting", "{daemon: dockerd, key: icc, with: [tls, tlsverify, data-root, tlscacert]}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "value", "false");
    assert_field(item_at(items, 0), "with.tls", "true");
    assert_field(item_at(items, 0), "with.tlsverify", "false");
    assert_field(item_at(items, 0), "with.data-root", "null");
    assert_field(item_at(items, 1), "value", "true");
    assert_field(item_at(items, 1), "with.tlsverify", "true");
    assert_field(item_at(items, 1), "with.data-root", "\"/d\"");
    /* It has no default, and nobody set it. */
    assert_non_null(g_hash_table_lookup(item_at(items, 1)->unread, "with.tlscacert"));
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *object = yaml("{daemon: dockerd, key: icc, with: [tls, nonsense]}");
    pl_auto(daemons) daemons = shipped_daemons();
    assert_false(probe_find("setting")->check(object, daemons, &error));
    assert_string_equal(error->message, "daemon \"dockerd\" has no key \"nonsense\"");
}

static void what_is_newer_than_the_process_may_not_be_in_force(void **state)
{
    (void)state;
    static const char host[] =
        "files: {/etc/docker/daemon.json: {content: '{\"tls\": true}', mtime: 1700009999}}\n"
        "processes:\n"
        "- {pid: 5, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd, --icc=false]}\n";
    pl_auto(items) flag = look_shipped(host, "setting", "{daemon: dockerd, key: icc, with: [tls]}");
    assert_field(only_item(flag), "in_force", "true");
    assert_field(only_item(flag), "with.tls", "true");
    pl_auto(items) file = look_shipped(host, "setting", "{daemon: dockerd, key: tls}");
    assert_field(only_item(file), "value", "true");
    assert_field(only_item(file), "in_force", "(unread)");
    pl_auto(items) unset = look_shipped(host, "setting", "{daemon: dockerd, key: debug}");
    assert_field(only_item(unset), "in_force", "(unread)");
    static const char idle[] = "files: {/etc/docker/daemon.json: {content: '{\"tls\": true}', mtime: 1700009999}}\n";
    pl_auto(items) configured = look_shipped(idle, "setting", "{daemon: dockerd, key: tls}");
    assert_field(only_item(configured), "in_force", "true");
}

static void objects_are_checked(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = shipped_daemons();
    pl_autojson json_object *daemon = yaml("{daemon: nothing, key: icc}");
    pl_autojson json_object *key = yaml("{daemon: dockerd, key: iccc}");
    g_autoptr(GError) first = NULL;
    g_autoptr(GError) second = NULL;
    assert_false(probe_find("setting")->check(daemon, daemons, &first));
    assert_false(probe_find("setting")->check(key, daemons, &second));
    assert_non_null(strstr(second->message, "iccc"));
}

#define PEOPLE                                                                                                         \
    "  /etc/passwd: 'root:x:0:0::/root:/bin/sh\n\n  a:x:7:7::/srv/a:/bin/sh\n\n  b:x:8:8::/srv/b/:/bin/sh\n\n'\n"      \
    "  /root: {type: dir}\n  /srv/a: {type: dir}\n  /srv/b: {type: dir}\n"
#define TOOL                                                                                                           \
    "daemon: tool\ntitle: Tool\ntools: [/usr/bin/tool]\nconfig:\n  path: /usr/share/tool.conf\n  format: toml\n"       \
    "  dropins: [/etc/tool.conf]\n  user_dropins: [tool/tool.conf, tool/tool.conf.d/*.conf]\n"                         \
    "keys:\n  n: {type: number, default: 1}\n  list: {type: list, appends: true, default: [x]}\n"                      \
    "  other: {type: list, appends: true}\n  registry: {type: map, by: [prefix, location], default: {}}\n"             \
    "  paths: {type: map, default: {d: [/d]}}\n"
#define OWN_FILE                                                                                                       \
    "daemon: tool\ntitle: Tool\ntools: [/usr/bin/tool]\nconfig:\n  path: /etc/tool.conf\n  format: toml\n"             \
    "  dropins: [/etc/tool.conf.d/*]\n  user_path: tool.conf\n  user_dropins: tool.conf.d/*\n"                         \
    "keys:\n  n: {type: number, default: 1}\n"

static struct items *look_tool(const char *description, const char *host, const char *object)
{
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    if (!describe(daemons, "tool.yaml", description, &error))
        fail_msg("%s", error->message);
    return look_described(daemons, host, "setting", object);
}

static void a_tool_needs_no_process(void **state)
{
    (void)state;
    pl_auto(items) gone = look_tool(TOOL, "{}", "{daemon: tool, key: n}");
    assert_nothing(gone);
    pl_auto(items) installed = look_tool(TOOL, "files: {/usr/bin/tool: ''}", "{daemon: tool, key: n}");
    assert_field(only_item(installed), "value", "1");
    assert_field(only_item(installed), "origin", "\"default\"");
    assert_field(only_item(installed), "user", "null");
    assert_declared(only_item(installed), "setting");
}

static void each_account_with_a_file_is_an_instance(void **state)
{
    (void)state;
    const char *host =
        "files:\n" PEOPLE "  /etc/tool.conf: 'n = 2'\n  /srv/b/.config/tool/tool.conf.d/x.conf: 'n = 3'\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "value", "2");
    assert_string_equal(item_at(items, 1)->subject, "tool of b");
    assert_field(item_at(items, 1), "value", "3");
    assert_field(item_at(items, 1), "user", "\"b\"");
    assert_field(item_at(items, 1), "losing", "[\"drop-in /etc/tool.conf:1 2\"]");
    assert_source(item_at(items, 1), "/srv/b/.config/tool/tool.conf.d/x.conf", 1);
}

static void an_own_file_stands_instead_of_the_systems(void **state)
{
    (void)state;
    const char *host = "files:\n" PEOPLE "  /etc/tool.conf: 'n = 2'\n  /etc/tool.conf.d/a: 'n = 4'\n"
                       "  /srv/a/.config/tool.conf: ''\n  /srv/b/.config/tool.conf.d/a: ''\n";
    pl_auto(items) items = look_tool(OWN_FILE, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "value", "4");
    assert_field(item_at(items, 1), "value", "1");
    assert_field(item_at(items, 2), "value", "4");
}

static void homes_that_cannot_be_looked_into(void **state)
{
    (void)state;
    const char *host = "files:\n" PEOPLE "  /srv/a/.config: {type: dir, denied: true}\n  /usr/bin/tool: ''\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: n}");
    assert_int_equal(items->list->len, 1);
    assert_problem(items, PROBLEM_UNKNOWN, "/srv/a/.config");
}

static void lists_append_when_told(void **state)
{
    (void)state;
    const char *host =
        "files: {/usr/share/tool.conf: 'list = [\"a\"]', /etc/tool.conf: 'list = [\"b\", {append=true}]'}";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: list}");
    assert_field(only_item(items), "value", "[\"a\",\"b\"]");
    const char *first = "files: {/etc/tool.conf: 'list = [\"b\", {append=true}]'}";
    pl_auto(items) onto_default = look_tool(TOOL, first, "{daemon: tool, key: list}");
    assert_field(only_item(onto_default), "value", "[\"x\",\"b\"]");
    const char *unknown = "files: {/etc/tool.conf: 'other = [\"b\", {append=true}]'}";
    pl_auto(items) onto_unknown = look_tool(TOOL, unknown, "{daemon: tool, key: other}");
    assert_field(only_item(onto_unknown), "value", "(unread)");
    const char *back = "files: {/usr/share/tool.conf: 'list = [\"a\", {append=true}]', "
                       "/etc/tool.conf: 'list = [\"b\", {append=false}]'}";
    pl_auto(items) replaced = look_tool(TOOL, back, "{daemon: tool, key: list}");
    assert_field(only_item(replaced), "value", "[\"b\"]");
}

static void tables_become_a_map(void **state)
{
    (void)state;
    const char *host =
        "files:\n"
        "  /usr/share/tool.conf: \"[[registry]]\\nlocation = 'a.b'\\ninsecure = true\\n[[registry]]\\nprefix = 'c'\"\n"
        "  /etc/tool.conf: \"[[registry]]\\nprefix = 'c'\\ninsecure = true\\n[[registry]]\\nx = 1\"\n";
    pl_auto(items) items = look_tool(TOOL, host, "{daemon: tool, key: registry, member: '*.insecure'}");
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "member", "\"a.b.insecure\"");
    assert_source(item_at(items, 0), "/usr/share/tool.conf", 3);
    assert_source(item_at(items, 1), "/etc/tool.conf", 3);
    assert_declared(item_at(items, 0), "setting");
    pl_auto(items) paths =
        look_tool(TOOL, "files: {/etc/tool.conf: 'paths.e = [\"/e\"]'}", "{daemon: tool, key: paths, member: '*.*'}");
    assert_int_equal(paths->list->len, 2);
    assert_field(item_at(paths, 0), "set", "false");
    assert_field(item_at(paths, 1), "set", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_runs_and_nothing_is_configured),
        cmocka_unit_test(a_file_without_a_process),
        cmocka_unit_test(kubelet_defaults_depend_on_the_file),
        cmocka_unit_test(dropins_alone_keep_the_weak_defaults),
        cmocka_unit_test(flags_win_over_dropins_over_the_file),
        cmocka_unit_test(a_null_in_a_dropin_takes_the_branch_back),
        cmocka_unit_test(a_zero_in_the_file_is_the_default),
        cmocka_unit_test(the_last_flag_counts_and_lists_gather),
        cmocka_unit_test(a_bool_flag_takes_no_separate_value),
        cmocka_unit_test(a_value_of_a_wrong_type_is_unread),
        cmocka_unit_test(unreadable_files_are_never_defaults),
        cmocka_unit_test(an_embedded_kubelet_is_unknown),
        cmocka_unit_test(versions_choose_defaults),
        cmocka_unit_test(etcd_takes_one_dash_and_variables),
        cmocka_unit_test(etcd_files_replace_everything),
        cmocka_unit_test(the_scheduler_ignores_some_flags),
        cmocka_unit_test(dockerd_letters_and_maps),
        cmocka_unit_test(empty_is_not_set),
        cmocka_unit_test(rootless_reads_the_users_file),
        cmocka_unit_test(containerd_sections_by_version_of_the_file),
        cmocka_unit_test(systemd_dropins_mask_and_reset),
        cmocka_unit_test(defaults_by_distribution),
        cmocka_unit_test(defaults_by_control_groups),
        cmocka_unit_test(the_image_of_a_static_pod_tells_the_version),
        cmocka_unit_test(helpers_are_not_instances),
        cmocka_unit_test(further_settings_of_the_same_instance),
        cmocka_unit_test(what_is_newer_than_the_process_may_not_be_in_force),
        cmocka_unit_test(objects_are_checked),
        cmocka_unit_test(a_tool_needs_no_process),
        cmocka_unit_test(each_account_with_a_file_is_an_instance),
        cmocka_unit_test(an_own_file_stands_instead_of_the_systems),
        cmocka_unit_test(homes_that_cannot_be_looked_into),
        cmocka_unit_test(lists_append_when_told),
        cmocka_unit_test(tables_become_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
