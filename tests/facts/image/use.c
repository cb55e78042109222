#include "facts/image/use.h"

#include "looking.h"

/* One image "sha256:1" that is called a:1, and one container of it, whose name could be asked for or not. */
static void assert_untold(bool running, bool untold, bool expected)
{
    struct image *image = g_new0(struct image, 1);
    image->id = g_strdup("sha256:1");
    image->tags = g_strsplit("a:1", " ", -1);
    struct images images = {.list = g_ptr_array_new_with_free_func(image_free)};
    g_ptr_array_add(images.list, image);
    g_autoptr(GPtrArray) users = image_users_new();
    image_users_add(users, "web", "sha256:1", NULL, running)->untold = untold;
    image_users_apply(users, &images, 0);
    assert_true(image->in_use);
    assert_int_equal(g_strv_length(image->stale), 0);
    assert_int_equal(image->stale_untold, expected);
    g_ptr_array_unref(images.list);
}

static void a_name_that_was_not_told(void **state)
{
    (void)state;
    assert_untold(true, true, true);
    assert_untold(true, false, false);
    assert_untold(false, true, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_was_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
