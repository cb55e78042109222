/* Of a container that does not run each field is said from its record or unread with a reason, never left out or a
 * default, and the table of fields tells which of both it may be. */
#include "described.h"

#include "probes/container/fields.h"

#define ENGINE                                                                                                         \
    "containers:\n"                                                                                                    \
    "- name: web\n"                                                                                                    \
    "  stopped: true\n"                                                                                                \
    "  argv: [/bin/web, --password=hunter22]\n"                                                                        \
    "  env: {DB_PASSWORD: hunter22}\n"                                                                                 \
    "  mounts: [/etc:/host/etc]\n"                                                                                     \
    "  volumes: [data:/data]\n"

static const char *const hosts[] = {
    ENGINE "  record: {as: api, HostConfig: {Ulimits: [{Name: nofile, Hard: 1024, Soft: 1024}], "
           "DeviceCgroupRules: ['c 1:1 rwm']}}\n"
           "http: {\"unix:/run/docker.sock http://localhost/images/json?all=0\": {json: []}}\n",
    ENGINE "  record: files\n",
    ENGINE
    "  record: {as: api, Config: {User: www-data}, HostConfig: {NetworkMode: none, PidMode: 'container:gone'}}\n",
    ENGINE
    "  record: {as: api, HostConfig: {Privileged: true, MemorySwap: -1, NetworkMode: bridge, UsernsMode: host}}\n",
    ENGINE "  record: {as: api, HostConfig: {VolumesFrom: [other], CgroupParent: /a.slice}}\n",
};

static bool is_set(const struct item *item, const char *field)
{
    return json_object_object_get_ex(item->fields, field, NULL);
}

static void look_at_fields(const struct item *item, GHashTable *said)
{
    for (const struct probe_field *field = container_fields; field->name; field++) {
        const struct problem *problem = item_hindrance(item, field->name);
        bool set = is_set(item, field->name);
        if (!set && !problem)
            fail_msg("%s is neither said nor unread", field->name);
        if (problem && !*problem->reason)
            fail_msg("%s is unread without a reason", field->name);
        if (set && field->traits & FIELD_LIVE)
            fail_msg("%s is said of what does not run", field->name);
        if (set && !problem)
            g_hash_table_add(said, (gpointer)(uintptr_t)field->name);
        if (g_getenv("STOPPED_SHOW")) {
            g_autofree char *text = tree_text(tree_member(item->fields, field->name));
            print_message("%-28s %s%s%s\n", field->name, set ? text : "-", problem ? "  ? " : "",
                          problem ? problem->reason : "");
        }
    }
}

static void each_field_is_decided(void **state)
{
    (void)state;
    g_autoptr(GHashTable) said = g_hash_table_new(g_str_hash, g_str_equal);
    pl_auto(daemons) daemons = shipped_daemons();
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        pl_auto(host) host = inline_host(hosts[i]);
        pl_auto(items) items = look_at_described(daemons, host, "container", "{stopped: true}");
        assert_int_equal(items->list->len, 1);
        look_at_fields(items->list->pdata[0], said);
    }
    for (const struct probe_field *field = container_fields; field->name; field++) {
        bool kept = field->traits & FIELD_KEPT, live = field->traits & FIELD_LIVE;
        if (kept == live)
            fail_msg("%s has to be FIELD_KEPT or FIELD_LIVE", field->name);
        if (kept && !g_hash_table_contains(said, field->name))
            fail_msg("%s is FIELD_KEPT, and no record of these sets it", field->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_field_is_decided)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
