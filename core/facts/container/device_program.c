/* The instruction set is that of Documentation/bpf/standardization/instruction-set.rst, the context struct
 * bpf_cgroup_dev_ctx of linux/bpf.h. */
#include "facts/container/device_program.h"

#include "model/error.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define INSTRUCTIONS_MAX 4096U
#define STEPS_MAX        (UINT64_C(20) << 20) /* of all runs together */
#define NUMBERS_MAX      64U                  /* that a program compares majors, or minors, with */

#define NOSPEC 0xc0U /* a barrier of the verifier's own */

enum { TYPES = 2, ACCESSES = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE };

/* Where a value comes from. Of major and minor only equality with constants is followed. */
enum origin { ORIGIN_UNSET, ORIGIN_PLAIN, ORIGIN_CONTEXT, ORIGIN_MAJOR, ORIGIN_MINOR, ORIGIN_MIXED };

struct value {
    uint64_t bits;
    enum origin origin;
};

/* Numbers that programs compare with; the one behind them stands for all others. */
struct numbers {
    uint32_t list[NUMBERS_MAX + 1];
    guint n;
};

enum end { END_RUNS, END_DENIED, END_ALLOWED, END_BEYOND, END_LIMIT };

struct run {
    const struct bpf_insn *code;
    guint n, at;
    struct bpf_cgroup_dev_ctx context;
    struct value registers[MAX_BPF_REG];
    struct numbers *majors, *minors;
    uint64_t *steps;
};

static bool depends(const struct value *value)
{
    return value->origin != ORIGIN_PLAIN;
}

/* It is no number. */
static bool is_address(const struct value *value)
{
    return value->origin == ORIGIN_UNSET || value->origin == ORIGIN_CONTEXT;
}

/* ---- numbers ---- */

static enum end add_number(struct numbers *numbers, uint32_t number)
{
    for (guint i = 0; i < numbers->n; i++)
        if (numbers->list[i] == number)
            return END_RUNS;
    if (numbers->n == NUMBERS_MAX)
        return END_LIMIT;
    numbers->list[numbers->n++] = number;
    return END_RUNS;
}

/* Puts one that is not among them behind them. */
static void add_other(struct numbers *numbers)
{
    uint32_t other = (1U << 19) + 7;
    for (guint i = 0; i < numbers->n; i++)
        if (numbers->list[i] == other) {
            other++;
            i = (guint)-1;
        }
    numbers->list[numbers->n] = other;
}

/* ---- instructions ---- */

static enum origin origin_at(int offset, int size)
{
    if (offset < 4)
        return offset + size > 4 ? ORIGIN_MIXED : ORIGIN_PLAIN;
    bool whole = size == 4 && offset % 4 == 0;
    return !whole ? ORIGIN_MIXED : offset == 4 ? ORIGIN_MAJOR : ORIGIN_MINOR;
}

static enum end load(struct run *run, const struct bpf_insn *code)
{
    unsigned char bytes[sizeof run->context];
    unsigned wide = BPF_SIZE(code->code);
    int size = wide == BPF_W ? 4 : wide == BPF_H ? 2 : 1;
    bool context = run->registers[code->src_reg].origin == ORIGIN_CONTEXT && wide != BPF_DW;
    if (!context || code->off < 0 || code->off + size > (int)sizeof bytes)
        return END_BEYOND;
    uint32_t word = 0;
    uint16_t half = 0;
    memcpy(bytes, &run->context, sizeof bytes);
    memcpy(&word, bytes + code->off, size == 4 ? 4 : 0);
    memcpy(&half, bytes + code->off, size == 2 ? 2 : 0);
    uint64_t bits = size == 4 ? word : size == 2 ? half : bytes[code->off];
    run->registers[code->dst_reg] = (struct value){bits, origin_at(code->off, size)};
    return END_RUNS;
}

