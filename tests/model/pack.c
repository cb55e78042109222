#include "model/pack.h"

#include "model/cleanup.h"

#include "cmocka_all.h"

#include <math.h>
#include <string.h>

static struct unpack over(const GByteArray *bytes)
{
    return (struct unpack){bytes->data, bytes->data + bytes->len, false};
}

static void numbers(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        pack_number(bytes, values[i]);
    struct unpack from = over(bytes);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        assert_true(unpack_number(&from) == values[i]);
    assert_false(from.broken);
    assert_ptr_equal(from.at, from.end);
}

static void texts_and_parts(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = g_byte_array_new(), part = g_byte_array_new();
    pack_text(bytes, NULL);
    pack_text(bytes, "");
    pack_text(part, "inside");
    pack_part(bytes, part);
    pack_text(bytes, "behind");
    struct unpack from = over(bytes);
    assert_null(unpack_text(&from));
    assert_string_equal(unpack_text(&from), "");
    struct unpack inside = unpack_part(&from);
    assert_string_equal(unpack_text(&from), "behind");
    assert_string_equal(unpack_text(&inside), "inside");
    assert_ptr_equal(inside.at, inside.end);
    assert_false(from.broken || inside.broken);
}

static json_object *sample(void)
{
    json_object *tree = json_object_new_object(), *list = json_object_new_array();
    json_object *text = json_object_new_string_len("a\0b", 3);
    tree_set_mark(text, (struct tree_mark){7, 3, 7, 1});
    json_object_object_add(tree, "text", text);
    json_object_array_add(list, json_object_new_int64(INT64_MIN));
    json_object_array_add(list, NULL);
    json_object_array_add(list, json_object_new_double(-0.1));
    json_object_array_add(list, json_object_new_double(INFINITY));
    json_object_array_add(list, json_object_new_boolean(true));
    json_object_array_add(list, json_object_new_array());
    json_object_object_add(tree, "list", list);
    json_object_object_add(tree, "none", NULL);
    return tree;
}

static void trees_with_their_marks(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    pl_autojson json_object *tree = sample();
    pack_tree(bytes, tree);
    pack_tree(bytes, NULL);
    struct unpack from = over(bytes);
    pl_autojson json_object *again = unpack_tree(&from);
    assert_true(tree_equal(tree, again));
    json_object *text = tree_member(again, "text");
    assert_int_equal(json_object_get_string_len(text), 3);
    struct tree_mark mark = tree_mark(text);
    assert_int_equal(mark.line * 1000 + mark.column * 100 + mark.key_line * 10 + mark.key_column, 7371);
    assert_null(unpack_tree(&from));
    assert_false(from.broken);
}

/* Whatever is cut off or changed: an end, and no byte beyond it. */
static void broken_bytes_end(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    pl_autojson json_object *tree = sample();
    pack_tree(bytes, tree);
    for (guint n = 0; n < bytes->len; n++) {
        g_autofree uint8_t *cut = g_memdup2(bytes->data, n);
        struct unpack from = {cut, cut + n, false};
        pl_autojson json_object *part = unpack_tree(&from);
        assert_true(from.broken);
    }
    for (guint n = 0; n < bytes->len; n++) {
        g_autofree uint8_t *changed = g_memdup2(bytes->data, bytes->len);
        changed[n] ^= 0xFF;
        struct unpack from = {changed, changed + bytes->len, false};
        pl_autojson json_object *part = unpack_tree(&from);
        assert_true(from.at <= from.end);
    }
}

static void trees_that_are_too_deep(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (unsigned i = 0; i < 100000; i++) {
        static const uint64_t array[] = {json_type_array, 0, 0, 0, 0, 1};
        for (size_t k = 0; k < G_N_ELEMENTS(array); k++)
            pack_number(bytes, array[k]);
    }
    struct unpack from = over(bytes);
    pl_autojson json_object *tree = unpack_tree(&from);
    assert_true(from.broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts_and_parts),
        cmocka_unit_test(trees_with_their_marks),
        cmocka_unit_test(broken_bytes_end),
        cmocka_unit_test(trees_that_are_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
