/* Files that a daemon refuses, or takes otherwise than they look. */
#include "settings.h"

static void assert_daemon_json(const char *text, bool accepted)
{
    g_autofree char *host = g_strdup_printf("processes: [{pid: 9, comm: dockerd, argv: [/usr/bin/dockerd]}]\n"
                                            "files:\n  /etc/docker/daemon.json: '%s'\n",
                                            text);
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    if (accepted ? items->problems->len != 0 : items->problems->len == 0)
        fail_msg("%s", text);
}

static void dockerd_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "{\"icc\": \"false\"}",
        "{\"icc\": 0}",
        "{\"ICC\": false}",
        "{\"icc\": false, \"Icc\": true}",
        "{\"live-restore\": true, \"insecure-registri\": []}",
        "{\"hosts\": \"unix:///run/docker.sock\"}",
        "{\"hosts\": [1]}",
        "{\"mtu\": \"1500\"}",
        "{\"log-driver\": [\"syslog\"]}",
        "{\"log-opts\": {\"max-file\": 3}}",
        "{\"proxies\": {\"http-proxy\": 1}}",
        "[]",
        "{\"log-opts\": {\"a\": \"1\"}, \"log-opts\": {}}",
    };
    static const char *const accepted[] = {
        "{}",
        "{\"icc\": null}",
        "{\"icc\": false, \"mtu\": 1500, \"features\": {\"buildkit\": true}, \"default-shm-size\": \"64M\"}",
        "{\"default-shm-size\": 67108864, \"log-opts\": {\"max-file\": \"3\"}, \"labels\": [\"a=b\"]}",
        "{\"default-address-pools\": [{\"base\": \"10.0.0.0/8\", \"size\": 24}]}",
        "{\"proxies\": {\"http-proxy\": \"http://p\"}, \"runtimes\": {\"x\": {\"path\": \"/x\"}}}",
        "{\"builder\": {\"gc\": {\"enabled\": true}}, \"cdi-spec-dirs\": []}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_daemon_json(refused[i], false);
    for (size_t i = 0; i < G_N_ELEMENTS(accepted); i++)
        assert_daemon_json(accepted[i], true);
}

static void assert_toml(const char *daemon, const char *key, const char *path, const char *text, bool accepted)
{
    g_autofree char *host = g_strdup_printf("processes: [{pid: 9, comm: %s, argv: [/usr/bin/%s]}]\n"
                                            "files:\n  %s: '%s'\n",
                                            daemon, daemon, path, text);
    g_autofree char *object = g_strdup_printf("{daemon: %s, key: %s}", daemon, key);
    pl_auto(items) items = look_shipped(host, "setting", object);
    if (accepted ? items->problems->len != 0 : items->problems->len == 0)
        fail_msg("%s: %s", daemon, text);
}

static void another_case_is_no_other_key(void **state)
{
    (void)state;
    static const char toml[] = "/etc/containerd/config.toml";
    assert_toml("containerd", "grpc.tcp_address", toml, "[grpc]\n\n    TCP_ADDRESS = \"0.0.0.0:4711\"\n\n", false);
    assert_toml("containerd", "grpc.tcp_address", toml, "[GRPC]\n\n    tcp_address = \"0.0.0.0:4711\"\n\n", false);
    assert_toml("containerd", "grpc.tcp_address", toml, "[grpc]\n\n    tcp_address = \"\"\n\n    OTHER = 1\n\n", true);
    assert_toml("crio", "crio.api.stream_address", "/etc/crio/crio.conf",
                "[crio.api]\n\n    Stream_Address = \"0.0.0.0\"\n\n", false);
}

/* Read by name without a description of the program. */
static void the_probe_config_says_so_too(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("files: {/etc/x.conf: \"[A.b]\\nC = 1\\n\"}\n", "config", "{path: /etc/x.conf, format: toml, key: a.b.C}");
    assert_int_equal(items->problems->len, 1);
    pl_auto(items) star =
        look("files: {/etc/x.conf: \"[x.b]\\nC = 1\\n\"}\n", "config", "{path: /etc/x.conf, format: toml, key: '*.B'}");
    assert_int_equal(star->problems->len, 1);
    pl_auto(items) fine =
        look("files: {/etc/x.conf: \"[A.b]\\nC = 1\\n\"}\n", "config", "{path: /etc/x.conf, format: toml, key: A.b.C}");
    assert_int_equal(fine->problems->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dockerd_refuses_what_it_does_not_know),
        cmocka_unit_test(another_case_is_no_other_key),
        cmocka_unit_test(the_probe_config_says_so_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
