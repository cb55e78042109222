#include "image_said.h"

static void add_and_copy(void **state)
{
    (void)state;
    static const struct {
        const char *one, *two;
        size_t add, remote;
    } rows[] = {
        {"/bin/sh -c #(nop) ADD file:12 in / ", "CMD [\"sh\"]", 0, 0},
        {"LABEL a=b", "ADD rootfs.tar.xz / # buildkit", 0, 0},
        {"/bin/sh -c #(nop) ADD file:12 in /srv ", NULL, 1, 0},
        {"COPY a /", "ADD b / # buildkit", 1, 0},
        {"ADD https://x.example/y / # buildkit", NULL, 1, 1},
        {"ENV ADDRESS=ADD", "RUN /bin/sh -c ADD x # buildkit", 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct image_instructions said = said_of(rows[i].one, rows[i].two);
        if (count(said.add) != rows[i].add || count(said.remote_add) != rows[i].remote)
            fail_msg("%s: %zu %zu", rows[i].one, count(said.add), count(said.remote_add));
        image_instructions_clear(&said);
    }
}

static void hostile_texts(void **state)
{
    (void)state;
    g_autofree char *longer = g_strnfill(1 << 20, '=');
    struct image_instructions said = said_of(longer, "ENV \xff\x01=\xfe");
    g_autofree char *shown = tree_canonical(said.all);
    assert_true(g_utf8_validate(shown, -1, NULL));
    assert_true(strlen(shown) < 1000);
    image_instructions_clear(&said);
}

static void what_is_cut_is_told(void **state)
{
    (void)state;
    struct image_instructions said = said_of("COPY a /", "COPY b /");
    assert_false(said.cut);
    image_instructions_clear(&said);
    char *history[2002] = {NULL};
    for (size_t i = 0; i < 2001; i++)
        history[i] = (char *)(uintptr_t) "COPY a /";
    image_read_history(history, &said);
    assert_true(said.cut);
    assert_int_equal(count(said.all), 2000);
    image_instructions_clear(&said);
    g_autoptr(GString) many = g_string_new("ENV");
    for (int i = 0; i < 201; i++)
        g_string_append_printf(many, " A%d_PASSWORD=hunter2%d", i, i);
    said = said_of(many->str, NULL);
    assert_true(said.cut);
    image_instructions_clear(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_and_copy),
        cmocka_unit_test(hostile_texts),
        cmocka_unit_test(what_is_cut_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
