/* A home that cannot be looked at is told of, and is not forgotten. */
#include "cmocka_all.h"

#include "facts/account/homes.h"
#include "host/fs_inline.h"
#include "host/private.h"
#include "model/error.h"
#include "probes/common/content_paths.h"

static void denied_home(void **state)
{
    (void)state;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    fs_inline_text(host->fs, "/etc/passwd", "ann:x:1000:1000::/srv/ann:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n");
    fs_inline_directory(host->fs, "/srv/ann");
    fs_inline_directory(host->fs, "/home/bob");
    fs_inline_find(host->fs, "/srv")->denied = true;
    const struct homes *homes = homes_find(host);
    assert_int_equal(homes->list->len, 1);
    assert_true(g_error_matches(homes->error, PL_ERROR, PL_ERROR_DENIED));
}

static void no_home_is_no_error(void **state)
{
    (void)state;
    pl_auto(host) host = host_new_inline(NULL, NULL, NULL);
    fs_inline_text(host->fs, "/etc/passwd", "ann:x:1000:1000::/nonexistent:/bin/sh\n");
    assert_null(homes_find(host)->error);
}

/* The bound on items speaks. */
static void full_list_is_a_problem(void **state)
{
    (void)state;
    pl_auto(items) items = items_new();
    assert_true(content_room(items, "config"));
    assert_int_equal(items->problems->len, 0);
    for (guint i = 0; i < ITEMS_MAX; i++)
        items_add(items, "x");
    assert_false(content_room(items, "config"));
    assert_int_equal(items->problems->len, 1);
    assert_int_equal(((struct problem *)g_ptr_array_index(items->problems, 0))->kind, PROBLEM_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(denied_home),
        cmocka_unit_test(no_home_is_no_error),
        cmocka_unit_test(full_list_is_a_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
