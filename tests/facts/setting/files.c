#include "settings.h"

static void dropins_alone_keep_the_weak_defaults(void **state)
{
    (void)state;
    const char *host =
        KUBELET(", --config-dir=/d") "files: {/d/a.conf: 'readOnlyPort: 5', /d/b.conf: 'readOnlyPort: 6',"
                                     " /d/c.yaml: 'readOnlyPort: 7'}\n";
    assert_value(host, "kubelet", "readOnlyPort", "6", "drop-in");
    assert_value(host, "kubelet", "authentication.webhook.enabled", "false", "default");
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

/* A format without lists names one file; what is no file must not be passed over. */
static void imports_of_one(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_true(describe(daemons, "d",
                         MINIMAL_DAEMON "config: {path: /c, format: keyvalue, imports: include}\n"
                                        "keys: {k: {type: string, file: k, default: d}}\n",
                         &error));
    static const struct {
        const char *files, *value;
    } cases[] = {{"/c: \"include i\\n\", /i: \"k imported\\n\"", "imported"},
                 {"/c: \"include /i.d\\n\", /i.d/x: \"k imported\\n\"", NULL},
                 {"/c: \"include /i.d/*\\n\", /i.d/x: \"k imported\\n\"", "imported"},
                 {"/c: \"k own\\n\"", "own"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *host =
            g_strdup_printf("processes: [{pid: 9, comm: d, argv: [/usr/bin/d]}]\nfiles: {%s}\n", cases[i].files);
        pl_auto(items) items = look_described(daemons, host, "setting", "{daemon: d, key: k}");
        const struct item *item = items->list->len ? items->list->pdata[0] : NULL;
        const char *value = item ? tree_string(item->fields, "value") : NULL;
        if (g_strcmp0(value, cases[i].value) != 0)
            fail_msg("%s: %s", cases[i].files, value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropins_alone_keep_the_weak_defaults),
        cmocka_unit_test(a_null_in_a_dropin_takes_the_branch_back),
        cmocka_unit_test(a_zero_in_the_file_is_the_default),
        cmocka_unit_test(imports_of_one),
        cmocka_unit_test(containerd_sections_by_version_of_the_file),
        cmocka_unit_test(systemd_dropins_mask_and_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
