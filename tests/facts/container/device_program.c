/* Programs as runtimes and systemd write them: the order of what they compare, and how they mask, are theirs. */
#include "facts/container/device_program.h"

#include "model/error.h"

#include <linux/bpf.h>
#include <string.h>

#include "cmocka_all.h"

#define INSN(operation, to, from, offset, number)                                                                      \
    {                                                                                                                  \
        .code = (operation), .dst_reg = (to), .src_reg = (from), .off = (offset), .imm = (number)                      \
    }
#define LOAD(to, offset)              INSN(BPF_LDX | BPF_MEM | BPF_W, to, 1, offset, 0)
#define MOVE32(to, number)            INSN(BPF_ALU | BPF_MOV | BPF_K, to, 0, 0, number)
#define MOVE64(to, number)            INSN(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, number)
#define COPY32(to, from)              INSN(BPF_ALU | BPF_MOV | BPF_X, to, from, 0, 0)
#define AND32(to, number)             INSN(BPF_ALU | BPF_AND | BPF_K, to, 0, 0, number)
#define RIGHT32(to, number)           INSN(BPF_ALU | BPF_RSH | BPF_K, to, 0, 0, number)
#define UNLESS(to, number, offset)    INSN(BPF_JMP | BPF_JNE | BPF_K, to, 0, offset, number)
#define IF(to, number, offset)        INSN(BPF_JMP | BPF_JEQ | BPF_K, to, 0, offset, number)
#define UNLESS_SAME(to, from, offset) INSN(BPF_JMP | BPF_JNE | BPF_X, to, from, offset, 0)
#define GO(offset)                    INSN(BPF_JMP | BPF_JA, 0, 0, offset, 0)
#define EXIT                          INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define HEAD                          LOAD(2, 0), AND32(2, 0xffff), LOAD(3, 0), RIGHT32(3, 16), LOAD(4, 4), LOAD(5, 8)

static void add(GPtrArray *programs, const struct bpf_insn *code, size_t n)
{
    g_ptr_array_add(programs, g_bytes_new(code, n * sizeof *code));
}

/* The rules, joined by commas; of what cannot be followed "?", of a bound "!". */
static char *rules_of(const GPtrArray *programs)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rules = device_programs_rules(programs, "/sys/fs/cgroup/x", &error);
    if (rules) {
        assert_null(error);
        return g_strjoinv(",", rules);
    }
    assert_non_null(error);
    assert_true(g_str_has_prefix(error->message, "/sys/fs/cgroup/x: "));
    return g_strdup(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT) ? "!" : "?");
}

static bool has_rule(const char *rules, const char *rule)
{
    g_auto(GStrv) all = g_strsplit(rules, ",", -1);
    return g_strv_contains((const char *const *)all, rule);
}

#define ASSERT_RULES(expected, ...)                                                                                    \
    do {                                                                                                               \
        const struct bpf_insn code[] = {__VA_ARGS__};                                                                  \
        g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);                 \
        add(programs, code, G_N_ELEMENTS(code));                                                                       \
        g_autofree char *rules = rules_of(programs);                                                                   \
        assert_string_equal(rules, expected);                                                                          \
    } while (0)

static void no_program_allows_all(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *rules = rules_of(none);
    assert_string_equal(rules, "a *:* rwm");
    ASSERT_RULES("a *:* rwm", MOVE64(0, 1), EXIT);
    ASSERT_RULES("", MOVE32(0, 0), EXIT);
}

/* runc: each rule is a block that masks the access in a copy; one for all accesses does not ask for them. */
static void as_runc_writes_them(void **state)
{
    (void)state;
    ASSERT_RULES("b *:* m,c 1:3 rwm,c 136:* rw", HEAD,
                 /* c 136:* rw */
                 UNLESS(2, BPF_DEVCG_DEV_CHAR, 6), COPY32(1, 3), AND32(1, 6), UNLESS_SAME(1, 3, 3), UNLESS(4, 136, 2),
                 MOVE32(0, 1), EXIT,
                 /* c 1:3 rwm */
                 UNLESS(2, BPF_DEVCG_DEV_CHAR, 4), UNLESS(4, 1, 3), UNLESS(5, 3, 2), MOVE32(0, 1), EXIT,
                 /* b *:* m */
                 UNLESS(2, BPF_DEVCG_DEV_BLOCK, 5), COPY32(1, 3), AND32(1, 1), UNLESS_SAME(1, 3, 2), MOVE32(0, 1), EXIT,
                 MOVE32(0, 0), EXIT);
}

