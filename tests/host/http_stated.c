#include "host/http.h"
#include "model/error.h"

#include <json-c/json.h>

#include "cmocka_all.h"

static void stated_answers(void **state)
{
    (void)state;
    json_object *spec = json_tokener_parse(
        "{\"http\":{\"unix:/run/docker.sock http://localhost/info\":{\"json\":{\"a\":1},\"server_version\":\"1.44\"},"
        "\"https://127.0.0.1:6443/x\":{\"status\":403,\"body\":\"no\"},\"http://a/\":{\"error\":\"denied\"}}}");
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    struct http_request request = {.socket = "/run/docker.sock", .url = "http://localhost/info"};
    assert_true(host_http_get(host, &request, &answer, NULL));
    assert_string_equal(g_bytes_get_data(answer.body, NULL), "{\"a\":1}");
    assert_string_equal(answer.content_type, "application/json");
    assert_string_equal(answer.server_version, "1.44");
    http_answer_clear(&answer);
    request.max = 3;
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    g_clear_error(&error);
    request = (struct http_request){.url = "https://127.0.0.1:6443/x"};
    assert_true(host_http_get(host, &request, &answer, NULL));
    assert_int_equal(answer.status, 403);
    http_answer_clear(&answer);
    request.url = "http://a/";
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
    g_clear_error(&error);
    request.url = "http://b/";
    assert_false(host_http_get(host, &request, &answer, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stated_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
