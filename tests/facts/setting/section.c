#include "described.h"

/* What containerd's files say about one key, as the shipped description reads them. */
static struct items *look_key(const char *version, const char *main_file, const char *import, const char *key)
{
    g_autofree char *packages =
        version ? g_strdup_printf("packages: [{name: containerd, version: %s}]\n", version) : g_strdup("");
    g_autofree char *host =
        g_strdup_printf("processes: [{pid: 9, comm: containerd, exe: /usr/bin/containerd, argv: [containerd]}]\n"
                        "%sfiles:\n  /etc/containerd/config.toml: |\n    %s\n"
                        "  /etc/containerd/a.toml: |\n    %s\n",
                        packages, main_file, import ? import : "version = 2");
    g_autofree char *object = g_strdup_printf("{daemon: containerd, key: %s}", key);
    return look_shipped(host, "setting", object);
}

#define V2      "version = 2\n    imports = ['a.toml']\n    "
#define V3      "version = 3\n    imports = ['a.toml']\n    "
#define CRI     "[plugins.'io.containerd.grpc.v1.cri']\n    "
#define RUNTIME "[plugins.'io.containerd.cri.v1.runtime']\n    "

static void names_depend_on_the_version_of_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *version, *file, *value;
    } rows[] = {
        {NULL, V2 CRI "enable_selinux = true", "true"},
        {NULL, V3 RUNTIME "enable_selinux = true", "true"},
        {NULL, V3 CRI "enable_selinux = true", "false"},
        {NULL, "[plugins.cri]\n    enable_selinux = true", "true"},
        {NULL, "version = 0\n    [plugins.cri]\n    enable_selinux = true", "true"},
        {NULL, V2 "[plugins.cri]\n    enable_selinux = true", "false"},
        {"1.7.2", V2 RUNTIME "enable_selinux = true", "false"},
        {"2.0.1", V2 RUNTIME "enable_selinux = true", "true"},
        {NULL, V2 RUNTIME "enable_selinux = true", "(unread)"},
        {"1.7.2", CRI "enable_selinux = true", "false"},
        {"2.0.1", CRI "enable_selinux = true", "true"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(items) items = look_key(rows[i].version, rows[i].file, NULL, "cri.enable_selinux");
        assert_field(only_item(items), "value", rows[i].value);
    }
}

static void an_import_replaces_the_section_before_2_0(void **state)
{
    (void)state;
    static const char first[] = V2 CRI "enable_selinux = true";
    static const char import[] = "version = 2\n    " CRI "disable_cgroup = true";
    pl_auto(items) old = look_key("1.6.20", first, import, "cri.enable_selinux");
    assert_field(only_item(old), "value", "false");
    pl_auto(items) new = look_key("2.1.0", first, import, "cri.enable_selinux");
    assert_field(only_item(new), "value", "true");
    pl_auto(items) unknown = look_key(NULL, first, import, "cri.enable_selinux");
    assert_field(only_item(unknown), "value", "(unread)");
    pl_auto(items) other = look_key("1.6.20", first, import, "cri.disable_cgroup");
    assert_field(only_item(other), "value", "true");
    pl_auto(items) without = look_key(NULL, first, "version = 2", "cri.enable_selinux");
    assert_field(only_item(without), "value", "true");
}

static void runtimes_of_an_import_are_merged_since_2_0(void **state)
{
    (void)state;
    static const char first[] =
        V3 "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.a]\n    x = 1\n    y = 1";
    static const char import[] = "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.a]\n    y = 2";
    pl_auto(items) merged = look_key("2.1.0", first, import, "cri.runtimes");
    assert_field(only_item(merged), "value", "{\"a\":{\"x\":1,\"y\":2}}");
    pl_auto(items) unknown = look_key(NULL, first, import, "cri.runtimes");
    assert_field(only_item(unknown), "value", "(unread)");
}

static void zero_in_an_import_takes_nothing_back(void **state)
{
    (void)state;
    pl_auto(items) number = look_key(NULL, V2 "grpc.gid = 7", "version = 2\n    grpc.gid = 0", "grpc.gid");
    assert_field(only_item(number), "value", "7");
    pl_auto(items) list = look_key(NULL, V2 "disabled_plugins = ['a']", "disabled_plugins = ['b']", "disabled_plugins");
    assert_field(only_item(list), "value", "[\"a\",\"b\"]");
}

static void members_of_maps(void **state)
{
    (void)state;
    static const char host[] = "processes: [{pid: 9, comm: containerd, exe: /usr/bin/containerd, argv: [containerd]}]\n"
                               "files:\n"
                               "  /etc/containerd/config.toml: |\n"
                               "    version = 2\n"
                               "    [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.a]\n"
                               "    x = true\n"
                               "    [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.b]\n"
                               "    y = 1\n";
    pl_auto(items) there = look_shipped(host, "setting", "{daemon: containerd, key: cri.runtimes, member: '*.x'}");
    assert_field(only_item(there), "value", "true");
    assert_field(only_item(there), "member", "\"a.x\"");
    assert_source(only_item(there), "/etc/containerd/config.toml", 3);
    assert_declared(only_item(there), "setting");
    pl_auto(items) all =
        look_shipped(host, "setting", "{daemon: containerd, key: cri.runtimes, member: '*.x', unset: false}");
    assert_int_equal(all->list->len, 2);
    assert_field(item_at(all, 1), "value", "false");
    pl_auto(items) deep =
        look_shipped(host, "setting", "{daemon: containerd, key: cri.runtimes, member: c.options.x, unset: 1}");
    assert_field(only_item(deep), "value", "1");
}

static void wrong_sections_are_refused(void **state)
{
    (void)state;
    static const char head[] = "daemon: d\ntitle: d\nprograms: [{name: d}]\n";
    static const char *const rows[] = {
        "config: {path: /d, format: toml, sections: 1}\nkeys: {a: {type: bool}}\n",
        "config: {path: /d, format: toml, sections: {s: {path: x}}}\nkeys: {a: {type: bool}}\n",
        "config: {path: /d, format: toml, sections: {s: [{path: x, file: new}]}}\nkeys: {a: {type: bool}}\n",
        "config: {path: /d, format: toml}\nkeys: {a: {type: bool, file: '@s.a'}}\n",
    };
    pl_auto(daemons) daemons = daemons_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(head, rows[i], NULL);
        g_autoptr(GError) error = NULL;
        assert_false(describe(daemons, "d.yaml", text, &error));
        assert_non_null(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_depend_on_the_version_of_the_file),
        cmocka_unit_test(an_import_replaces_the_section_before_2_0),
        cmocka_unit_test(runtimes_of_an_import_are_merged_since_2_0),
        cmocka_unit_test(zero_in_an_import_takes_nothing_back),
        cmocka_unit_test(members_of_maps),
        cmocka_unit_test(wrong_sections_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
