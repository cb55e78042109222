#include "settings.h"

#define ID "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

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
        "'{\"annotations\": {\"io.kubernetes.cri.image-name\": \"registry.example/kube-apiserver:%s\"}}'}\n";
    g_autofree char *old = g_strdup_printf(host, "v1.30.1"), *new = g_strdup_printf(host, "v1.36.0");
    assert_value(old, "kube-apiserver", "audit-log-maxage", "0", "default");
    assert_value(new, "kube-apiserver", "audit-log-maxage", "366", "default");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kubelet_defaults_depend_on_the_file),
        cmocka_unit_test(versions_choose_defaults),
        cmocka_unit_test(defaults_by_distribution),
        cmocka_unit_test(defaults_by_control_groups),
        cmocka_unit_test(the_image_of_a_static_pod_tells_the_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
