/* What a user can make fail casts no doubt on the containers of others. */
#include "container_hosts.h"
#include "described.h"

#include "host/fs_inline.h"
#include "host/notes.h"
#include "host/private.h"

/* With a FUSE mount in place of it root's look is denied. */
static void a_users_folder_makes_one_field_unread(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host(CONTAINER("", "") "files:\n  /run/user/1000/podman/podman.sock: {type: socket}\n");
    fs_inline_find(host->fs, "/run/user/1000")->denied = true;
    pl_auto(daemons) daemons = shipped_daemons();
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    pl_auto(items) items = look_at_described(daemons, host, "container", "{}");
    host_notes_swap(before);
    assert_int_equal(host_notes_list(notes)->len, 0);
    const struct item *item = only_item(items);
    assert_non_null(strstr(unread_why(item, "sockets"), "/run/user/"));
    assert_null(unread_why(item, "caps_effective"));
}

/* What failed without being told by a field is told by all of them, of this container alone. */
static void a_look_that_failed_is_of_one_container(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host(CONTAINER("", ""));
    fs_inline_text(host->fs, "/proc/sys/kernel/cap_last_cap", "40\n");
    fs_inline_find(host->fs, "/proc/sys/kernel/cap_last_cap")->denied = true;
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    pl_auto(items) items = look_at(host, "container", "{}");
    host_notes_swap(before);
    assert_int_equal(host_notes_list(notes)->len, 0);
    const struct item *item = only_item(items);
    assert_non_null(strstr(unread_why(item, "privileged"), "cap_last_cap"));
    assert_non_null(strstr(unread_why(item, "caps_effective"), "cap_last_cap"));
    json_object *seen = NULL;
    assert_true(json_object_object_get_ex(item->fields, "caps_effective", &seen)); /* and stays */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_users_folder_makes_one_field_unread),
        cmocka_unit_test(a_look_that_failed_is_of_one_container),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
