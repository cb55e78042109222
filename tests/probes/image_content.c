/* Contents of images as items: two layers of Docker's storage on disk. */
#include "described.h"

#define ONE   "1111111111111111111111111111111111111111111111111111111111111111"
#define IMAGE "3333333333333333333333333333333333333333333333333333333333333333"
#define TOP   "/var/lib/docker/"

static const char docker[] =
    "live: false\n"
    "files:\n"
    "  " TOP "image/overlay2/imagedb/content/sha256/" IMAGE
    ": '{\"config\": {}, \"rootfs\": {\"diff_ids\": [\"sha256:" ONE "\"]}}'\n"
    "  " TOP "image/overlay2/layerdb/sha256/" ONE "/cache-id: \"l1\\n\"\n"
    "  " TOP "overlay2/l1/diff/usr/bin/su: {content: x, mode: '4755'}\n"
    "  " TOP "overlay2/l1/diff/etc/shadow: \"root::1::::::\\nx:*:1::::::\\n\"\n"
    "  " TOP "overlay2/l1/diff/etc/passwd: \"root:x:0:0::/:/bin/sh\\ntoor:x:0:0::/:/bin/sh\\n\"\n"
    "  " TOP "overlay2/l1/diff/etc/os-release: \"ID=debian\\nVERSION_ID='12'\\n\"\n"
    "  " TOP "overlay2/l1/diff/root/.netrc: secret\n";

static void what_is_in_it(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped(docker, "image-content", "{}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "333333333333");
    assert_field(item, "layers", "1");
    assert_field(item, "setuid", "[\"/usr/bin/su\"]");
    assert_field(item, "setuid_count", "1");
    assert_field(item, "open_accounts", "[\"root\"]");
    assert_field(item, "duplicate_uids", "[\"0\"]");
    assert_field(item, "other_roots", "[\"toor\"]");
    assert_field(item, "release", "\"debian 12\"");
    assert_field(item, "credentials", "[\"/root/.netrc\"]");
    assert_field(item, "deleted_sensitive", "[]");
    assert_declared(item, "image-content");
}

static void a_layer_that_is_gone(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("{live: false, files: {" TOP "image/overlay2/imagedb/content/sha256/" IMAGE
                                        ": '{\"config\": {}, \"rootfs\": {\"diff_ids\": [\"sha256:" ONE "\"]}}'}}",
                                        "image-content", "{}");
    assert_problem(items, PROBLEM_ERROR, "cache-id");
    assert_field(item_at(items, 0), "setuid", "(unread)");
}

static void another_driver(void **state)
{
    (void)state;
    pl_auto(items) items = look_shipped("{live: false, files: {" TOP "image/zfs/imagedb/content/sha256/" IMAGE
                                        ": '{\"config\": {}, \"rootfs\": {\"diff_ids\": [\"sha256:" ONE "\"]}}'}}",
                                        "image-content", "{}");
    assert_problem(items, PROBLEM_ERROR, "zfs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_it),
        cmocka_unit_test(a_layer_that_is_gone),
        cmocka_unit_test(another_driver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