/* systemd: the blocks leave by a jump to the end, where the answer is. */
static void as_systemd_writes_them(void **state)
{
    (void)state;
    ASSERT_RULES("b 8:0 r,c 5:0 rwm,c 5:2 rwm", HEAD,
                 /* b 8:0 r */
                 COPY32(1, 3), AND32(1, 2), UNLESS_SAME(1, 3, 4), UNLESS(2, BPF_DEVCG_DEV_BLOCK, 3), UNLESS(4, 8, 2),
                 UNLESS(5, 0, 1), GO(9),
                 /* c 5:0, c 5:2 */
                 UNLESS(2, BPF_DEVCG_DEV_CHAR, 3), UNLESS(4, 5, 2), UNLESS(5, 0, 1), GO(5), UNLESS(2, 2, 2),
                 UNLESS(4, 5, 1), IF(5, 2, 2), MOVE64(0, 0), EXIT, MOVE64(0, 1), EXIT);
}

/* What the kernel showed of containers of runc 1.1.5 and crun 1.8.1, started with three rules beyond the usual ones
 * ("b 7:* rw", "c 10:200 rwm", "c 10:229 r"); eight bytes an instruction, the first one highest. */
static const uint64_t of_runc[] = {
    0x6112000000000000, 0x54020000ffff0000, 0x6113000000000000, 0x7403000010000000, 0x6114040000000000,
    0x6115080000000000, 0x5502050001000000, 0xbc31000000000000, 0x5401000001000000, 0x5d31020000000000,
    0xb400000001000000, 0x9500000000000000, 0x5502050002000000, 0xbc31000000000000, 0x5401000001000000,
    0x5d31020000000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030001000000,
    0x5505020003000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030001000000,
    0x5505020005000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030001000000,
    0x5505020007000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030001000000,
    0x5505020008000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030001000000,
    0x5505020009000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030005000000,
    0x5505020000000000, 0xb400000001000000, 0x9500000000000000, 0x5502040002000000, 0x5504030005000000,
    0x5505020002000000, 0xb400000001000000, 0x9500000000000000, 0x5502060001000000, 0xbc31000000000000,
    0x5401000006000000, 0x5d31030000000000, 0x5504020007000000, 0xb400000001000000, 0x9500000000000000,
    0x5502040002000000, 0x550403000a000000, 0x55050200c8000000, 0xb400000001000000, 0x9500000000000000,
    0x5502070002000000, 0xbc31000000000000, 0x5401000002000000, 0x5d31040000000000, 0x550403000a000000,
    0x55050200e5000000, 0xb400000001000000, 0x9500000000000000, 0x5502030002000000, 0x5504020088000000,
    0xb400000001000000, 0x9500000000000000, 0xb400000000000000, 0x9500000000000000,
};

static const uint64_t of_crun[] = {
    0x6112000000000000, 0x54020000ffff0000, 0x6113000000000000, 0x7403000010000000, 0x6114040000000000,
    0x6115080000000000, 0x5502040002000000, 0x5504030005000000, 0x5505020002000000, 0xb700000001000000,
    0x9500000000000000, 0x5502030002000000, 0x5504020088000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030005000000, 0x5505020001000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030001000000, 0x5505020009000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030001000000, 0x5505020005000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030005000000, 0x5505020000000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030001000000, 0x5505020007000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030001000000, 0x5505020008000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x5504030001000000, 0x5505020003000000, 0xb700000001000000, 0x9500000000000000,
    0x5502050001000000, 0xbc31000000000000, 0x5401000001000000, 0x5d31020000000000, 0xb700000001000000,
    0x9500000000000000, 0x5502050002000000, 0xbc31000000000000, 0x5401000001000000, 0x5d31020000000000,
    0xb700000001000000, 0x9500000000000000, 0x5502070002000000, 0xbc31000000000000, 0x5401000002000000,
    0x5d31040000000000, 0x550403000a000000, 0x55050200e5000000, 0xb700000001000000, 0x9500000000000000,
    0x5502040002000000, 0x550403000a000000, 0x55050200c8000000, 0xb700000001000000, 0x9500000000000000,
    0x5502060001000000, 0xbc31000000000000, 0x5401000006000000, 0x5d31030000000000, 0x5504020007000000,
    0xb700000001000000, 0x9500000000000000, 0xb700000000000000, 0x9500000000000000,
};

