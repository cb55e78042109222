/* One block of comparisons a rule, each of which leads to the next block where it does not hold. */
#include "host/inline_device_program.h"

#include "host/inline_value.h"
#include "model/cleanup.h"
#include "model/tree.h"
#include "model/value.h"

#include <linux/bpf.h>
#include <string.h>

enum { TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5, WORK = BPF_REG_1 };

static void add(GArray *code, unsigned operation, unsigned to, unsigned from, int offset, int number)
{
    struct bpf_insn one = {.code = (__u8)operation, .imm = number};
    one.dst_reg = to & 15U;
    one.src_reg = from & 15U;
    one.off = (__s16)offset;
    g_array_append_val(code, one);
}

static void add_head(GArray *code)
{
    static const int places[] = {0, 0, 4, 8};
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++)
        add(code, BPF_LDX | BPF_MEM | BPF_W, TYPE + i, BPF_REG_1, places[i], 0);
    add(code, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
    add(code, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
}

static void add_end(GArray *code, bool allowed)
{
    add(code, BPF_ALU | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, allowed);
    add(code, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Jumps to where the block ends, which is not known before it has ended. */
static void add_unless(GArray *code, unsigned source, unsigned left, unsigned right, int number)
{
    add(code, BPF_JMP | BPF_JNE | source, left, right, 0, number);
}

static void close_block(GArray *code, guint start)
{
    for (guint i = start; i < code->len; i++) {
        struct bpf_insn *one = &g_array_index(code, struct bpf_insn, i);
        if (one->code == (BPF_JMP | BPF_JNE | BPF_K) || one->code == (BPF_JMP | BPF_JNE | BPF_X))
            one->off = (__s16)(code->len - i - 1);
    }
}

static bool add_number(GArray *code, unsigned from, const char *text)
{
    uint64_t number = 0;
    if (g_str_equal(text, "*"))
        return true;
    if (!value_parse_u64(text, G_MAXINT32, &number))
        return false;
    add_unless(code, BPF_K, from, 0, (int)number);
    return true;
}

static int mask_of(const char *access)
{
    return (strchr(access, 'm') ? BPF_DEVCG_ACC_MKNOD : 0) | (strchr(access, 'r') ? BPF_DEVCG_ACC_READ : 0) |
           (strchr(access, 'w') ? BPF_DEVCG_ACC_WRITE : 0);
}

/* "b 8:0 rwm" */
static bool add_rule(GArray *code, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_auto(GStrv) numbers = g_strv_length(words) == 3 ? g_strsplit(words[1], ":", -1) : NULL;
    if (!numbers || g_strv_length(numbers) != 2 || strlen(words[0]) != 1 || !strchr("abc", *words[0]))
        return false;
    guint start = code->len;
    if (*words[0] != 'a')
        add_unless(code, BPF_K, TYPE, 0, *words[0] == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
    add(code, BPF_ALU | BPF_MOV | BPF_X, WORK, ACCESS, 0, 0);
    add(code, BPF_ALU | BPF_AND | BPF_K, WORK, 0, 0, mask_of(words[2]));
    add_unless(code, BPF_X, WORK, ACCESS, 0);
    if (!add_number(code, MAJOR, numbers[0]) || !add_number(code, MINOR, numbers[1]))
        return false;
    add_end(code, true);
    close_block(code, start);
    return true;
}

char *inline_device_program(const json_object *rules, GError **error)
{
    g_autoptr(GArray) code = g_array_new(FALSE, FALSE, sizeof(struct bpf_insn));
    add_head(code);
    for (size_t i = 0; i < json_object_array_length(rules); i++) {
        const json_object *one = json_object_array_get_idx(rules, i);
        const char *text = tree_string_of(one);
        if (!text || !add_rule(code, text)) {
            inline_error(error, one ? one : rules, "containers: device_rules: \"%s\" is no rule", text ? text : "");
            return NULL;
        }
    }
    add_end(code, false);
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < code->len * sizeof(struct bpf_insn); i++)
        g_string_append_printf(out, "%02x", (unsigned char)code->data[i]);
    return g_string_free(out, FALSE);
}
