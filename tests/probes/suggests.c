/* Where a rule names something out of a closed list, whoever slips is told what is near. */
#include "described.h"
#include "model/error.h"

static void slips_are_told_what_is_near(void **state)
{
    (void)state;
    static const struct {
        const char *probe, *object, *near;
    } rows[] = {
        {"config", "{path: /x, format: jsn, key: a}", "json"},
        {"config", "{path-from: {daemon: dokerd, key: icc}, format: json, key: a}", "dockerd"},
        {"config", "{path-from: {daemon: dockerd, key: iccc}, format: json, key: a}", "icc"},
        {"config", "{path-from: {daemon: dockerd, kee: icc}, format: json, key: a}", "key"},
        {"daemon", "{name: dokerd}", "dockerd"},
        {"setting", "{daemon: dokerd, key: icc}", "dockerd"},
        {"setting", "{daemon: dockerd, key: iccc}", "icc"},
        {"setting", "{daemon: dockerd, key: icc, with: [tlscacrt]}", "tlscacert"},
        {"sshd", "{keyword: PermitRootLogn}", "PermitRootLogin"},
        {"file", "{path: /x, type: directori}", "directory"},
        {"file", "{path-from: {daemon: dockerd, key: tlscacrt}}", "tlscacert"},
        {"file-content", "{path-from: {daemon: dokerd, key: icc}, pattern: a}", "dockerd"},
        {"named-file", "{path: /x, format: jso, key: a}", "json"},
        {"named-file", "{path: /x, format: json, key: a, inner_format: yam, inner_key: b}", "yaml"},
        {"named-file", "{daemon: dockerd, key: tlscacrt}", "tlscacert"},
        {"audit-rule", "{daemon: dockerd, key: tlscacrt}", "tlscacert"},
    };
    pl_auto(daemons) daemons = shipped_daemons();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        pl_autojson json_object *object = yaml(rows[i].object);
        g_autofree char *words = g_strdup_printf("(did you mean %s?)", rows[i].near);
        assert_false(probe_find(rows[i].probe)->check(object, daemons, &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
        if (!strstr(error->message, words))
            fail_msg("%s %s: %s", rows[i].probe, rows[i].object, error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slips_are_told_what_is_near)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