static void add_captured(GPtrArray *programs, const uint64_t *code, size_t n)
{
    g_autoptr(GArray) bytes = g_array_new(FALSE, FALSE, sizeof(struct bpf_insn));
    for (size_t i = 0; i < n; i++) {
        struct bpf_insn one = {.code = (__u8)(code[i] >> 56)};
        one.dst_reg = code[i] >> 48 & 15U;
        one.src_reg = code[i] >> 52 & 15U;
        one.off = (__s16)GUINT16_SWAP_LE_BE((guint16)(code[i] >> 32));
        one.imm = (__s32)GUINT32_SWAP_LE_BE((guint32)code[i]);
        g_array_append_val(bytes, one);
    }
    add(programs, (const struct bpf_insn *)(const void *)bytes->data, bytes->len);
}

static void as_runtimes_write_them(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) runc = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GPtrArray) crun = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add_captured(runc, of_runc, G_N_ELEMENTS(of_runc));
    add_captured(crun, of_crun, G_N_ELEMENTS(of_crun));
    g_autofree char *by_runc = rules_of(runc), *by_crun = rules_of(crun);
    assert_string_equal(by_runc, "b *:* m,b 7:* rwm,c *:* m,c 1:3 rwm,c 1:5 rwm,c 1:7 rwm,c 1:8 rwm,c 1:9 rwm,"
                                 "c 5:0 rwm,c 5:2 rwm,c 10:200 rwm,c 10:229 rm,c 136:* rwm");
    g_auto(GStrv) rules = g_strsplit(by_runc, ",", -1);
    for (char **rule = rules; *rule; rule++)
        assert_true(has_rule(by_crun, *rule));
    assert_true(has_rule(by_crun, "c 5:1 rwm")); /* which runc does not grant */
    assert_int_equal(strlen(by_crun), strlen(by_runc) + strlen(",c 5:1 rwm"));
}

/* As the kernel loads parts of the first word, where a program asks for a half of it. */
static void halves_of_the_first_word(void **state)
{
    (void)state;
    ASSERT_RULES("b *:* rwm", INSN(BPF_LDX | BPF_MEM | BPF_H, 2, 1, G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : 2, 0),
                 MOVE64(0, 1), IF(2, BPF_DEVCG_DEV_BLOCK, 1), MOVE64(0, 0), EXIT);
    ASSERT_RULES("a *:* rwm", INSN(BPF_LD | BPF_IMM | BPF_DW, 0, 0, 0, 1), INSN(0, 0, 0, 0, 0), INSN(0xc0, 0, 0, 0, 0),
                 EXIT);
}

/* Ancestors have programs of their own: all have to allow. */
static void all_have_to_allow(void **state)
{
    (void)state;
    const struct bpf_insn disks[] = {HEAD, MOVE64(0, 1), IF(2, BPF_DEVCG_DEV_BLOCK, 1), MOVE64(0, 0), EXIT};
    const struct bpf_insn one[] = {HEAD, MOVE64(0, 0), UNLESS(4, 8, 2), UNLESS(5, 1, 1), MOVE64(0, 1), EXIT};
    const struct bpf_insn none[] = {MOVE64(0, 0), EXIT};
    g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add(programs, disks, G_N_ELEMENTS(disks));
    g_autofree char *first = rules_of(programs);
    assert_string_equal(first, "b *:* rwm");
    add(programs, one, G_N_ELEMENTS(one));
    g_autofree char *both = rules_of(programs);
    assert_string_equal(both, "b 8:1 rwm");
    add(programs, none, G_N_ELEMENTS(none));
    g_autofree char *all = rules_of(programs);
    assert_string_equal(all, "");
}

