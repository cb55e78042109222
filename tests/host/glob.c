#include "host/host.h"
#include "model/error.h"

#include <json-c/json.h>

#include "cmocka_all.h"

static struct host *make(void)
{
    json_object *spec = json_tokener_parse(
        "{\"files\":{\"/a/one.conf\":\"\",\"/a/two.conf\":\"\",\"/a/.hidden.conf\":\"\",\"/a/three.txt\":\"\","
        "\"/a/x[1]\":\"\",\"/a/{b}\":\"\",\"/a/sub/deep/er/file.conf\":\"\",\"/a/.git/config\":\"\","
        "\"/b/link\":{\"target\":\"/a\"},\"/b/one.conf\":\"\",\"/c/closed\":{\"type\":\"dir\",\"denied\":true},"
        "\"/c/closed/x.conf\":\"\",\"/c/open/x.conf\":\"\",\"/d/dangling\":{\"target\":\"nothing\"},"
        "\"/n/1/2/3/4/5/6/7/8/9/10/far\":\"\",\"/n/1/near\":\"\"}}");
    struct host *host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    assert_non_null(host);
    return host;
}

static void check_as(const char *pattern, enum glob_kind kind, const char *wanted)
{
    pl_auto(host) host = make();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) paths = host_glob_as(host, pattern, kind, &error);
    assert_non_null(paths);
    assert_null(error);
    g_autofree char *joined = g_strjoinv(" ", paths);
    if (strcmp(joined, wanted) != 0)
        fail_msg("%s: %s, not %s", pattern, joined, wanted);
}

static void check(const char *pattern, const char *wanted)
{
    check_as(pattern, GLOB_RULE, wanted);
}

static void components(void **state)
{
    (void)state;
    check("/a/*.conf", "/a/one.conf /a/two.conf");
    check("/a/.*.conf", "/a/.hidden.conf");
    check("/a/???.conf", "/a/one.conf /a/two.conf");
    check("/a/[ot]*.conf", "/a/one.conf /a/two.conf");
    check("/a/[!o]*.conf", "/a/two.conf");
    check("/a/[n-p]ne.conf", "/a/one.conf");
    check("/a/x\\[1\\]", "/a/x[1]");
    check("/a/x[[]1]", "/a/x[1]");
    check("/?/one.conf", "/a/one.conf /b/one.conf");
    check("/a/one.conf", "/a/one.conf");
    check("/a/none*", "");
    check("/none/*", "");
    check("/a/one.conf/*", "");
    check("/", "/");
    check("/a/*o*.*f", "/a/one.conf /a/two.conf");
    check("/d/*", "/d/dangling");
    check("/a/[", "");
}

static void alternatives(void **state)
{
    (void)state;
    check("/a/{one,two,none}.conf", "/a/one.conf /a/two.conf");
    check("/{a,b}/{one,t*}.conf", "/a/one.conf /a/two.conf /b/one.conf");
    check("/a/{t{wo,hree},one}.*", "/a/one.conf /a/three.txt /a/two.conf");
    check("/{a,a}/one.conf", "/a/one.conf");
    check("/a/\\{b\\}", "/a/{b}");
    check("/a/{b", "");
    check("/a/\\{b\\}{,x}", "/a/{b}");
    check("/a/\\{{b,c}\\}", "/a/{b}");
}

/* Each was tried with the program itself: sshd 9.2, Go's filepath.Glob, glob(3). */
static void dialects(void **state)
{
    (void)state;
    check_as("/a/{one,two}.conf", GLOB_LIBC, "");
    check_as("/a/{one,two}.conf", GLOB_OPENSSH, "");
    check_as("/a/{one,two}.conf", GLOB_GO, "");
    check_as("/a/{b}", GLOB_OPENSSH, "/a/{b}");
    check_as("/a/**/*.conf", GLOB_LIBC, "");
    check_as("/**/one.conf", GLOB_OPENSSH, "/a/one.conf /b/one.conf");
    check_as("/a/[^o]*.conf", GLOB_LIBC, "/a/two.conf");
    check_as("/a/[^o]*.conf", GLOB_OPENSSH, "/a/one.conf");
    check_as("/a/[^o]*.conf", GLOB_GO, "/a/.hidden.conf /a/two.conf");
    check_as("/a/[!o]*.conf", GLOB_LIBC, "/a/two.conf");
    check_as("/a/[!o]*.conf", GLOB_OPENSSH, "/a/two.conf");
    check_as("/a/[!o]*.conf", GLOB_GO, "/a/one.conf");
    check_as("/a/*.conf", GLOB_LIBC, "/a/one.conf /a/two.conf");
    check_as("/a/*.conf", GLOB_OPENSSH, "/a/one.conf /a/two.conf");
    check_as("/a/*.conf", GLOB_GO, "/a/.hidden.conf /a/one.conf /a/two.conf");
}

