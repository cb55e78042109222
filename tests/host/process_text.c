#include "host/process_text.h"

#include "cmocka_all.h"

static void clear(struct process *process)
{
    g_free(process->comm);
    g_clear_pointer(&process->groups, g_rc_box_release);
}

static void lines_of_status(void **state)
{
    (void)state;
    char text[] = "Name:\tweb\nState:\tS (sleeping)\nPPid:\t7\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t9 10 \n"
                  "CapInh:\t0000000000000000\nCapPrm:\t0000000000000001\nCapEff:\t0000000000000021\n"
                  "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";
    struct process process = {.comm = g_strdup("")};
    process_parse_status(&process, text);
    assert_string_equal(process.comm, "web");
    assert_int_equal(process.state, 'S');
    assert_int_equal(process.ppid, 7);
    assert_true(process.ids_known && process.uid[1] == 2 && process.gid[3] == 8);
    assert_int_equal(process.n_groups, 2);
    assert_int_equal(process.groups[1], 10);
    assert_true(process.caps_known && process.caps[CAPSET_EFFECTIVE] == 0x21);
    assert_int_equal(process.no_new_privs, 1);
    assert_int_equal(process.seccomp, 2);
    clear(&process);
}

static void what_status_lacks_is_not_known(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "no colon\n", "Uid:\t1\t2\t3\nCapEff:\tzz\n",
                                        "Uid:\t1\t2\t3\t4\nGid:\t1\t2\t3\tx\nCapEff:\t1\nCapPrm:\t1\n",
                                        "NoNewPrivs:\t10\nSeccomp:\t-1\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct process process = {.comm = g_strdup(""), .seccomp = -1, .no_new_privs = -1};
        g_autofree char *text = g_strdup(texts[i]);
        process_parse_status(&process, text);
        assert_false(process.ids_known || process.caps_known);
        assert_int_equal(process.seccomp, -1);
        assert_int_equal(process.no_new_privs, -1);
        clear(&process);
    }
}

#define STAT(flags, start) "70 (a) b) S 1 1 1 0 -1 " flags " 0 0 0 0 0 0 0 0 20 0 1 0 " start " 0 0\n"

static void the_name_in_stat_may_hold_anything(void **state)
{
    (void)state;
    struct process program = {.pid = 70}, kernel = {.pid = 70}, cut = {.pid = 70};
    process_parse_stat(&program, STAT("4194304", "4242"));
    assert_false(program.kernel);
    assert_int_equal(program.start_ticks, 4242);
    process_parse_stat(&kernel, STAT("2129984", "3"));
    assert_true(kernel.kernel);
    process_parse_stat(&cut, "70 (a) S 1 1 1 0 -1 2129984\n");
    assert_false(cut.kernel);
    process_parse_stat(&cut, "");
}

static void arguments_end_before_the_padding(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *joined;
    } cases[] = {
        {"a\0b c\0", 6, "a|b c"}, {"a\0\0b\0", 5, "a||b"}, {"title\0\0\0\0", 9, "title"}, {"\0\0", 2, ""}, {"", 0, ""},
        {"a\0b", 3, "a|b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(cases[i].bytes, cases[i].size);
        g_auto(GStrv) argv = process_parse_argv(bytes);
        g_autofree char *joined = g_strjoinv("|", argv);
        assert_string_equal(joined, cases[i].joined);
    }
}

static void inodes_of_namespaces(void **state)
{
    (void)state;
    assert_int_equal(process_parse_ns("mnt:[4026531841]"), 4026531841U);
    static const char *const none[] = {NULL, "", "mnt:", "mnt:[", "mnt:[12", "mnt:[x]", "mnt:[]", "mnt:[4294967296]"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        assert_int_equal(process_parse_ns(none[i]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_status),
        cmocka_unit_test(what_status_lacks_is_not_known),
        cmocka_unit_test(the_name_in_stat_may_hold_anything),
        cmocka_unit_test(arguments_end_before_the_padding),
        cmocka_unit_test(inodes_of_namespaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
