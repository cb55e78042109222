#include "image_said.h"

static void secrets_are_named_and_never_shown(void **state)
{
    (void)state;
    static const char *const recorded[] = {
        "ENV DB_PASSWORD=hunter2",
        "/bin/sh -c #(nop)  ENV DB_PASSWORD=hunter2",
        "ENV DB_PASSWORD hunter2 # buildkit",
        "ENV A=b DB_PASSWORD=\"hunter2\" C=d # buildkit",
        "RUN |2 DB_PASSWORD=hunter2 B=c /bin/sh -c make # buildkit",
        "|1 DB_PASSWORD=hunter2 /bin/sh -c make",
        "RUN /bin/sh -c DB_PASSWORD='hunter2' make # buildkit",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(recorded); i++) {
        struct image_instructions said = said_of(recorded[i], NULL);
        g_autofree char *shown = tree_canonical(said.all);
        if (count(said.secrets) != 1 || strstr(shown, "hunter2"))
            fail_msg("%s: %s", recorded[i], shown);
        assert_non_null(strstr(json_object_get_string(json_object_array_get_idx(said.secrets, 0)), " DB_PASSWORD"));
        image_instructions_clear(&said);
    }
}

static void addresses_with_passwords_are_not_shown(void **state)
{
    (void)state;
    struct image_instructions said = said_of("RUN /bin/sh -c git clone https://bot:hunter2@git.example/x # buildkit",
                                             "RUN login --password hunter2");
    g_autofree char *shown = tree_canonical(said.all);
    assert_null(strstr(shown, "hunter2"));
    image_instructions_clear(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_named_and_never_shown),
        cmocka_unit_test(addresses_with_passwords_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