/* The second operand: a register, or a number that is extended by its sign. */
static struct value operand(const struct run *run, const struct bpf_insn *code)
{
    if (BPF_SRC(code->code) == BPF_X)
        return run->registers[code->src_reg];
    return (struct value){(uint64_t)(int64_t)code->imm, ORIGIN_PLAIN};
}

static bool compute(unsigned operation, uint64_t left, uint64_t right, unsigned width, uint64_t *out)
{
    unsigned shift = (unsigned)right & (width - 1);
    const struct {
        unsigned operation;
        uint64_t result;
    } all[] = {
        {BPF_ADD, left + right}, {BPF_SUB, left - right},  {BPF_AND, left & right},  {BPF_OR, left | right},
        {BPF_XOR, left ^ right}, {BPF_LSH, left << shift}, {BPF_RSH, left >> shift},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].operation == operation) {
            *out = all[i].result;
            return true;
        }
    return false;
}

static enum end move(struct value *to, const struct value *from, bool wide)
{
    if (!wide && from->origin == ORIGIN_CONTEXT)
        return END_BEYOND;
    *to = (struct value){from->bits & (wide ? UINT64_MAX : UINT32_MAX), from->origin};
    return END_RUNS;
}

static enum end calculate(struct run *run, const struct bpf_insn *code)
{
    bool wide = BPF_CLASS(code->code) == BPF_ALU64;
    struct value *to = &run->registers[code->dst_reg], from = operand(run, code);
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;
    if (code->off || from.origin == ORIGIN_UNSET)
        return END_BEYOND; /* moves that extend a sign, and what no verifier lets pass */
    if (BPF_OP(code->code) == BPF_MOV)
        return move(to, &from, wide);
    bool plain = !depends(to) && !depends(&from), address = is_address(to) || is_address(&from);
    uint64_t result = 0;
    if (address || !compute(BPF_OP(code->code), to->bits & mask, from.bits & mask, wide ? 64 : 32, &result))
        return END_BEYOND;
    *to = (struct value){result & mask, plain ? ORIGIN_PLAIN : ORIGIN_MIXED};
    return END_RUNS;
}

/* ---- jumps ---- */

static bool holds(unsigned operation, uint64_t left, uint64_t right, bool *taken)
{
    const struct {
        unsigned operation;
        bool taken;
    } all[] = {
        {BPF_JEQ, left == right}, {BPF_JNE, left != right}, {BPF_JGT, left > right},  {BPF_JGE, left >= right},
        {BPF_JLT, left < right},  {BPF_JLE, left <= right}, {BPF_JSET, left & right},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].operation == operation) {
            *taken = all[i].taken;
            return true;
        }
    return false;
}

/* Of a number and a constant it is kept that somebody asked. */
static enum end may_compare(struct run *run, unsigned operation, const struct value *left, const struct value *right)
{
    bool equality = operation == BPF_JEQ || operation == BPF_JNE;
    if (!depends(left) && !depends(right))
        return END_RUNS;
    const struct value *number = depends(left) ? left : right, *constant = depends(left) ? right : left;
    bool known = number->origin == ORIGIN_MAJOR || number->origin == ORIGIN_MINOR;
    if (!known || depends(constant) || !equality)
        return END_BEYOND;
    return add_number(number->origin == ORIGIN_MAJOR ? run->majors : run->minors, (uint32_t)constant->bits);
}

static enum end jump(struct run *run, const struct bpf_insn *code)
{
    bool wide = BPF_CLASS(code->code) == BPF_JMP;
    unsigned operation = BPF_OP(code->code);
    if (operation == BPF_JA) {
        run->at += (guint)(wide ? code->off : code->imm);
        return END_RUNS;
    }
    const struct value *result = &run->registers[BPF_REG_0];
    if (operation == BPF_EXIT && wide)
        return depends(result) ? END_BEYOND : result->bits & 1 ? END_ALLOWED : END_DENIED;
    struct value left = run->registers[code->dst_reg], right = operand(run, code);
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;
    bool taken = false;
    if (!holds(operation, left.bits & mask, right.bits & mask, &taken))
        return END_BEYOND; /* a call */
    enum end end = may_compare(run, operation, &left, &right);
    if (taken)
        run->at += (guint)code->off;
    return end;
}

