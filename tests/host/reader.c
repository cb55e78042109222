/* The judge's side of the readers: what a reader answers is checked, whoever it is by now. */
#include "host/reader.h"

#include "host/fs.h"
#include "host/wire.h"

#include "cmocka_all.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* A reader that will give this answer to whatever it is asked first, and is gone then. */
static struct reader *answering(gint32 result, const void *bytes, gsize n)
{
    int pair[2];
    const struct reader_reply reply = {.result = result, .size = (guint32)n};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    assert_true(wire_send(pair[0], &reply, sizeof reply, -1) && (!n || wire_send(pair[0], bytes, n, -1)));
    shutdown(pair[0], SHUT_WR); /* its end stays open until this program ends: a request can be sent */
    return reader_new(&pair[1], 1);
}

static int list(const void *bytes, gsize n, guint max)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
    struct reader *reader = answering(0, bytes, n);
    int err = reader_list(reader, "/etc", max, out);
    reader_free(reader);
    return err ? err : (int)out->len;
}

static void lists(void **state)
{
    (void)state;
    assert_int_equal(list("\4a\0\10b", 6, 2), 2);
    assert_int_equal(list("\4a\0\10b", 6, 1), -EPROTO); /* more than was asked for */
    assert_int_equal(list("\4a/b", 5, 2), -EPROTO);
    assert_int_equal(list("\4..", 4, 2), -EPROTO);
    assert_int_equal(list("\4", 2, 2), -EPROTO);
    assert_int_equal(list("\4a", 2, 2), -EPROTO); /* cut */
}

static void link_free(gpointer data)
{
    struct host_link *link = data;
    g_free(link->name);
    g_free(link->target);
    g_free(link);
}

static int links(const char *name, gint32 failed, guint max)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(link_free);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)name, (guint)strlen(name) + 1);
    g_byte_array_append(bytes, (const guint8 *)&failed, sizeof failed);
    g_byte_array_append(bytes, (const guint8 *)"/t", 3);
    struct reader *reader = answering(0, bytes->data, bytes->len);
    int err = reader_links(reader, "/proc/1/fd", max, out);
    reader_free(reader);
    return err ? err : (int)out->len;
}

static void links_and_why_they_are_not_known(void **state)
{
    (void)state;
    assert_int_equal(links("3", 0, 5), 1);
    assert_int_equal(links("3", -ENOENT, 5), 1);
    assert_int_equal(links("3", 5, 5), -EPROTO); /* neither a link nor why there is none */
    assert_int_equal(links("../1", 0, 5), -EPROTO);
    assert_int_equal(links("3", 0, 0), -EPROTO);
}

static int process(gint32 failed)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (int i = 0; i < READER_PARTS; i++) {
        const gint32 head[] = {i == 7 ? failed : 0, 1};
        g_byte_array_append(bytes, (const guint8 *)head, sizeof head);
        g_byte_array_append(bytes, (const guint8 *)"x", 1);
    }
    struct reader_process out;
    struct reader *reader = answering(0, bytes->data, bytes->len);
    int err = reader_process(reader, "/proc/9", &out);
    reader_process_clear(&out);
    reader_free(reader);
    return err;
}

static void parts_of_a_process(void **state)
{
    (void)state;
    assert_int_equal(process(0), 0);
    assert_int_equal(process(-EACCES), 0);
    assert_int_equal(process(7), -EPROTO);
}

static int bytes_within(gsize max)
{
    g_autoptr(GBytes) out = NULL;
    struct reader *reader = answering(0, "12345", 5);
    int err = reader_read(reader, "/x", max, &out);
    reader_free(reader);
    return err ? err : (int)g_bytes_get_size(out);
}

static void no_more_bytes_than_asked_for(void **state)
{
    (void)state;
    assert_int_equal(bytes_within(5), 5);
    assert_int_equal(bytes_within(4), -EPROTO);
}

static void no_success_with_a_number(void **state)
{
    (void)state;
    g_autofree char *text = NULL;
    struct reader *reader = answering(2, "/x", 3);
    assert_int_equal(reader_readlink(reader, "/proc/1/exe", &text), -EPROTO);
    reader_free(reader);
    reader = answering(0, "", 0);
    assert_int_equal(reader_readlink(reader, "/proc/1/exe", &text), -EPROTO);
    reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(links_and_why_they_are_not_known),
        cmocka_unit_test(parts_of_a_process),
        cmocka_unit_test(no_more_bytes_than_asked_for),
        cmocka_unit_test(no_success_with_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
