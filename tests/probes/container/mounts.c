#include "container_hosts.h"
#include "described.h"

static void mounts_are_traced_to_the_host(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", PROC
                       "410 400 8:1 / /host ro - ext4 /dev/sda1 rw\\n411 410 0:25 / /host/run rw - tmpfs tmpfs rw\\n"
                       "412 400 8:1 /etc /x/etc rw - ext4 /dev/sda1 rw\\n"
                       "413 400 8:1 /var/lib/docker/containers/" ID "/hosts /etc/hosts rw - ext4 /dev/sda1 rw\\n"
                       "414 400 8:1 /var/lib/docker/volumes/v/_data /data rw - ext4 /dev/sda1 rw\\n"),
             "container", "{}");
    const struct item *item = only_item(items);
    /* No record says that it is a volume. */
    assert_field(item, "host_paths", "[\"/\",\"/run\",\"/etc\",\"/var/lib/docker/volumes/v/_data\"]");
    assert_field(item, "writable_host_paths", "[\"/run\",\"/etc\",\"/var/lib/docker/volumes/v/_data\"]");
    assert_field(item, "mounts.3.host", "\"/var/lib/docker/volumes/v/_data\"");
}

#define SOCKET "files: {/run/docker.sock: {type: socket}}\n"

static void assert_sockets(const char *text, const char *json)
{
    pl_auto(daemons) daemons = shipped_daemons();
    pl_auto(host) host = inline_host(text);
    pl_auto(items) items = look_at_described(daemons, host, "container", "{}");
    assert_field(only_item(items), "sockets", json);
}

static void sockets_below_mounted_directories(void **state)
{
    (void)state;
    assert_sockets(CONTAINER("", "410 400 0:25 / /hostrun ro - tmpfs tmpfs rw\\n") SOCKET, "[\"/run/docker.sock\"]");
    assert_sockets(CONTAINER("", "410 400 0:25 /docker.sock /s ro - tmpfs tmpfs rw\\n") SOCKET,
                   "[\"/run/docker.sock\"]");
    assert_sockets(CONTAINER("", "410 400 0:25 / /r ro - tmpfs tmpfs rw\\n"
                                 "411 410 0:70 / /r/docker.sock ro - tmpfs t rw\\n") SOCKET,
                   "[]");
    /* A bind of / alone does not show what is mounted on /run. */
    assert_sockets(CONTAINER("", "410 400 8:1 / /host ro - ext4 /dev/sda1 rw\\n") SOCKET, "[]");
}

/* Where no description says what sockets are for, none of them is harmless. */
static void sockets_without_descriptions(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", "410 400 0:25 / /hostrun ro - tmpfs tmpfs rw\\n") SOCKET, "container", "{}");
    assert_non_null(strstr(unread_why(only_item(items), "sockets"), "description"));
    assert_non_null(strstr(unread_why(only_item(items), "user_sockets"), "description"));
}

static void unmasked_and_writable(void **state)
{
    (void)state;
    pl_auto(items) items =
        look(CONTAINER("", "401 400 0:60 / /proc rw - proc proc rw\\n402 400 0:62 / /sys ro - sysfs s ro\\n"),
             "container", "{}");
    assert_field(only_item(items), "masked_proc", "false");
    assert_field(only_item(items), "writable_proc_sys", "true");
    pl_auto(items) bound =
        look(CONTAINER("", PROC "410 400 0:22 / /host/proc rw - proc proc rw\\n"), "container", "{}");
    assert_field(only_item(bound), "masked_proc", "false");
    assert_field(only_item(bound), "writable_proc_sys", "true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mounts_are_traced_to_the_host),
        cmocka_unit_test(sockets_below_mounted_directories),
        cmocka_unit_test(sockets_without_descriptions),
        cmocka_unit_test(unmasked_and_writable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
