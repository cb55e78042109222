/* Names whose folders are links of other layers. */
#include "facts/image/lead.h"

#include "looking.h"

static struct image_layer *layer_of(const char *const *entries)
{
    struct image_layer *layer = image_layer_new(false);
    for (; *entries; entries++) {
        g_auto(GStrv) words = g_strsplit(*entries, " ", 2);
        bool folder = g_str_has_suffix(words[0], "/");
        if (folder)
            words[0][strlen(words[0]) - 1] = '\0';
        const struct archive_member member = {.path = words[0],
                                              .kind = words[1] ? ARCHIVE_SYMLINK
                                                      : folder ? ARCHIVE_DIRECTORY
                                                               : ARCHIVE_FILE,
                                              .mode = 0755,
                                              .link = words[1]};
        assert_true(image_layer_add(layer, &member, false, NULL, NULL));
    }
    return layer;
}

static void led(void **state)
{
    (void)state;
    static const struct {
        const char *below[6], *own[4];
        const char *path, *to; /* NULL: behind no link; "?": not known where */
    } cases[] = {
        {{"bin usr/evil"}, {"bin/su"}, "bin/su", "usr/evil/su"},
        {{"bin /usr/evil"}, {"bin/su"}, "bin/su", "usr/evil/su"},
        {{"a/b ../c", "c /d/./e//"}, {"a/b/f/su"}, "a/b/f/su", "d/e/f/su"},
        {{"a ../../x"}, {"a/su"}, "a/su", "x/su"},
        {{"a/b .."}, {"a/b/su"}, "a/b/su", "su"},
        {{"a b", "b a"}, {"a/su"}, "a/su", "?"},
        {{"a a/a"}, {"a/su"}, "a/su", "?"},
        {{"bin usr/evil"}, {"bin/", "bin/su"}, "bin/su", NULL},
        {{"usr/bin/"}, {"usr/bin/su"}, "usr/bin/su", NULL},
        {{"bin/su x"}, {"bin/su"}, "bin/su", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) layers = g_ptr_array_new_with_free_func(image_layer_free);
        g_ptr_array_add(layers, layer_of(cases[i].below));
        g_ptr_array_add(layers, layer_of(cases[i].own));
        assert_int_equal(image_is_behind_link(layers, 1, cases[i].path), cases[i].to != NULL);
        g_autofree char *to = image_led_to(layers, 1, cases[i].path);
        assert_string_equal(to ? to : "?", cases[i].to ? cases[i].to : cases[i].path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(led)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
