#include "model/tree.h"

#include "cmocka_all.h"
#include "model/cleanup.h"

#include <glib.h>

static void dotted_paths(void **state)
{
    (void)state;
    pl_autojson json_object *root = json_tokener_parse("{\"a\":{\"b\":[1,{\"c\":\"x\"}],\"n\":null},\"io.x/y\":true}");
    json_object *node = NULL;
    assert_true(tree_get(root, "a.b.1.c", &node));
    assert_string_equal(json_object_get_string(node), "x");
    assert_true(tree_get(root, "io\\.x/y", &node));
    assert_true(tree_get(root, "", &node) && node == root);
    assert_true(tree_get(root, "a.n", &node) && node == NULL);
    assert_false(tree_get(root, "a.n.x", &node));
    assert_false(tree_get(root, "a.b.2", &node));
    assert_false(tree_get(root, "a.b.-1", &node));
    assert_false(tree_get(root, "a.z", &node));
    assert_false(tree_get(NULL, "a", &node));
}

static void canonical_is_sorted(void **state)
{
    (void)state;
    pl_autojson json_object *a = json_tokener_parse("{\"b\":[1,2.5,null],\"a\":\"q\\\"\\n\"}");
    pl_autojson json_object *b = json_tokener_parse("{\"a\":\"q\\\"\\n\",\"b\":[1,2.5,null]}");
    g_autofree char *text = tree_canonical(a);
    assert_string_equal(text, "{\"a\":\"q\\\"\\u000a\",\"b\":[1,2.5,null]}");
    assert_true(tree_equal(a, b));
    pl_autojson json_object *c = json_tokener_parse("{\"a\":\"q\",\"b\":[1,2.5,null]}");
    assert_false(tree_equal(a, c));
}

static void copies_keep_marks(void **state)
{
    (void)state;
    pl_autojson json_object *root = json_object_new_object();
    json_object *leaf = json_object_new_int64(7);
    tree_set_mark(leaf, (struct tree_mark){.line = 3, .column = 9, .key_line = 3, .key_column = 2});
    json_object_object_add(root, "leaf", leaf);
    json_object_object_add(root, "nothing", NULL);
    pl_autojson json_object *copy = tree_copy(root);
    assert_ptr_not_equal(copy, root);
    assert_true(tree_equal(copy, root));
    struct tree_mark mark = tree_mark(tree_member(copy, "leaf"));
    assert_int_equal(mark.line, 3);
    assert_int_equal(mark.key_column, 2);
    assert_int_equal(tree_mark(copy).line, 0);
    assert_int_equal(tree_mark(NULL).line, 0);
}

/* Those that fit into a pointer, those at its bounds and those beyond. */
static void every_mark_comes_back(void **state)
{
    (void)state;
    static const struct tree_mark marks[] = {
        {0},
        {1, 1, 0, 0},
        {5, 3, 4, 1},
        {5, 3, 5, 1},
        {(1U << 20) - 1, (1U << 12) - 1, 1, 1},
        {(1U << 20) - 1, (1U << 12) - 1, (1U << 20) - (1U << 11), (1U << 12) - 1},
        {1U << 20, 1, 1U << 20, 1},
        {1, 1U << 12, 1, 1},
        {3, 1, 3, 1U << 12},
        {1U << 11, 1, 0, 0},
        {(1U << 11) + 1, 1, 1, 1},
        {3, 2, 4, 1},
        {0, 0, 4, 1},
        {4, 1, 0, 7},
        {G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT},
    };
    pl_autojson json_object *node = json_object_new_boolean(true);
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        tree_set_mark(node, marks[i]);
        struct tree_mark mark = tree_mark(node);
        assert_memory_equal(&mark, &marks[i], sizeof mark);
    }
}

static const struct tree_mark small = {3, 9, 3, 2}, wide = {3, 1U << 20, 3, 2}; /* packed, allocated */

