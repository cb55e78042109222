#include "reports/redact.h"

#include "cmocka_all.h"
#include "model/cleanup.h"

static void assert_redacted(const char *from, const char *to)
{
    pl_autojson json_object *observed = json_tokener_parse(from);
    pl_autojson json_object *once = redact_copy(observed);
    pl_autojson json_object *twice = redact_copy(once);
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) second = g_string_new(NULL);
    redact_print(first, once);
    redact_print(second, twice);
    assert_string_equal(first->str, to);
    assert_string_equal(second->str, to);
}

static void names(void **state)
{
    (void)state;
    static const char *const secret[] = {"password",   "DB_PASSWORD", "client-secret", "api_token",
                                         "privateKey", "tokens",      "requirepass",   "AWS_SECRET_ACCESS_KEY"};
    static const char *const open[] = {"PasswordAuthentication",
                                       "password_file",
                                       "token-auth-file",
                                       "key",
                                       "keyword",
                                       "secrets_dir",
                                       "bypass",
                                       "class",
                                       ""};
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        assert_true(redact_name(secret[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
        assert_false(redact_name(open[i]));
}

static void members(void **state)
{
    (void)state;
    assert_redacted("{\"password\":\"hunter2\"}", "{\"password\":\"<redacted, 7 bytes>\"}");
    assert_redacted("{\"a\":{\"secret\":[\"x1\",\"y22\"]}}",
                    "{\"a\":{\"secret\":[\"<redacted, 2 bytes>\",\"<redacted, 3 bytes>\"]}}");
    assert_redacted("{\"key\":\"client_secret\",\"value\":\"abc\"}",
                    "{\"key\":\"client_secret\",\"value\":\"<redacted, 3 bytes>\"}");
    assert_redacted("{\"secret\":{\"deep\":\"abc\"}}", "{\"secret\":{\"deep\":\"<redacted, 3 bytes>\"}}");
}

/* What a rule judges must stay readable. */
static void states_and_places(void **state)
{
    (void)state;
    assert_redacted("{\"password\":\"locked\"}", "{\"password\":\"locked\"}");
    assert_redacted("{\"password\":\"\"}", "{\"password\":\"\"}");
    assert_redacted("{\"token\":true,\"secret\":3,\"password\":null}",
                    "{\"token\":true,\"secret\":3,\"password\":null}");
    assert_redacted("{\"private_key\":\"/etc/ssl/private/a.key\"}", "{\"private_key\":\"/etc/ssl/private/a.key\"}");
}

static void assignments(void **state)
{
    (void)state;
    assert_redacted("{\"argv\":[\"--token=abcd\",\"--port=80\"]}",
                    "{\"argv\":[\"--token=<redacted, 4 bytes>\",\"--port=80\"]}");
    assert_redacted("{\"text\":\"password: hunter2\"}", "{\"text\":\"password: <redacted, 7 bytes>\"}");
    assert_redacted("{\"text\":\"password required pam_unix.so\"}", "{\"text\":\"password required pam_unix.so\"}");
    assert_redacted("{\"argv\":[\"--token-auth-file=/etc/x\"]}", "{\"argv\":[\"--token-auth-file=/etc/x\"]}");
}

static void texts(void **state)
{
    (void)state;
    pl_autojson json_object *nul = json_object_new_string_len("a\0b", 3);
    g_autofree char *shown = redact_text(nul);
    assert_string_equal(shown, "a\\x00b");
    pl_autojson json_object *list = json_tokener_parse("[1, 2.5, \"x\", null, true]");
    g_autofree char *compact = redact_text(list);
    assert_string_equal(compact, "[1,2.5,\"x\",null,true]");
    pl_autojson json_object *empty = redact_copy(NULL);
    assert_true(json_object_is_type(empty, json_type_object));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(members),
                                       cmocka_unit_test(states_and_places), cmocka_unit_test(assignments),
                                       cmocka_unit_test(texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
