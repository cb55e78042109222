/* Images as items, by the storage of Podman; Docker's answers are stated in the rule tests. */
#include "described.h"

#define ID    "3333333333333333333333333333333333333333333333333333333333333333"
#define LOWER "4444444444444444444444444444444444444444444444444444444444444444"
#define UPPER "5555555555555555555555555555555555555555555555555555555555555555"
#define STORE "/var/lib/containers/storage/overlay"
#define DATA  "=c2hhMjU2OjMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="

static const char podman[] =
    "files:\n"
    "  " STORE "-images/images.json: '[{\"id\": \"" ID "\", \"digest\": \"sha256:99\", \"layer\": \"" UPPER "\","
    " \"names\": [\"registry.example/app:1\"]}]'\n"
    "  " STORE "-images/" ID "/" DATA ": '{\"architecture\": \"amd64\", \"os\": \"linux\", \"created\":"
    " \"1970-01-01T00:00:00Z\", \"config\": {\"User\": \"web\", \"Env\": [\"DB_PASSWORD=hunter2\"]},"
    " \"history\": [{\"created_by\": \"COPY a /\"}]}'\n"
    "  " STORE "-images/" ID
    "/manifest: '{\"config\": {\"mediaType\": \"application/vnd.oci.image.config.v1+json\"}}'\n"
    "  " STORE "-layers/layers.json: '[{\"id\": \"" LOWER "\"}, {\"id\": \"" UPPER "\", \"parent\": \"" LOWER "\"}]'\n"
    "  " STORE "-containers/containers.json: '[{\"id\": \"c1\", \"names\": [\"web\"], \"image\": \"" ID "\"}]'\n"
    "  " STORE "/" LOWER "/diff/etc/passwd: \"web:x:0:0::/:/bin/sh\\n\"\n"
    "  " STORE "/" UPPER "/diff/etc/passwd: \"web:x:33:33::/:/bin/sh\\n\"\n";

static void podmans_storage(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped(podman, "image", "{}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "registry.example/app:1");
    assert_field(item, "engine", "\"containers-storage\"");
    assert_field(item, "format", "\"oci\"");
    assert_field(item, "registry", "\"registry.example\"");
    assert_field(item, "digests", "[\"registry.example/app@sha256:99\"]");
    assert_field(item, "user_root", "false");
    assert_field(item, "env_sensitive", "[\"DB_PASSWORD\"]");
    assert_field(item, "age_days", "null");
    assert_field(item, "in_use", "true");
    assert_field(item, "stale_containers", "[]");
    assert_declared(item, "image");
    g_autofree char *all = tree_canonical(item->fields);
    assert_null(strstr(all, "hunter2"));
}

static void selection(void **state)
{
    (void)state;
    pl_auto(items) named = look_shipped(podman, "image", "{name: 'registry.example/*', format: oci, stored: true}");
    assert_int_equal(named->list->len, 1);
    pl_auto(items) other = look_shipped(podman, "image", "{name: 'other*'}");
    assert_nothing(other);
    pl_auto(items) docker = look_shipped(podman, "image", "{format: docker}");
    assert_nothing(docker);
}

static void nothing_is_there(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("{}", "image", "{}");
    assert_nothing(items);
}

static void broken_records_are_said(void **state)
{
    (void)state;
    pl_auto(items) broken = look_shipped("files: {" STORE "-images/images.json: '[{'}", "image", "{}");
    assert_problem(broken, PROBLEM_ERROR, "images.json");
    pl_auto(items) answer = look_shipped(
        "http: {'unix:/run/docker.sock http://localhost/images/json?all=0': {error: timeout}}", "image", "{}");
    assert_problem(answer, PROBLEM_UNKNOWN, "timeout");
}

static void engines_are_found_as_the_daemon_is_described(void **state)
{
    (void)state;
    /* Its file is another one, and says where it listens and where its data is. */
    pl_auto(items) other =
        look_shipped("processes: [{pid: 9, comm: dockerd, argv: [dockerd, --config-file, /d.json]}]\n"
                     "files: {/d.json: '{\"hosts\": [\"unix:///srv/d.sock\"]}'}\n"
                     "http: {'unix:/srv/d.sock http://localhost/images/json?all=0': {error: timeout}}",
                     "image", "{}");
    assert_problem(other, PROBLEM_UNKNOWN, "/srv/d.sock");
    pl_auto(items) letter =
        look_shipped("processes: [{pid: 9, comm: dockerd, argv: [dockerd, '-Hunix:///srv/d.sock']}]\n"
                     "http: {'unix:/srv/d.sock http://localhost/images/json?all=0': {error: timeout}}",
                     "image", "{}");
    assert_problem(letter, PROBLEM_UNKNOWN, "/srv/d.sock");
    pl_auto(items) undescribed = look("{}", "image", "{}");
    assert_problem(undescribed, PROBLEM_UNKNOWN, "the daemon dockerd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(podmans_storage),
        cmocka_unit_test(selection),
        cmocka_unit_test(nothing_is_there),
        cmocka_unit_test(broken_records_are_said),
        cmocka_unit_test(engines_are_found_as_the_daemon_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