static void quoting(void **state)
{
    (void)state;
    static const char *const paths[] = {"/a/x[1]", "/a/{b}", "/a/one.conf"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *quoted = host_glob_quote(paths[i]);
        for (int kind = GLOB_RULE; kind <= GLOB_GO; kind++)
            check_as(quoted, (enum glob_kind)kind, paths[i]);
    }
    g_autofree char *any = host_glob_quote("/a/*");
    check(any, "");
}

static void any_depth(void **state)
{
    (void)state;
    check("/a/**/*.conf", "/a/one.conf /a/sub/deep/er/file.conf /a/two.conf");
    check("/a/**/config", "/a/.git/config");
    check("/b/**/*.conf", "/b/one.conf");
    check("/b/**", "/b/link /b/one.conf");
    check("/b/link/*.conf", "/b/link/one.conf /b/link/two.conf");
    check("/n/**/near", "/n/1/near");
    check("/n/**/far", "/n/1/2/3/4/5/6/7/8/9/10/far");
    check("/a/sub/**", "/a/sub/deep /a/sub/deep/er /a/sub/deep/er/file.conf");
}

static void unreadable_is_told(void **state)
{
    (void)state;
    pl_auto(host) host = make();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) paths = host_glob(host, "/c/*/x.conf", &error);
    assert_non_null(paths);
    assert_string_equal(paths[0], "/c/open/x.conf");
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
    assert_non_null(strstr(error->message, "/c/closed"));
    g_clear_error(&error);
    g_auto(GStrv) deep = host_glob(host, "/c/**/*.conf", &error);
    assert_int_equal(g_strv_length(deep), 1);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
}

static void limits(void **state)
{
    (void)state;
    pl_auto(host) host = make();
    g_autoptr(GError) error = NULL;
    GString *pattern = g_string_new("/a/");
    for (int i = 0; i < 11; i++)
        g_string_append(pattern, "{a,b}");
    g_auto(GStrv) none = host_glob(host, pattern->str, &error);
    assert_non_null(none);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    g_string_free(pattern, TRUE);
    g_autoptr(GError) relative_error = NULL, long_error = NULL;
    g_auto(GStrv) relative = host_glob(host, "a/*", &relative_error);
    assert_int_equal(g_strv_length(relative), 0);
    assert_non_null(strstr(relative_error->message, "not an absolute path"));
    g_autofree char *path = g_strnfill(5000, '/'), *longer = g_strconcat(path, "*", NULL);
    g_auto(GStrv) too_long = host_glob(host, longer, &long_error);
    assert_int_equal(g_strv_length(too_long), 0);
    assert_non_null(strstr(long_error->message, "path too long"));
}

/* A pattern of many stars must not take exponential time. */
static void stars(void **state)
{
    (void)state;
    check("/a/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "");
    check("/n/**/**/**/near", "/n/1/near");
}

/* However deep, and beside a bound that was met. */
static void no_depth_is_silent(void **state)
{
    (void)state;
    json_object *spec = json_object_new_object(), *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    g_autoptr(GString) path = g_string_new("/srv");
    for (int i = 0; i < 300; i++)
        g_string_append(path, "/d");
    g_string_append(path, "/x");
    json_object_object_add(files, path->str, json_object_new_string(""));
    json_object_object_add(files, "/srv/x", json_object_new_string(""));
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) found = host_glob(host, "/srv/**/x", &error);
    assert_null(error);
    assert_int_equal(g_strv_length(found), 2);
    assert_string_equal(found[0], path->str);
}

/* What was found before a directory with too many names, and in it, stays. */
static void what_was_found_stays(void **state)
{
    (void)state;
    json_object *spec = json_object_new_object(), *files = json_object_new_object();
    json_object_object_add(spec, "files", files);
    for (int i = 0; i < 100001; i++) {
        g_autofree char *path = g_strdup_printf("/srv/many/%d", i);
        json_object_object_add(files, path, json_object_new_string(""));
    }
    json_object_object_add(files, "/srv/a/x", json_object_new_string(""));
    pl_auto(host) host = host_new_inline(spec, NULL, NULL);
    json_object_put(spec);
    g_autoptr(GError) error = NULL, some = NULL;
    g_auto(GStrv) found = host_glob(host, "/srv/*/[x-z]", &error);
    assert_int_equal(g_strv_length(found), 1);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    g_auto(GStrv) many = host_glob(host, "/srv/many/*", &some);
    assert_int_equal(g_strv_length(many), 100000);
    assert_true(g_error_matches(some, PL_ERROR, PL_ERROR_LIMIT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components),
        cmocka_unit_test(alternatives),
        cmocka_unit_test(dialects),
        cmocka_unit_test(quoting),
        cmocka_unit_test(any_depth),
        cmocka_unit_test(no_depth_is_silent),
        cmocka_unit_test(what_was_found_stays),
        cmocka_unit_test(unreadable_is_told),
        cmocka_unit_test(limits),
        cmocka_unit_test(stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
