/* A failure that nobody asked for reaches whoever collects, also through what was memoised. */
#include "cmocka_all.h"

#include <errno.h>
#include <unistd.h>

#include "host/fs_inline.h"
#include "host/notes.h"
#include "host/private.h"
#include "model/error.h"
#include "model/tree.h"

static struct host *host_of_denied(void)
{
    struct host *host = host_new_inline(NULL, NULL, NULL);
    fs_inline_text(host->fs, "/etc/secret", "x");
    fs_inline_find(host->fs, "/etc/secret")->denied = true;
    return host;
}

static struct host_notes *listen_to(void (*look)(struct host *host), struct host *host)
{
    struct host_notes *notes = host_notes_new();
    assert_null(host_notes_swap(notes));
    look(host);
    assert_ptr_equal(host_notes_swap(NULL), notes);
    return notes;
}

static void read_quietly(struct host *host)
{
    assert_null(host_read(host, "/etc/secret", NULL));
    assert_null(host_read(host, "/etc/secret", NULL)); /* out of the cache */
}

static void denied_is_noted_once(void **state)
{
    (void)state;
    pl_auto(host) host = host_of_denied();
    pl_auto(host_notes) notes = listen_to(read_quietly, host);
    assert_int_equal(host_notes_list(notes)->len, 1);
    const GError *error = g_ptr_array_index(host_notes_list(notes), 0);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
    assert_non_null(strstr(error->message, "/etc/secret"));
}

static void follow_quietly(struct host *host)
{
    fs_inline_text(host->fs, "/etc/file", "x");
    assert_null(host_readlink(host, "/etc/file", NULL));
    assert_null(host_readlink(host, "/etc/none", NULL));
}

static void follow_denied(struct host *host)
{
    fs_inline_find(host->fs, "/etc")->denied = true;
    assert_null(host_readlink(host, "/etc/secret", NULL));
}

/* What is no link, or not there, has no target; what could not be followed may have one. */
static void links_that_cannot_be_read(void **state)
{
    (void)state;
    pl_auto(host) host = host_of_denied();
    pl_auto(host_notes) none = listen_to(follow_quietly, host);
    assert_int_equal(host_notes_list(none)->len, 0);
    pl_auto(host_notes) one = listen_to(follow_denied, host);
    assert_int_equal(host_notes_list(one)->len, 1);
}

/* The first by its name, the others by their number. */
static void several_are_told_as_one(void **state)
{
    (void)state;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    pl_auto(host_notes) notes = host_notes_new();
    struct host_notes *before = host_notes_swap(notes);
    assert_null(host_notes_error(notes));
    for (int i = 0; i < 20; i++) {
        g_autofree char *path = g_strdup_printf("/etc/secret%d", i);
        fs_inline_text(host->fs, path, "x");
        fs_inline_find(host->fs, path)->denied = true;
        assert_null(host_read(host, path, NULL));
        if (i > 2 && i < 19)
            continue;
        g_autoptr(GError) error = host_notes_error(notes);
        assert_string_equal(error->message, i == 0   ? "/etc/secret0: Permission denied"
                                            : i == 1 ? "/etc/secret0: Permission denied, and 1 more"
                                            : i == 2 ? "/etc/secret0: Permission denied, and 2 more"
                                                     : "/etc/secret0: Permission denied, and at least 7 more");
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
    }
    host_notes_swap(before);
}

static void look_for_nothing(struct host *host)
{
    g_autoptr(GError) error = NULL;
    assert_null(host_read(host, "/etc/none", NULL));
    assert_false(host_exists(host, "/etc/none/below"));
    assert_null(host_readlink(host, "/etc/hostname-is-no-link", NULL));
    assert_null(host_read(host, "/etc/secret", &error)); /* asked for: the caller's business */
    assert_null(host_read(host, "/etc/secret", host_unheard()));
}

static void absence_and_what_was_asked_for_are_not_noted(void **state)
{
    (void)state;
    pl_auto(host) host = host_of_denied();
    fs_inline_text(host->fs, "/etc/hostname-is-no-link", "x");
    pl_auto(host_notes) notes = listen_to(look_for_nothing, host);
    assert_int_equal(host_notes_list(notes)->len, 0);
}

static gpointer make(struct host *host, gpointer data)
{
    read_quietly(host);
    return data;
}

static void use_memo(struct host *host)
{
    static int value;
    assert_ptr_equal(host_memo(host, "test", make, &value, NULL), &value);
}

static void a_memo_tells_everyone_who_uses_it(void **state)
{
    (void)state;
    pl_auto(host) host = host_of_denied();
    pl_auto(host_notes) first = listen_to(use_memo, host);
    pl_auto(host_notes) second = listen_to(use_memo, host);
    assert_int_equal(host_notes_list(first)->len, 1);
    assert_int_equal(host_notes_list(second)->len, 1);
}

static void nobody_listens(void **state)
{
    (void)state;
    pl_auto(host) host = host_of_denied();
    read_quietly(host);
    assert_null(host_notes_current());
}

/* A file whose size says nothing is bounded while it is read. */
static void what_grows_is_bounded(void **state)
{
    (void)state;
    int ends[2];
    char text[200] = "";
    GBytes *bytes = NULL;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof text), (ssize_t)sizeof text);
    close(ends[1]);
    assert_int_equal(fs_read_fd(ends[0], 100, &bytes), -EFBIG);
    assert_null(bytes);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_grows_is_bounded),
        cmocka_unit_test(denied_is_noted_once),
        cmocka_unit_test(links_that_cannot_be_read),
        cmocka_unit_test(several_are_told_as_one),
        cmocka_unit_test(absence_and_what_was_asked_for_are_not_noted),
        cmocka_unit_test(a_memo_tells_everyone_who_uses_it),
        cmocka_unit_test(nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
