/* Secrets are taken out of evidence, states and policies about secrets are not. */
#include "engine/redact.h"

#include "engine_test.h"

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool secret;
    } rows[] = {
        {"password", true},
        {"etcd_password", true},
        {"jwt-secret", true},
        {"auth_token", true},
        {"PRIVATE_KEY", true},
        {"passphrase", true},
        {"api_key", true},
        {"PasswordAuthentication", false},
        {"password-file", false},
        {"token-auth-file", false},
        {"password_encryption", false},
        {"secret-ttl", false},
        {"PermitEmptyPasswords", false},
        {"password_policy", false},
        {"icc", false},
        {"", false},
        {NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (redact_names_secret(rows[i].name) != rows[i].secret)
            fail_msg("%s", rows[i].name);
}

static char *redact(const char *key, const char *field, const char *value)
{
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, "x");
    item_set_string(item, "key", key);
    g_autofree char *text = g_strdup_printf("v: %s", value);
    pl_autojson json_object *tree = yaml(text);
    pl_autojson json_object *clean = redact_field(item, field, tree_member(tree, "v"));
    return tree_text(clean);
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *key, *field, *value, *out;
    } rows[] = {
        {"password", "value", "hunter2hunter2", "<redacted, 14 bytes>"},
        {"password", "value", "locked", "locked"},
        {"password", "value", "\"1234567890\"", "1234567890"},
        {"password", "value", "true", "true"},
        {"password", "value", "5", "5"},
        {"password", "origin", "/etc/very/long/path", "/etc/very/long/path"},
        {"password", "values", "[hunter2hunter2, no]", "[\"<redacted, 14 bytes>\",\"no\"]"},
        {"password", "losing", "[\"/etc/a:1 hunter2hunter2\", alone]",
         "[\"/etc/a:1 <redacted, 14 bytes>\",\"<redacted, 5 bytes>\"]"},
        {"icc", "losing", "[\"/etc/a:1 false\"]", "[\"/etc/a:1 false\"]"},
        {"icc", "value", "hunter2hunter2", "hunter2hunter2"},
        {"x", "value", "{user: a, password: hunter2hunter2}", "{\"password\":\"<redacted, 14 bytes>\",\"user\":\"a\"}"},
        {"x", "text", "'password = hunter2hunter2'", "password = <redacted, 14 bytes>"},
        {"x", "text", "'password=\"hunter2hunter2\"'", "password=\"<redacted, 15 bytes>"},
        {"x", "text", "'password required pam_unix.so x=y'", "password required pam_unix.so x=y"},
        {"x", "text", "'token-file=/etc/some/long/path'", "token-file=/etc/some/long/path"},
        {"x", "argv", "[/bin/x, --token=abcdefghijkl, --v=2]",
         "[\"/bin/x\",\"--token=<redacted, 12 bytes>\",\"--v=2\"]"},
        {"x", "body", "'-----BEGIN RSA PRIVATE KEY-----'", "<redacted, 31 bytes>"},
        {"x", "value", "[[[[[[[[[[a]]]]]]]]]]", "[[[[[[[[[\"...\"]]]]]]]]]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *out = redact(rows[i].key, rows[i].field, rows[i].value);
        if (!g_str_equal(out, rows[i].out))
            fail_msg("row %zu: %s instead of %s", i, out, rows[i].out);
    }
}

static void bounds(void **state)
{
    (void)state;
    g_autofree char *fill = g_strnfill(5000, 'a');
    g_autofree char *cut = redact("x", "value", fill);
    assert_int_equal(strlen(cut), 1023 + strlen("... (5000 bytes)"));
    g_autoptr(GString) list = g_string_new("[");
    g_autoptr(GString) map = g_string_new("{");
    for (int i = 0; i < 60; i++) {
        g_string_append_printf(list, "%d, ", i);
        g_string_append_printf(map, "k%02d: 1, ", i);
    }
    g_string_append(list, "60]");
    g_string_append(map, "z: 1}");
    g_autofree char *members = redact("x", "value", list->str);
    g_autofree char *keys = redact("x", "value", map->str);
    assert_contains(members, "49,\"... and 11 more\"]");
    assert_contains(keys, "k49");
    assert_null(strstr(keys, "k50"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(values), cmocka_unit_test(bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