/* A number of 64 bits in two instructions, which is no address of a map. */
static enum end load_wide(struct run *run, const struct bpf_insn *code)
{
    if (code->code != (BPF_LD | BPF_IMM | BPF_DW) || code->src_reg || run->at >= run->n)
        return END_BEYOND;
    uint64_t high = (uint32_t)run->code[run->at++].imm;
    run->registers[code->dst_reg] = (struct value){high << 32 | (uint32_t)code->imm, ORIGIN_PLAIN};
    return END_RUNS;
}

static enum end step(struct run *run)
{
    if (run->at >= run->n)
        return END_BEYOND;
    if (++*run->steps > STEPS_MAX)
        return END_LIMIT;
    const struct bpf_insn *code = &run->code[run->at++];
    if (code->dst_reg >= MAX_BPF_REG || code->src_reg >= MAX_BPF_REG)
        return END_BEYOND;
    if (code->code == NOSPEC)
        return END_RUNS;
    switch (BPF_CLASS(code->code)) {
    case BPF_LDX:
        return BPF_MODE(code->code) == BPF_MEM ? load(run, code) : END_BEYOND;
    case BPF_LD:
        return load_wide(run, code);
    case BPF_ALU:
    case BPF_ALU64:
        return calculate(run, code);
    case BPF_JMP:
    case BPF_JMP32:
        return jump(run, code);
    default:
        return END_BEYOND;
    }
}

/* ---- programs ---- */

struct device_asking {
    const GPtrArray *programs;
    struct numbers majors, minors;
    uint64_t steps;
    unsigned char *grid; /* accesses by type, major and minor */
};

static enum end run_one(struct device_asking *asking, GBytes *program, const struct bpf_cgroup_dev_ctx *context)
{
    gsize size = 0;
    struct run run = {.context = *context, .majors = &asking->majors, .minors = &asking->minors};
    run.code = g_bytes_get_data(program, &size);
    run.n = (guint)(size / sizeof *run.code);
    run.steps = &asking->steps;
    run.registers[BPF_REG_1].origin = ORIGIN_CONTEXT;
    enum end end = END_RUNS;
    while (end == END_RUNS)
        end = step(&run);
    return end;
}

/* One program that denies it is enough. */
static enum end run_all(struct device_asking *asking, const struct bpf_cgroup_dev_ctx *context)
{
    enum end all = END_ALLOWED;
    for (guint i = 0; i < asking->programs->len; i++) {
        enum end end = run_one(asking, g_ptr_array_index(asking->programs, i), context);
        if (end > END_ALLOWED)
            return end;
        all = end == END_DENIED ? END_DENIED : all;
    }
    return all;
}

static unsigned char *cell(const struct device_asking *asking, guint type, guint major, guint minor)
{
    return &asking->grid[(type * (asking->majors.n + 1) + major) * (asking->minors.n + 1) + minor];
}

/* All accesses by which a device may be had, together with others or alone. */
static enum end ask_cell(struct device_asking *asking, guint type, uint32_t major, uint32_t minor, unsigned char *out)
{
    for (unsigned access = 1; access <= ACCESSES; access++) {
        struct bpf_cgroup_dev_ctx context = {access << 16 | (type ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK), major,
                                             minor};
        enum end end = run_all(asking, &context);
        if (end > END_ALLOWED)
            return end;
        if (end == END_ALLOWED)
            *out |= (unsigned char)access;
    }
    return END_ALLOWED;
}

