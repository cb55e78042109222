#include "looking.h"

#include "model/error.h"

#define DOCKER "http: {'unix:/run/docker.sock http://localhost/info': "
#define ASK    "{socket: /run/docker.sock, url: 'http://localhost/info'"

static void a_json_answer(void **state)
{
    (void)state;
    pl_auto(items) items = look(DOCKER "{status: 200, json: {LiveRestoreEnabled: true, Plugins: {Volume: [local]}}}}",
                                "http", ASK ", key: Plugins.Volume}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "unix:/run/docker.sock /info");
    assert_field(item, "status", "200");
    assert_field(item, "reachable", "true");
    assert_field(item, "value", "[\"local\"]");
    assert_field(item, "body", "null");
    assert_declared(item, "http");
}

static void a_key_that_is_not_there_is_null(void **state)
{
    (void)state;
    pl_auto(items) items = look(DOCKER "{status: 200, json: {A: 1}}}", "http", ASK ", key: B}");
    assert_field(only_item(items), "value", "null");
}

static void a_text_answer(void **state)
{
    (void)state;
    pl_auto(items) items = look(DOCKER "{status: 403, body: 'go away'}}", "http", ASK "}");
    assert_field(only_item(items), "status", "403");
    assert_field(only_item(items), "body", "\"go away\"");
}

static void refusal_is_an_answer_and_absence_is_none(void **state)
{
    (void)state;
    pl_auto(items) refused = look(DOCKER "{error: refused}}", "http", ASK "}");
    assert_field(only_item(refused), "reachable", "false");
    pl_auto(items) absent = look(DOCKER "{error: absent}}", "http", ASK "}");
    assert_nothing(absent);
}

static void other_failures_are_problems(void **state)
{
    (void)state;
    pl_auto(items) timeout = look(DOCKER "{error: timeout}}", "http", ASK "}");
    assert_problem(timeout, PROBLEM_UNKNOWN, "timeout");
    pl_auto(items) denied = look(DOCKER "{error: denied}}", "http", ASK "}");
    assert_problem(denied, PROBLEM_UNKNOWN, "denied");
    pl_auto(items) limit = look(DOCKER "{error: limit}}", "http", ASK "}");
    assert_problem(limit, PROBLEM_ERROR, "limit");
}

static void addresses_are_checked(void **state)
{
    (void)state;
    pl_autojson json_object *object = yaml("{url: 'ftp://x'}");
    g_autoptr(GError) error = NULL;
    assert_false(probe_find("http")->check(object, NULL, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_answer),
        cmocka_unit_test(a_key_that_is_not_there_is_null),
        cmocka_unit_test(a_text_answer),
        cmocka_unit_test(refusal_is_an_answer_and_absence_is_none),
        cmocka_unit_test(other_failures_are_problems),
        cmocka_unit_test(addresses_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
