#include "host/socket_owner.h"

#include "fault_fs.h"
#include "host/http.h"
#include "host/private.h"

#include <json-c/json.h>

#include "cmocka_all.h"

/* Sockets and the way to them, and for whom they may be asked. */
static void only_the_owners_socket_is_asked(void **state)
{
    (void)state;
    static const struct {
        const char *files;
        uid_t owner;
        bool asked;
    } cases[] = {
        {"\"/x/s.sock\":{\"type\":\"socket\"}", 0, true},
        /* a user's process names a socket of root's, or of another user */
        {"\"/x/s.sock\":{\"type\":\"socket\"}", 1000, false},
        {"\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1001}", 1000, false},
        {"\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 1000, true},
        {"\"/x/s.sock\":{\"type\":\"symlink\",\"target\":\"/y\"},\"/y\":{\"type\":\"socket\"}", 1000, false},
        /* root's engine, and a socket that root gave away or that somebody else put there */
        {"\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 0, true},
        {"\"/x\":{\"type\":\"dir\",\"uid\":1000},\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 0, false},
        {"\"/x\":{\"type\":\"dir\",\"mode\":\"1777\"},\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 0, false},
        {"\"/x\":{\"type\":\"dir\",\"mode\":\"0775\"},\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 0, false},
        {"\"/x/s.sock\":{\"type\":\"symlink\",\"target\":\"/y/s\"},\"/y\":{\"type\":\"dir\",\"mode\":\"0777\"},"
         "\"/y/s\":{\"type\":\"socket\",\"uid\":1000}",
         0, false},
        {"\"/\":{\"type\":\"dir\",\"uid\":1000},\"/x/s.sock\":{\"type\":\"socket\",\"uid\":1000}", 0, false},
        {"\"/x/s.sock\":{\"type\":\"symlink\",\"target\":\"/y/s\",\"uid\":1000},"
         "\"/y/s\":{\"type\":\"socket\",\"uid\":1000}",
         0, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"files\":{%s},\"http\":{\"unix:/x/s.sock http://localhost/info\":{\"json\":{}}}}", cases[i].files);
        json_object *spec = json_tokener_parse(text);
        g_autoptr(GError) error = NULL;
        pl_auto(host) host = host_new_inline(spec, NULL, &error);
        json_object_put(spec);
        assert_null(error);
        const struct http_request request = {
            .socket = "/x/s.sock", .owner = cases[i].owner, .url = "http://localhost/info"};
        struct http_answer answer = {0};
        bool asked = host_http_get(host, &request, &answer, &error);
        http_answer_clear(&answer);
        if (asked != cases[i].asked)
            fail_msg("%zu: %s", i, error ? error->message : "asked");
    }
}

/* Whose a folder on the way is could not be seen: then it is not root's alone. */
static void what_cannot_be_looked_at_does_not_fit(void **state)
{
    (void)state;
    json_object *spec = json_tokener_parse("{\"files\":{\"/x/y/s.sock\":{\"type\":\"socket\",\"uid\":1000}}}");
    pl_auto(host) base = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    const struct host_stat socket = {.uid = 1000};
    struct fault_record record = {.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    for (unsigned nth = 0; nth <= record.calls; nth++) {
        const struct fault fault = {.kind = nth ? FAULT_NTH : FAULT_NONE, .nth = nth};
        pl_auto(host) host = host_new_with_fs(fault_fs_new(base->fs, &fault, nth ? NULL : &record), "/");
        g_autoptr(GError) error = NULL;
        bool fits = socket_owner_fits(host, "/x/y/s.sock", &socket, 0, &error);
        if (fits != (nth == 0))
            fail_msg("call %u", nth);
    }
    assert_true(record.calls > 3);
    g_hash_table_unref(record.paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_owners_socket_is_asked),
        cmocka_unit_test(what_cannot_be_looked_at_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