/* END_RUNS where it came upon numbers that were not asked for yet. */
static enum end ask_all(struct device_asking *asking)
{
    add_other(&asking->majors);
    add_other(&asking->minors);
    const struct numbers majors = asking->majors, minors = asking->minors;
    g_free(asking->grid);
    asking->grid = g_malloc0((gsize)TYPES * (majors.n + 1) * (minors.n + 1));
    for (guint type = 0; type < TYPES; type++)
        for (guint i = 0; i <= majors.n; i++)
            for (guint k = 0; k <= minors.n; k++) {
                unsigned char accesses = 0;
                enum end end = ask_cell(asking, type, majors.list[i], minors.list[k], &accesses);
                if (end > END_ALLOWED)
                    return end;
                if (asking->majors.n != majors.n || asking->minors.n != minors.n)
                    return END_RUNS;
                *cell(asking, type, i, k) = accesses;
            }
    return END_ALLOWED;
}

/* ---- rules ---- */

static char *number_text(const struct numbers *numbers, guint i)
{
    return i == numbers->n ? g_strdup("*") : g_strdup_printf("%u", numbers->list[i]);
}

static void add_rule(const struct device_asking *asking, GPtrArray *rules, char type, guint i, guint k)
{
    unsigned accesses = *cell(asking, type == 'c', i, k);
    g_autofree char *major = number_text(&asking->majors, i), *minor = number_text(&asking->minors, k);
    g_ptr_array_add(
        rules, g_strdup_printf("%c %s:%s %s%s%s", type, major, minor, accesses & BPF_DEVCG_ACC_READ ? "r" : "",
                               accesses & BPF_DEVCG_ACC_WRITE ? "w" : "", accesses & BPF_DEVCG_ACC_MKNOD ? "m" : ""));
}

/* Each rule allows what those for more numbers do not. */
static void add_rules(const struct device_asking *asking, GPtrArray *rules, guint type)
{
    guint majors = asking->majors.n, minors = asking->minors.n;
    unsigned all = *cell(asking, type, majors, minors);
    char letter = type ? 'c' : 'b';
    if (all)
        add_rule(asking, rules, letter, majors, minors);
    for (guint i = 0; i <= majors; i++) {
        unsigned row = *cell(asking, type, i, minors);
        if (i < majors && row & ~all)
            add_rule(asking, rules, letter, i, minors);
        for (guint k = 0; k < minors; k++)
            if (*cell(asking, type, i, k) & ~(all | row | *cell(asking, type, majors, k) * (i < majors)))
                add_rule(asking, rules, letter, i, k);
    }
}

static bool allows_all(const struct device_asking *asking)
{
    guint majors = asking->majors.n, minors = asking->minors.n;
    return *cell(asking, 0, majors, minors) == ACCESSES && *cell(asking, 1, majors, minors) == ACCESSES;
}

static bool is_small(const GPtrArray *programs)
{
    for (guint i = 0; i < programs->len; i++)
        if (g_bytes_get_size(g_ptr_array_index(programs, i)) > INSTRUCTIONS_MAX * sizeof(struct bpf_insn))
            return false;
    return true;
}

char **device_programs_rules(const GPtrArray *programs, const char *place, GError **error)
{
    struct device_asking asking = {.programs = programs};
    enum end end = is_small(programs) ? END_RUNS : END_LIMIT;
    while (end == END_RUNS)
        end = ask_all(&asking);
    g_autofree unsigned char *grid G_GNUC_UNUSED = asking.grid;
    if (end == END_LIMIT)
        g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, "%s: its programs for devices are longer than what is followed",
                    place);
    else if (end == END_BEYOND)
        g_set_error(error, PL_ERROR, PL_ERROR_UNSUPPORTED,
                    "%s: its programs for devices do more than compare numbers, which is not followed", place);
    if (end > END_ALLOWED)
        return NULL;
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    if (allows_all(&asking))
        g_ptr_array_add(rules, g_strdup("a *:* rwm"));
    else
        for (guint type = 0; type < TYPES; type++)
            add_rules(&asking, rules, type);
    g_ptr_array_add(rules, NULL);
    return (char **)g_ptr_array_steal(rules, NULL);
}
