/* A home that cannot be looked at is told of, and is not forgotten. */
#include "cmocka_all.h"

#include "facts/account/homes.h"
#include "host/fs_inline.h"
#include "host/private.h"
#include "model/error.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(denied_home),
        cmocka_unit_test(no_home_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
