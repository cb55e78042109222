/* The walk's answer is the same whatever number of threads it has, over a tree as somebody would make it who wants
 * something to be missed. */
#include "host/host.h"
#include "host/walk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"

/* What the walk takes for the machine: so many processors, and room for so many threads beside its own. */
static guint processors, room;
static gint made;

guint g_get_num_processors(void)
{
    return processors;
}

GThread *g_thread_try_new(const gchar *name, GThreadFunc function, gpointer data, GError **error)
{
    static GThread *(*real)(const gchar *, GThreadFunc, gpointer, GError **);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "g_thread_try_new");
    if ((guint)g_atomic_int_get(&made) >= room)
        return NULL;
    g_atomic_int_inc(&made);
    return real(name, function, data, error);
}

static char *root;

static void put(int dir, const char *name, mode_t mode)
{
    int file = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(fchmod(file, mode), 0);
    close(file);
}

static void write_text(int dir, const char *name, const char *text)
{
    int file = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

/* Makes a directory and goes into it; `dir` is closed. */
static int into(int dir, const char *name, mode_t mode)
{
    assert_int_equal(mkdirat(dir, name, 0700), 0);
    int next = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(next >= 0);
    assert_int_equal(fchmod(next, mode), 0);
    close(dir);
    return next;
}

static int top_of(const char *path)
{
    return into(open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, 0755);
}

/* Directories in each other, with others beside each on the way, files in all of them, and names that sort badly. */
static void make_deep(const char *name, int levels)
{
    int dir = top_of(name);
    for (int i = 0; i < levels; i++) {
        close(into(into(dup(dir), "a\n\377", 0777), "e", 0755));
        close(into(dup(dir), "z", i % 3 ? 01777 : 0777));
        put(dir, "su", i % 2 ? 04755 : 0666);
        dir = into(dir, "d", 0755);
    }
    close(dir);
}

/* Many small ones: what is given to others is soon done. */
static void make_wide(void)
{
    int top = top_of("wide");
    for (int i = 0; i < 400; i++) {
        g_autofree char *name = g_strdup_printf("%d", i);
        int dir = into(dup(top), name, 0755);
        put(dir, "file", i % 7 ? 0644 : 06755);
        put(dir, "plain", i % 11 ? 0755 : 0777);
        close(dir);
    }
    close(top);
}

/* One chain without anything to give away. */
static void make_chain(void)
{
    int dir = top_of("chain");
    for (int i = 0; i < 4200; i++)
        dir = into(dir, "d", 0755);
    put(dir, "su", 04755);
    close(dir);
}

static int set_up(void **state)
{
    (void)state;
    root = g_dir_make_tmp("plumbline-XXXXXX", NULL);
    int etc = top_of("etc");
    write_text(etc, "passwd", "root:x:0:0::/root:/bin/sh\n");
    write_text(etc, "group", "root:x:0:\n");
    close(etc);
    make_deep("deep", 150);
    make_deep("deeper", 2500); /* longer than a path may be */
    make_wide();
    make_chain();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", root);
    int result = system(command);
    g_free(root);
    return result;
}

static char *answer(guint threads)
{
    GString *text = g_string_new(NULL);
    pl_auto(host) host = host_new(root, NULL);
    processors = MAX(threads, 2);
    room = threads - 1;
    g_atomic_int_set(&made, 0);
    const struct walk *walk = host_walk(host);
    assert_int_equal(g_atomic_int_get(&made), room);
    for (guint i = 0; i < walk->entries->len; i++) {
        const struct walk_entry *entry = g_ptr_array_index(walk->entries, i);
        g_string_append_printf(text, "%s %x %o %u\n", entry->path, entry->kinds, entry->stat.mode, entry->stat.uid);
    }
    for (guint i = 0; i < walk->groups->len; i++) {
        const struct walk_group *group = g_ptr_array_index(walk->groups, i);
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " %x %o %u below %s%s\n", group->count, group->kind,
                               group->mode, group->uid, group->below, group->named ? " named" : "");
    }
    for (guint i = 0; i < walk->gaps->len; i++) {
        const struct walk_gap *gap = g_ptr_array_index(walk->gaps, i);
        g_string_append_printf(text, "gap %d %x %s: %s\n", gap->why, gap->kinds, gap->path, gap->text);
    }
    g_string_append_printf(text, "%" G_GUINT64_FORMAT " more gaps %x", walk->more_gaps, walk->more_kinds);
    return g_string_free(text, FALSE);
}

static void threads_agree(void **state)
{
    (void)state;
    g_autofree char *alone = answer(1);
    assert_non_null(strstr(alone, "/deep/d/d/d/su"));
    assert_non_null(strstr(alone, "/wide/392/file"));
    assert_non_null(strstr(alone, "/chain/d/d/d/d/d/d/d: more than 4096 directories in each other"));
    for (int turn = 0; turn < 4; turn++) {
        for (guint threads = 2; threads <= 4; threads++) {
            g_autofree char *together = answer(threads);
            assert_true(g_str_equal(together, alone)); /* megabytes: not to be shown */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(threads_agree, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
