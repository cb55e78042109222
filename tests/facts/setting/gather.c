#include "settings.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_win_over_dropins_over_the_file),
        cmocka_unit_test(the_last_flag_counts_and_lists_gather),
        cmocka_unit_test(a_bool_flag_takes_no_separate_value),
        cmocka_unit_test(etcd_takes_one_dash_and_variables),
        cmocka_unit_test(etcd_files_replace_everything),
        cmocka_unit_test(the_scheduler_ignores_some_flags),
        cmocka_unit_test(dockerd_letters_and_maps),
        cmocka_unit_test(empty_is_not_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