/* What allows more than a list of rules can say is told as more, never as less. */
static void exceptions(void **state)
{
    (void)state;
    ASSERT_RULES("a *:* rwm", HEAD, MOVE64(0, 1), UNLESS(4, 8, 2), UNLESS(5, 0, 1), MOVE64(0, 0), EXIT);
    ASSERT_RULES("b *:7 rwm,c *:7 rwm", HEAD, MOVE64(0, 0), UNLESS(5, 7, 1), MOVE64(0, 1), EXIT);
    /* Only for reading and writing at once. */
    ASSERT_RULES("b 8:0 rw", HEAD, MOVE64(0, 0), UNLESS(2, BPF_DEVCG_DEV_BLOCK, 4), UNLESS(3, 6, 3), UNLESS(4, 8, 2),
                 UNLESS(5, 0, 1), MOVE64(0, 1), EXIT);
}

static void what_is_not_followed(void **state)
{
    (void)state;
    ASSERT_RULES("?", INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ktime_get_ns), EXIT);
    ASSERT_RULES("?", INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, 3), INSN(0, 0, 0, 0, 0), MOVE64(0, 1),
                 EXIT);
    ASSERT_RULES("?", INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 1), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", HEAD, INSN(BPF_JMP | BPF_JGT | BPF_K, 4, 0, 1, 8), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", HEAD, AND32(4, 0xf0), MOVE64(0, 0), UNLESS(4, 0, 1), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", HEAD, MOVE64(0, 0), UNLESS_SAME(4, 5, 1), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", LOAD(0, 4), EXIT);
    ASSERT_RULES("?", LOAD(2, 12), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", LOAD(2, -4), MOVE64(0, 1), EXIT);
    ASSERT_RULES("?", INSN(BPF_ALU64 | BPF_DIV | BPF_K, 0, 0, 0, 0), EXIT);
    ASSERT_RULES("?", EXIT);         /* an answer that nobody gave */
    ASSERT_RULES("?", MOVE64(0, 1)); /* no end */
    ASSERT_RULES("?", GO(-9), EXIT);
    ASSERT_RULES("?", INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 1, 0, 0), INSN(BPF_JMP | BPF_JEQ | BPF_X, 2, 1, 0, 0), EXIT);
    ASSERT_RULES("!", GO(-1), EXIT);
}

static void more_numbers_than_are_followed(void **state)
{
    (void)state;
    g_autoptr(GArray) code = g_array_new(FALSE, FALSE, sizeof(struct bpf_insn));
    const struct bpf_insn head[] = {HEAD, MOVE64(0, 1)}, end[] = {MOVE64(0, 0), EXIT};
    g_array_append_vals(code, head, G_N_ELEMENTS(head));
    for (int i = 0; i < 100; i++) {
        const struct bpf_insn one[] = {UNLESS(4, i, 1), EXIT};
        g_array_append_vals(code, one, G_N_ELEMENTS(one));
    }
    g_array_append_vals(code, end, G_N_ELEMENTS(end));
    g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    add(programs, (const struct bpf_insn *)(const void *)code->data, code->len);
    g_autofree char *rules = rules_of(programs);
    assert_string_equal(rules, "!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_program_allows_all),
                                       cmocka_unit_test(as_runc_writes_them),
                                       cmocka_unit_test(as_systemd_writes_them),
                                       cmocka_unit_test(as_runtimes_write_them),
                                       cmocka_unit_test(halves_of_the_first_word),
                                       cmocka_unit_test(all_have_to_allow),
                                       cmocka_unit_test(exceptions),
                                       cmocka_unit_test(what_is_not_followed),
                                       cmocka_unit_test(more_numbers_than_are_followed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
