/* One walk below a directory: what it sees, what it leaves out, and that it says where it did not see the end. */
#include "cmocka_all.h"

#include "facts/system/below.h"
#include "host/fs_inline.h"
#include "host/notes.h"
#include "host/private.h"
#include "model/error.h"

#define MOUNTS                                                                                                         \
    "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"                                                                            \
    "23 22 8:1 /other /srv/app/other rw - ext4 /dev/sda1 rw\n"

struct seen {
    GString *names;    /* each with a blank in front */
    const char *apart; /* a name that is not entered; NULL */
    const char *found; /* a name that is enough; NULL */
};

static enum below_step see(const struct below_entry *entry, gpointer data)
{
    struct seen *seen = data;
    g_autofree char *path = below_path("/in", entry);
    g_string_append_printf(seen->names, " %s", path);
    if (seen->found && g_strcmp0(entry->name, seen->found) == 0)
        return BELOW_FOUND;
    return seen->apart && g_strcmp0(entry->name, seen->apart) == 0 ? BELOW_APART : BELOW_ON;
}

static struct host *make_host(void)
{
    struct host *host = host_new_inline(NULL, NULL, NULL);
    fs_inline_text(host->fs, "/srv/app/b/deep/x", "");
    fs_inline_text(host->fs, "/srv/app/a", "");
    fs_inline_text(host->fs, "/srv/app/c/y", "");
    fs_inline_text(host->fs, "/srv/app/other/z", "");
    return host;
}

/* What a walk of a top sees; its error, or NULL. Caller frees. */
static GError *walk(struct host *host, const char *top, struct seen *seen, struct below *below)
{
    pl_auto(mountinfo) table = mountinfo_parse(MOUNTS, NULL);
    GError *error = NULL;
    below->host = host;
    below->top = below->place = top;
    below->mounts = table;
    below->visit = see;
    below->data = seen;
    bool whole = below_walk(below, &error);
    assert_true(whole == !error);
    return error;
}

static void assert_sees(struct host *host, struct seen *seen, const char *names)
{
    struct below below = {0};
    seen->names = g_string_new(NULL);
    assert_null(walk(host, "/srv/app", seen, &below));
    assert_string_equal(seen->names->str, names);
    g_string_free(seen->names, TRUE);
}

static void all_is_seen_but_what_is_mounted(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    assert_sees(host, &(struct seen){0}, " /in /in/a /in/b /in/c /in/b/deep /in/c/y /in/b/deep/x");
}

static void what_is_left_out_is_not_read(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    fs_inline_find(host->fs, "/srv/app/b")->denied = true;
    assert_sees(host, &(struct seen){.apart = "b"}, " /in /in/a /in/b /in/c /in/c/y");
}

static void enough_ends_it(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    fs_inline_find(host->fs, "/srv/app/c")->denied = true;
    assert_sees(host, &(struct seen){.found = "a"}, " /in /in/a");
}

static void a_file_is_its_own_top(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    struct seen seen = {.names = g_string_new(NULL)};
    struct below below = {0};
    assert_null(walk(host, "/srv/app/a", &seen, &below));
    assert_string_equal(seen.names->str, " /in");
    g_string_free(seen.names, TRUE);
}

static void what_cannot_be_looked_at_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *denied, *top;
        enum pl_error code;
    } cases[] = {{"/srv/app/b", "/srv/app", PL_ERROR_DENIED},
                 {"/srv/app", "/srv/app", PL_ERROR_DENIED},
                 {"/srv", "/srv/app", PL_ERROR_DENIED},
                 {"/srv", "/nothing", PL_ERROR_ABSENT}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(host) host = make_host();
        fs_inline_find(host->fs, cases[i].denied)->denied = true;
        /* Twice: who asks later, and is given what was kept, has to hear of it as well. */
        for (int turn = 0; turn < 2; turn++) {
            struct seen seen = {.names = g_string_new(NULL)};
            struct below below = {0};
            g_autoptr(GError) error = walk(host, cases[i].top, &seen, &below);
            assert_true(g_error_matches(error, PL_ERROR, cases[i].code));
            g_string_free(seen.names, TRUE);
        }
    }
}

static void a_link_is_no_top(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    fs_inline_link(host->fs, "/link", "/srv/app");
    struct seen seen = {.names = g_string_new(NULL)};
    struct below below = {0};
    g_autoptr(GError) error = walk(host, "/link", &seen, &below);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_KIND));
    below.follow = true;
    assert_null(walk(host, "/link", &seen, &below));
    g_string_free(seen.names, TRUE);
}

/* ---- bounds ---- */

static void assert_cut(struct host *host, const char *top, struct below *below)
{
    struct seen seen = {.names = g_string_new(NULL)};
    g_autoptr(GError) error = walk(host, top, &seen, below);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
    assert_non_null(strstr(error->message, top));
    g_string_free(seen.names, TRUE);
}

static void many_files(void **state)
{
    (void)state;
    for (unsigned more = 0; more < 2; more++) {
        pl_auto(host) host = make_host();
        for (unsigned i = 1; i < BELOW_FILES_MAX + more; i++) {
            g_autofree char *path = g_strdup_printf("/many/%u", i);
            fs_inline_text(host->fs, path, "");
        }
        struct below below = {0};
        struct seen seen = {.names = g_string_new(NULL)};
        if (more)
            assert_cut(host, "/many", &below);
        else
            assert_null(walk(host, "/many", &seen, &below));
        /* Of the next top nothing is left. */
        assert_cut(host, "/srv/app", &below);
        g_string_free(seen.names, TRUE);
    }
}

static void deep_folders(void **state)
{
    (void)state;
    for (unsigned more = 0; more < 2; more++) {
        pl_auto(host) host = make_host();
        struct below below = {0};
        struct seen seen = {.names = g_string_new(NULL)};
        g_autoptr(GString) path = g_string_new("/deep");
        for (unsigned i = 0; i < BELOW_DEPTH_MAX + more; i++)
            g_string_append(path, "/d");
        fs_inline_text(host->fs, path->str, "");
        if (more)
            assert_cut(host, "/deep", &below);
        else
            assert_null(walk(host, "/deep", &seen, &below));
        g_string_free(seen.names, TRUE);
    }
}

static void time_that_was_taken_already(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    struct below below = {.elapsed = (gint64)BELOW_SECONDS_MAX * 2 * G_USEC_PER_SEC};
    assert_cut(host, "/srv/app", &below);
}

/* ---- what is kept ---- */

static void a_directory_is_read_once(void **state)
{
    (void)state;
    pl_auto(host) host = make_host();
    assert_sees(host, &(struct seen){.apart = "c"}, " /in /in/a /in/b /in/c /in/b/deep /in/b/deep/x");
    fs_inline_text(host->fs, "/srv/app/b/later", "");
    fs_inline_text(host->fs, "/srv/app/c/later", "");
    assert_sees(host, &(struct seen){0}, " /in /in/a /in/b /in/c /in/b/deep /in/c/later /in/c/y /in/b/deep/x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_seen_but_what_is_mounted),
        cmocka_unit_test(what_is_left_out_is_not_read),
        cmocka_unit_test(enough_ends_it),
        cmocka_unit_test(a_file_is_its_own_top),
        cmocka_unit_test(what_cannot_be_looked_at_is_told),
        cmocka_unit_test(a_link_is_no_top),
        cmocka_unit_test(many_files),
        cmocka_unit_test(deep_folders),
        cmocka_unit_test(time_that_was_taken_already),
        cmocka_unit_test(a_directory_is_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