/* A container in a container in ...; `wide` every other one. */
static json_object *marked_nest(unsigned depth)
{
    json_object *inner = json_object_new_string("core");
    for (unsigned i = 0; i < depth; i++) {
        json_object *outer = i % 3 ? json_object_new_array() : json_object_new_object();
        tree_set_mark(inner, i % 2 ? wide : small);
        if (i % 3)
            json_object_array_add(outer, inner);
        else
            json_object_object_add(outer, "inner", inner);
        inner = outer;
    }
    tree_set_mark(inner, small);
    return inner;
}

/* Whatever json-c does with userdata while it frees: run it with each of its versions, and under the sanitizers. */
static void marked_containers_are_freed(void **state)
{
    (void)state;
    for (unsigned depth = 1; depth < 30; depth++) {
        json_object *nest = marked_nest(depth);
        json_object *inner = tree_at(nest, depth % 3 == 1 ? "inner" : "0");
        pl_autojson json_object *kept = json_object_get(inner);
        assert_int_equal(json_object_put(nest), 1);
        assert_int_equal(tree_mark(kept).column, depth % 2 ? small.column : wide.column);
    }
}

/* A marked node that leaves its container goes as one that never was in it. */
static void marked_members_are_replaced(void **state)
{
    (void)state;
    pl_autojson json_object *root = marked_nest(1);
    tree_set_mark(root, wide);
    for (unsigned depth = 1; depth < 9; depth++)
        json_object_object_add(root, "inner", marked_nest(depth));
    json_object_object_del(root, "inner");
    tree_set_mark(root, small);
    assert_int_equal(tree_mark(root).column, small.column);
}

static void texts(void **state)
{
    (void)state;
    pl_autojson json_object *text = json_object_new_string("plain");
    pl_autojson json_object *number = json_object_new_int64(-4);
    pl_autojson json_object *list = json_tokener_parse("[\"a\"]");
    g_autofree char *a = tree_text(text), *b = tree_text(number), *c = tree_text(list), *d = tree_text(NULL);
    assert_string_equal(a, "plain");
    assert_string_equal(b, "-4");
    assert_string_equal(c, "[\"a\"]");
    assert_string_equal(d, "null");
    assert_null(tree_string(list, "a"));
}

static void what_a_path_leads_to(void **state)
{
    (void)state;
    pl_autojson json_object *root =
        json_tokener_parse("{\"a\": {\"yes\": true, \"no\": false, \"one\": 1, \"null\": null}}");
    assert_true(tree_true(root, "a.yes"));
    assert_false(tree_true(root, "a.no") || tree_true(root, "a.one") || tree_true(root, "a.null") ||
                 tree_true(root, "b"));
    assert_true(tree_is_number(tree_at(root, "a.one")));
    assert_false(tree_is_number(tree_at(root, "a.yes")) || tree_is_number(NULL));
    assert_null(tree_at(root, "a.null"));
    assert_null(tree_at(NULL, "a"));
    assert_null(tree_string_of(tree_at(root, "a.one")));
}

static void new_texts_are_valid(void **state)
{
    (void)state;
    assert_null(tree_new_text(NULL));
    pl_autojson json_object *text = tree_new_text("a\xff");
    assert_string_equal(tree_string_of(text), "a\\xff");
    pl_autojson json_object *object = json_tokener_parse("{\"80/tcp\": {}, \"b\": null}");
    pl_autojson json_object *keys = tree_keys(object), *none = tree_keys(text);
    g_autofree char *shown = tree_canonical(keys), *nothing = tree_canonical(none);
    assert_string_equal(shown, "[\"80/tcp\",\"b\"]");
    assert_string_equal(nothing, "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dotted_paths),
        cmocka_unit_test(canonical_is_sorted),
        cmocka_unit_test(copies_keep_marks),
        cmocka_unit_test(every_mark_comes_back),
        cmocka_unit_test(marked_containers_are_freed),
        cmocka_unit_test(marked_members_are_replaced),
        cmocka_unit_test(texts),
        cmocka_unit_test(what_a_path_leads_to),
        cmocka_unit_test(new_texts_are_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
