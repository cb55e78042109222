#include "facts/image/instruction.h"

#include <glib.h>

#include "cmocka_all.h"

static void what_builders_record(void **state)
{
    (void)state;
    static const struct {
        const char *recorded, *verb, *text, *args;
    } rows[] = {
        {"/bin/sh -c #(nop) ADD file:12 in / ", "ADD", "file:12 in /", NULL},
        {"/bin/sh -c #(nop)  ENV A=b", "ENV", "A=b", NULL},
        {"ADD b / # buildkit", "ADD", "b /", NULL},
        {"RUN /bin/sh -c make # buildkit", "RUN", "make", NULL},
        {"/bin/sh -c make", "RUN", "make", NULL},
        {"|1 A=b /bin/sh -c make", "RUN", "make", "|1 A=b "},
        {"RUN |1 A=b /bin/sh -c make # buildkit", "RUN", "make", "|1 A=b "},
        {"RUN x /bin/sh -c y", "RUN", "x /bin/sh -c y", NULL}, /* a shell inside a command */
        {"# debian.sh --arch 'amd64'", "RUN", "# debian.sh --arch 'amd64'", NULL},
        {"/bin/sh -c #(nop) nothing known", "RUN", "#(nop) nothing known", NULL},
        {"adduser x", "RUN", "adduser x", NULL},
        {"", "RUN", "", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct image_instruction instruction;
        image_instruction_parse(rows[i].recorded, &instruction);
        if (g_strcmp0(instruction.verb, rows[i].verb) != 0 || g_strcmp0(instruction.text, rows[i].text) != 0 ||
            g_strcmp0(instruction.args, rows[i].args) != 0)
            fail_msg("%s: \"%s\" \"%s\" \"%s\"", rows[i].recorded, instruction.verb, instruction.text,
                     instruction.args);
        image_instruction_clear(&instruction);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_builders_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
