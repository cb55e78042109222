/* Judging: three-valued tables, existence x match, trees, applies, manual rules. Items are made by hand. */
#include "engine/judge.h"

#include "engine/field.h"
#include "engine/judge_item.h"
#include "engine/outcome.h"
#include "engine_test.h"

static const struct probe_param params[] = {{.name = "path", .type = VALUE_SET, .required = true, .text = ""},
                                            {.name = "daemon", .type = VALUE_STRING, .text = "", .daemon = true},
                                            {.name = "name", .type = VALUE_STRING, .text = "", .daemon = true},
                                            {.name = NULL}};
static const struct probe_field fields[] = {{"value", VALUE_ANY, ""},
                                            {"other", VALUE_NUMBER, ""},
                                            {"map.*", VALUE_STRING, ""},
                                            {"list", VALUE_LIST, ""},
                                            {"set", VALUE_SET, ""},
                                            {"pid", VALUE_NUMBER, "", FIELD_PROCESS},
                                            {.name = NULL}};
static const struct probe probe = {
    .name = "fake", .summary = "", .params = params, .fields = fields, .object = {"thing", "things"}};

/* A test with everything that it borrows. */
struct bench {
    json_object *environment;
    struct check *check;
    struct bound_check *bound;
    GPtrArray *collected; /* owned */
    GPtrArray *diagnostics;
};

static void collected_free(gpointer data)
{
    struct collected *collected = data;
    items_free(collected->items);
    g_free(collected);
}

static struct check *check_new(const char *object, const char *expect, enum existence existence, enum match match)
{
    struct check *check = g_new0(struct check, 1);
    check->kind = CHECK_TEST;
    check->test = g_new0(struct test, 1);
    check->test->probe = &probe;
    check->test->object = yaml(object);
    check->test->expect = expect ? yaml(expect) : NULL;
    check->test->existence = existence;
    check->test->match = match;
    return check;
}

static void bench_open(struct bench *bench, struct check *check)
{
    bench->check = check;
    bench->environment = json_object_new_object();
    bench->diagnostics = g_ptr_array_new_with_free_func(diagnostic_free);
    bench->collected = g_ptr_array_new_with_free_func(collected_free);
    struct complaints to = {.file = g_intern_static_string("t"), .list = bench->diagnostics};
    bench->bound = check_bind(check, bench->environment, NULL, NULL, &to);
    assert_int_equal(bench->diagnostics->len, 0);
}

/* Gives the test at `bound` items for its next object. */
static struct items *bench_collect(struct bench *bench, struct bound_check *bound)
{
    struct collected *collected = g_new0(struct collected, 1);
    collected->probe = &probe;
    collected->object = g_ptr_array_index(bound->test->objects, bound->test->collected->len);
    collected->items = items_new();
    g_ptr_array_add(bench->collected, collected);
    g_ptr_array_add(bound->test->collected, collected);
    return collected->items;
}

static void bench_close(struct bench *bench)
{
    bound_check_free(bench->bound);
    check_free(bench->check);
    g_ptr_array_unref(bench->collected);
    g_ptr_array_unref(bench->diagnostics);
    json_object_put(bench->environment);
}

/* "p" satisfies the expectation, "f" does not, "u" has an unread field, "e" cannot be compared; "U" "E" "N" are
 * problems of the looking. */
static void fill(struct items *items, const char *what)
{
    for (; *what; what++) {
        if (strchr("UEN", *what)) {
            enum problem_kind kind = *what == 'U'   ? PROBLEM_UNKNOWN
                                     : *what == 'E' ? PROBLEM_ERROR
                                                    : PROBLEM_NOTAPPLICABLE;
            items_problem(items, kind, *what == 'U' ? "run as root" : NULL, "problem %c", *what);
            continue;
        }
        struct item *item = items_add(items, "thing");
        if (*what == 'u') {
            g_autoptr(GError) denied = g_error_new(PL_ERROR, PL_ERROR_DENIED, "permission denied");
            item_unread_error(item, "value", denied);
        } else if (*what == 'e')
            item_set(item, "value", json_object_new_array());
        else
            item_set_int(item, "value", *what == 'p' ? 5 : 1);
    }
}

static struct outcome *judge_letters(const char *letters, const char *expect, enum existence existence,
                                     enum match match, int absent)
{
    struct bench bench;
    struct check *check = check_new("{path: /a}", expect, existence, match);
    check->test->has_absent = absent >= 0;
    check->test->absent = (enum verdict)absent;
    bench_open(&bench, check);
    fill(bench_collect(&bench, bench.bound), letters);
    struct outcome *outcome = judge_check(bench.bound, true);
    bench_close(&bench);
    return outcome;
}

#define EXPECT "{value: {at-least: 4}}"
#define PASS   VERDICT_PASS
#define FAIL   VERDICT_FAIL
#define ERR    VERDICT_ERROR
#define UNK    VERDICT_UNKNOWN
#define NA     VERDICT_NOTAPPLICABLE

struct row {
    const char *letters;
    enum verdict verdicts[4]; /* all, any, none, only-one */
};

static void check_table(const struct row *rows, size_t count, enum existence existence)
{
    for (size_t i = 0; i < count; i++) {
        for (int match = 0; match < 4; match++) {
            pl_auto(outcome) outcome = judge_letters(rows[i].letters, EXPECT, existence, (enum match)match, -1);
            if (outcome->verdict != rows[i].verdicts[match])
                fail_msg("existence %d match %d on \"%s\": %s instead of %s", (int)existence, match, rows[i].letters,
                         verdict_name(outcome->verdict), verdict_name(rows[i].verdicts[match]));
        }
    }
}

static void matches(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", {FAIL, FAIL, FAIL, FAIL}},   {"p", {PASS, PASS, FAIL, PASS}},  {"f", {FAIL, FAIL, PASS, FAIL}},
        {"pp", {PASS, PASS, FAIL, FAIL}}, {"pf", {FAIL, PASS, FAIL, PASS}}, {"ff", {FAIL, FAIL, PASS, FAIL}},
        {"u", {UNK, UNK, UNK, UNK}},      {"pu", {UNK, PASS, FAIL, UNK}},   {"fu", {FAIL, UNK, UNK, UNK}},
        {"ppu", {UNK, PASS, FAIL, FAIL}}, {"e", {ERR, ERR, ERR, ERR}},      {"ue", {ERR, ERR, ERR, ERR}},
        {"fe", {FAIL, ERR, ERR, ERR}},    {"pe", {ERR, PASS, FAIL, ERR}},   {"U", {UNK, UNK, UNK, UNK}},
        {"E", {ERR, ERR, ERR, ERR}},      {"UE", {ERR, ERR, ERR, ERR}},     {"N", {NA, NA, NA, NA}},
        {"NU", {UNK, UNK, UNK, UNK}},     {"pU", {UNK, PASS, FAIL, UNK}},   {"fU", {FAIL, UNK, UNK, UNK}},
        {"pE", {ERR, PASS, FAIL, ERR}},   {"pN", {PASS, PASS, FAIL, PASS}}, {"fN", {FAIL, FAIL, PASS, FAIL}},
        {"ppU", {UNK, PASS, FAIL, FAIL}},
    };
    check_table(rows, G_N_ELEMENTS(rows), EXISTENCE_AT_LEAST_ONE);
    /* "any" differs in the first row alone. */
    static const struct row none[] = {{"", {PASS, PASS, PASS, PASS}}};
    check_table(rows + 1, G_N_ELEMENTS(rows) - 1, EXISTENCE_ANY);
    check_table(none, 1, EXISTENCE_ANY);
    check_table(rows, G_N_ELEMENTS(rows), EXISTENCE_ALL);
}

static void only_one(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", {FAIL, FAIL, FAIL, FAIL}},   {"p", {PASS, PASS, FAIL, PASS}},  {"f", {FAIL, FAIL, PASS, FAIL}},
        {"pp", {FAIL, FAIL, FAIL, FAIL}}, {"pf", {FAIL, FAIL, FAIL, FAIL}}, {"pU", {UNK, UNK, FAIL, UNK}},
        {"fE", {FAIL, ERR, ERR, ERR}},    {"u", {UNK, UNK, UNK, UNK}},      {"uu", {FAIL, FAIL, FAIL, FAIL}},
    };
    check_table(rows, G_N_ELEMENTS(rows), EXISTENCE_ONLY_ONE);
}

static void none(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", {PASS, PASS, PASS, PASS}},   {"p", {FAIL, FAIL, FAIL, FAIL}}, {"f", {PASS, PASS, PASS, PASS}},
        {"pf", {FAIL, FAIL, FAIL, FAIL}}, {"u", {UNK, UNK, UNK, UNK}},     {"fu", {UNK, UNK, UNK, UNK}},
        {"pu", {FAIL, FAIL, FAIL, FAIL}}, {"U", {UNK, UNK, UNK, UNK}},     {"fE", {ERR, ERR, ERR, ERR}},
        {"pE", {FAIL, FAIL, FAIL, FAIL}}, {"N", {NA, NA, NA, NA}},         {"fN", {PASS, PASS, PASS, PASS}},
    };
    check_table(rows, G_N_ELEMENTS(rows), EXISTENCE_NONE);
}

/* Without `expect` every item satisfies. */
static void bare_existence(void **state)
{
    (void)state;
    static const struct {
        const char *letters;
        enum verdict verdicts[5]; /* at-least-one, any, all, none, only-one */
    } rows[] = {
        {"", {FAIL, PASS, FAIL, PASS, FAIL}},
        {"f", {PASS, PASS, PASS, FAIL, PASS}},
        {"ff", {PASS, PASS, PASS, FAIL, FAIL}},
        {"u", {PASS, PASS, PASS, FAIL, PASS}},
        {"U", {UNK, UNK, UNK, UNK, UNK}},
        {"E", {ERR, ERR, ERR, ERR, ERR}},
        {"N", {NA, NA, NA, NA, NA}},
        {"fE", {ERR, ERR, ERR, FAIL, ERR}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int existence = 0; existence < 5; existence++) {
            pl_auto(outcome) outcome = judge_letters(rows[i].letters, NULL, (enum existence)existence, MATCH_ALL, -1);
            if (outcome->verdict != rows[i].verdicts[existence])
                fail_msg("existence %d on \"%s\": %s", existence, rows[i].letters, verdict_name(outcome->verdict));
        }
    }
}

static void absent(void **state)
{
    (void)state;
    static const enum verdict answers[] = {PASS, FAIL, NA};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        for (int existence = 0; existence < 5; existence++) {
            pl_auto(outcome) empty = judge_letters("", EXPECT, (enum existence)existence, MATCH_ALL, (int)answers[i]);
            assert_int_equal(empty->verdict, answers[i]);
            assert_string_equal(empty->reason, "there is no thing /a");
            pl_auto(outcome) blind = judge_letters("U", EXPECT, (enum existence)existence, MATCH_ALL, (int)answers[i]);
            assert_int_equal(blind->verdict, UNK);
            pl_auto(outcome) na = judge_letters("N", EXPECT, (enum existence)existence, MATCH_ALL, (int)answers[i]);
            assert_int_equal(na->verdict, NA);
            assert_string_equal(na->reason, "problem N");
        }
        pl_auto(outcome) there = judge_letters("p", EXPECT, EXISTENCE_ANY, MATCH_ALL, (int)answers[i]);
        assert_int_equal(there->verdict, PASS);
    }
}

/* What a fully observed host with `p` satisfying and `f` other items comes to. */
static bool holds(enum existence existence, enum match match, unsigned p, unsigned f)
{
    if (existence == EXISTENCE_NONE)
        return p == 0;
    if (p + f == 0)
        return existence == EXISTENCE_ANY;
    if (existence == EXISTENCE_ONLY_ONE && p + f > 1)
        return false;
    return match == MATCH_ALL ? f == 0 : match == MATCH_ANY ? p > 0 : match == MATCH_NONE ? p == 0 : p == 1;
}

/* No verdict is a guess: pass and fail hold in every world that agrees with what was seen. Unread items may turn out
 * either way; hindered looking may have missed up to two more. */
static void check_worlds(const char *letters, enum existence existence, enum match match, enum verdict verdict)
{
    unsigned p = 0, f = 0, u = 0, more = 0;
    for (const char *c = letters; *c; c++) {
        p += *c == 'p';
        f += *c == 'f';
        u += *c == 'u';
        more = *c == 'U' ? 2 : more;
    }
    for (unsigned unread = 0; unread <= u; unread++) {
        for (unsigned extra = 0; extra < (more ? 9 : 1); extra++) {
            unsigned add_p = extra % 3, add_f = extra / 3;
            bool good = holds(existence, match, p + unread + add_p, f + u - unread + add_f);
            if ((verdict == PASS && !good) || (verdict == FAIL && good))
                fail_msg("existence %d match %d on \"%s\": %s is a guess", (int)existence, (int)match, letters,
                         verdict_name(verdict));
        }
    }
}

static void no_guess(void **state)
{
    (void)state;
    static const char alphabet[] = "pfuU";
    for (unsigned code = 0; code < 4 * 4 * 4 * 4 * 4; code++) {
        char letters[6] = "";
        unsigned rest = code, n = 0;
        for (int i = 0; i < 5; i++, rest /= 4)
            if (rest % 4 || i < (int)(code % 5))
                letters[n++] = alphabet[rest % 4];
        for (int existence = 0; existence < 5; existence++) {
            for (int match = 0; match < 4; match++) {
                pl_auto(outcome) outcome =
                    judge_letters(letters, EXPECT, (enum existence)existence, (enum match)match, -1);
                check_worlds(letters, (enum existence)existence, (enum match)match, outcome->verdict);
                assert_true(outcome->verdict != PASS || !strchr(letters, 'E'));
            }
        }
    }
}

/* One of many is wanted and none is: the others are no failures, but for those of which there are too many. */
static bool only_lacks(enum existence existence, enum match match, const char *letters)
{
    bool one_of_many = existence != EXISTENCE_NONE && (match == MATCH_ANY || match == MATCH_ONLY_ONE);
    bool crowd = existence == EXISTENCE_ONLY_ONE && strlen(letters) > 1;
    return one_of_many && !crowd && !strchr(letters, 'p');
}

/* A pass shows no failing item, a fail with items shows at least one where an item is what fails. */
static void shown_items(void **state)
{
    (void)state;
    static const char *const sets[] = {"p", "f", "pp", "pf", "ff", "ppf", "pff", "pu", "fu"};
    for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
        for (int existence = 0; existence < 5; existence++) {
            for (int match = 0; match < 4; match++) {
                pl_auto(outcome) outcome =
                    judge_letters(sets[i], EXPECT, (enum existence)existence, (enum match)match, -1);
                bool failing = false;
                for (guint j = 0; j < outcome->items->len; j++)
                    failing |= ((struct item_result *)g_ptr_array_index(outcome->items, j))->verdict == FAIL;
                bool wanted =
                    outcome->verdict == FAIL && !only_lacks((enum existence)existence, (enum match)match, sets[i]);
                if (failing != wanted && outcome->verdict != UNK)
                    fail_msg("existence %d match %d on \"%s\"", existence, match, sets[i]);
            }
        }
    }
}

/* Every listed value must be there, each asked by itself. */
static void every_value(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        enum verdict verdict;
        const char *reason;
    } rows[] = {
        {"p", "p", PASS, NULL},
        {"p", "", FAIL, "there is no thing /b"},
        {"pp", "", FAIL, "there is no thing /b"},
        {"", "", FAIL, "there is no thing /a"},
        {"p", "f", FAIL, NULL},
        {"p", "U", UNK, "problem U"},
        {"p", "E", ERR, "problem E"},
        {"", "U", UNK, "problem U"},
        {"", "pE", FAIL, "there is no thing /a"},
        {"p", "N", PASS, NULL},
        {"N", "N", NA, "problem N"},
        {"", "N", FAIL, "there is no thing /a"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        bench_open(&bench, check_new("{path: [/a, /b]}", EXPECT, EXISTENCE_ALL, MATCH_ALL));
        assert_int_equal(bench.bound->test->objects->len, 2);
        fill(bench_collect(&bench, bench.bound), rows[i].first);
        fill(bench_collect(&bench, bench.bound), rows[i].second);
        pl_auto(outcome) outcome = judge_check(bench.bound, true);
        bench_close(&bench);
        if (outcome->verdict != rows[i].verdict || g_strcmp0(outcome->reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s %s", i, verdict_name(outcome->verdict), outcome->reason);
    }
}

static void uncollected(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, check_new("{path: /a}", NULL, EXISTENCE_NONE, MATCH_ALL));
    struct items *items = bench_collect(&bench, bench.bound);
    struct collected *collected = g_ptr_array_index(bench.collected, 0);
    collected->items = NULL;
    pl_auto(outcome) outcome = judge_check(bench.bound, true);
    pl_auto(outcome) gathered = judge_gather(bench.bound, VERDICT_NOTCHECKED);
    collected->items = items;
    bench_close(&bench);
    assert_int_equal(outcome->verdict, UNK);
    assert_string_equal(outcome->reason, "was not collected");
    assert_int_equal(gathered->items->len, 0);
}

static void causes(void **state)
{
    (void)state;
    static const struct {
        const char *letters, *reason, *cause, *remediation;
        bool privileged;
    } rows[] = {
        {"U", "problem U", "needs root", "run as root", true},
        {"E", "problem E", "reading failed", NULL, true},
        {"u", "thing: value: permission denied", "could not be observed", NULL, true},
        {"u", "thing: value: permission denied", "needs root", "run as root", false},
        {"e", "thing: value is a list or mapping where a number was expected", "reading failed", NULL, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        fill(bench_collect(&bench, bench.bound), rows[i].letters);
        pl_auto(outcome) outcome = judge_check(bench.bound, rows[i].privileged);
        bench_close(&bench);
        assert_string_equal(outcome->reason, rows[i].reason);
        assert_string_equal(outcome->cause, rows[i].cause);
        assert_int_equal(g_strcmp0(outcome->remediation, rows[i].remediation), 0);
    }
}

static void other_remediations(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
    struct items *items = bench_collect(&bench, bench.bound);
    items_problem(items, PROBLEM_UNKNOWN, "mount /proc", "no processes");
    item_unread(items_add(items, "x"), "value", "vanished");
    pl_auto(outcome) outcome = judge_check(bench.bound, false);
    bench_close(&bench);
    assert_string_equal(outcome->cause, "mount /proc");
    assert_string_equal(outcome->remediation, "mount /proc");
    assert_string_equal(outcome->reason, "no processes");
}

/* A long list of places does not make a long sentence. */
static void short_reasons(void **state)
{
    (void)state;
    g_autoptr(GString) object = g_string_new("{path: [");
    for (int i = 0; i < 12; i++)
        g_string_append_printf(object, "/a/long/directory/näme/%d, ", i);
    g_string_append(object, "/z]}");
    struct bench bench;
    bench_open(&bench, check_new(object->str, EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
    bench_collect(&bench, bench.bound);
    pl_auto(outcome) outcome = judge_check(bench.bound, false);
    bench_close(&bench);
    assert_true(strlen(outcome->reason) < 300);
    assert_true(g_utf8_validate(outcome->reason, -1, NULL));
    assert_true(g_str_has_suffix(outcome->reason, " and 10 more"));
}

/* The verdict is of the kind of the reason: what is damaged is an error, whether one is root or not, and says what
 * helps. A part that was seen settles what it settles all the same. */
static void damaged_fields(void **state)
{
    (void)state;
    static const struct {
        bool denied, part;
        const char *expect;
        enum verdict verdict;
        const char *cause;
    } rows[] = {
        {false, false, "{value: {at-least: 4}}", ERR, "narrow it"},
        {true, false, "{value: {at-least: 4}, other: {equals: 1}}", ERR, "narrow it"},
        {true, false, "{other: {equals: 1}}", UNK, "needs root"},
        {false, true, "{value: {contains: b}}", ERR, "narrow it"},
        {false, true, "{value: {contains: a}}", PASS, NULL},
        {false, true, "{value: {excludes: a}}", FAIL, NULL},
    };
    const struct problem torn = {.kind = PROBLEM_ERROR, .reason = "torn", .remediation = "narrow it"};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        bench_open(&bench, check_new("{path: /a}", rows[i].expect, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        struct item *item = items_add(bench_collect(&bench, bench.bound), "x");
        g_autoptr(GError) denied = g_error_new(PL_ERROR, PL_ERROR_DENIED, "permission denied");
        if (rows[i].part)
            item_set(item, "value", yaml("[a]"));
        if (rows[i].denied)
            item_unread_error(item, "other", denied);
        item_unread_problem(item, "value", &torn);
        pl_auto(outcome) outcome = judge_check(bench.bound, false);
        bench_close(&bench);
        assert_int_equal(outcome->verdict, rows[i].verdict);
        assert_int_equal(g_strcmp0(outcome->cause, rows[i].cause), 0);
        if (rows[i].verdict == ERR)
            assert_string_equal(outcome->reason, "x: value: torn");
    }
}

/* Without root, a field may still be unread for another reason. */
static void not_the_right(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
    item_unread(items_add(bench_collect(&bench, bench.bound), "x"), "value", "\"copyright\" is no root");
    pl_auto(outcome) outcome = judge_check(bench.bound, false);
    bench_close(&bench);
    assert_string_equal(outcome->cause, "could not be observed");
    assert_null(outcome->remediation);
}

/* A failure that nobody looked after leaves nothing of what was found. */
static void doubt_decides_nothing(void **state)
{
    (void)state;
    for (int value = 0; value < 2; value++) {
        struct bench bench;
        bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        struct items *items = bench_collect(&bench, bench.bound);
        item_set_bool(items_add(items, "x"), "value", value == 1);
        g_autoptr(GError) error = g_error_new(PL_ERROR, PL_ERROR_READ, "/x: Input/output error");
        items_doubt_from_error(items, error);
        pl_auto(outcome) outcome = judge_check(bench.bound, true);
        bench_close(&bench);
        assert_int_equal(outcome->verdict, VERDICT_ERROR);
        assert_string_equal(outcome->reason, "/x: Input/output error");
    }
}

static void reasons(void **state)
{
    (void)state;
    pl_auto(outcome) many = judge_letters("ff", NULL, EXISTENCE_ONLY_ONE, MATCH_ALL, -1);
    pl_auto(outcome) twice = judge_letters("ppf", EXPECT, EXISTENCE_ANY, MATCH_ONLY_ONE, -1);
    pl_auto(outcome) plain = judge_letters("f", EXPECT, EXISTENCE_ANY, MATCH_ALL, -1);
    assert_string_equal(many->reason, "2 found where exactly one should be");
    assert_string_equal(twice->reason, "2 of 3 are as exactly one should be");
    assert_null(plain->reason);
}

/* Several fields: a proven failure stands beside an unread field; an error weighs more than unread. */
static void several_fields(void **state)
{
    (void)state;
    static const struct {
        const char *value, *other;
        enum verdict verdict;
        const char *reason;
    } rows[] = {
        {"5", "1", PASS, NULL},
        {"1", "1", FAIL, NULL},
        {"5", "2", FAIL, NULL},
        {NULL, "1", UNK, "value: hidden"},
        {NULL, "2", FAIL, NULL},
        {"1", NULL, FAIL, NULL},
        {NULL, NULL, UNK, "value: hidden"},
        {"[]", "1", ERR, "value is a list or mapping where a number was expected"},
        {"[]", NULL, ERR, "value is a list or mapping where a number was expected"},
        {NULL, "[]", ERR, "other is a list or mapping where a number was expected"},
        {"[]", "[]", ERR, "value is a list or mapping where a number was expected"},
        {"[]", "2", FAIL, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        bench_open(&bench, check_new("{path: /a}", "{value: {at-least: 4}, other: {at-most: 1, at-least: 0}}",
                                     EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        struct items *items = bench_collect(&bench, bench.bound);
        struct item *item = items_add(items, "x");
        const char *const values[] = {rows[i].value, rows[i].other}, *const names[] = {"value", "other"};
        for (size_t j = 0; j < 2; j++) {
            g_autofree char *text = g_strdup_printf("v: %s", values[j] ? values[j] : "0");
            pl_autojson json_object *tree = yaml(text);
            if (values[j])
                item_set(item, names[j], tree_copy(tree_member(tree, "v")));
            else
                item_unread(item, names[j], "hidden");
        }
        g_autofree char *reason = NULL;
        enum verdict verdict = judge_item(item, bench.bound->test->expectations, &reason);
        if (verdict != rows[i].verdict || g_strcmp0(reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s %s", i, verdict_name(verdict), reason);
        pl_auto(outcome) outcome = judge_check(bench.bound, true);
        assert_int_equal(outcome->verdict, rows[i].verdict);
        bench_close(&bench);
    }
}

static void paths_of_fields(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, "x");
    item_set(item, "map", yaml("{Service.User: root, a: {b: [1, {c: 2}]}}"));
    item_set(item, "flat.name", yaml("{x: 1}"));
    assert_non_null(item_field(item, "map.Service.User"));
    assert_non_null(item_field(item, "map.a.b.0"));
    assert_non_null(item_field(item, "map.a.b.1.c"));
    assert_non_null(item_field(item, "flat.name"));
    assert_non_null(item_field(item, "flat.name.x"));
    assert_null(item_field(item, "map.a.b.7"));
    assert_null(item_field(item, "map.none"));
    assert_null(item_field(item, "gone"));
    assert_null(item_field_hindrance(item, "map.a"));
    item_unread(item, "map", "hidden");
    assert_string_equal(item_field_hindrance(item, "map.a")->reason, "hidden");
    assert_string_equal(item_field_hindrance(item, "map")->reason, "hidden");
    assert_null(item_field_hindrance(item, "gone"));
    struct test test = {.probe = &probe};
    struct bound_test bound = {.test = &test, .expectations = none};
    struct result *result = result_new();
    struct item_result *row = evidence_new(item, &bound, PASS);
    g_ptr_array_add(result->items, row);
    assert_null(row->observed);
    struct bound_check check = {.kind = CHECK_TEST, .test = &bound};
    const struct bound_rule rule = {.check = &check};
    evidence_fill(result, &rule, PACKAGES_APT);
    assert_int_equal(json_object_object_length(row->observed), 2);
    result_free(result);
}

/* Trees. Each letter is a child: p f u e n (not applicable) o (the same, but a running machine could tell). */
static void trees(void **state)
{
    (void)state;
    static const struct {
        const char *children;
        enum verdict verdicts[3]; /* all, any, none */
    } rows[] = {
        {"p", {PASS, PASS, FAIL}},  {"f", {FAIL, FAIL, PASS}},  {"u", {UNK, UNK, UNK}},
        {"e", {ERR, ERR, ERR}},     {"n", {NA, NA, NA}},        {"nn", {NA, NA, NA}},
        {"pn", {PASS, PASS, FAIL}}, {"fn", {FAIL, FAIL, PASS}}, {"pf", {FAIL, PASS, FAIL}},
        {"pu", {UNK, PASS, FAIL}},  {"fu", {FAIL, UNK, UNK}},   {"pe", {ERR, PASS, FAIL}},
        {"fe", {FAIL, ERR, ERR}},   {"ue", {ERR, ERR, ERR}},    {"pp", {PASS, PASS, FAIL}},
        {"ff", {FAIL, FAIL, PASS}}, {"un", {UNK, UNK, UNK}},    {"pfue", {FAIL, PASS, FAIL}},
        {"o", {NA, NA, NA}},        {"fo", {FAIL, UNK, UNK}},   {"po", {PASS, PASS, FAIL}},
        {"no", {NA, NA, NA}},       {"eo", {ERR, ERR, ERR}},
    };
    static const enum check_kind kinds[] = {CHECK_ALL, CHECK_ANY, CHECK_NONE};
    static const struct {
        char letter;
        enum verdict verdict;
    } letters[] = {{'p', PASS}, {'f', FAIL}, {'u', UNK}, {'e', ERR}, {'n', NA}, {'o', NA}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (size_t k = 0; k < 3; k++) {
            GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
            for (const char *c = rows[i].children; *c; c++)
                for (size_t j = 0; j < G_N_ELEMENTS(letters); j++)
                    if (letters[j].letter == *c) {
                        struct outcome *child = outcome_new(letters[j].verdict);
                        child->not_looked = *c == 'o';
                        g_ptr_array_add(children, child);
                    }
            pl_auto(outcome) whole = outcome_combine(kinds[k], children);
            if (whole->verdict != rows[i].verdicts[k])
                fail_msg("tree %zu on \"%s\": %s", k, rows[i].children, verdict_name(whole->verdict));
        }
    }
}

/* An item as judging makes one, each of a thing of its own. */
static struct item_result *row_new(void)
{
    static struct test test = {.probe = &probe};
    static const struct bound_test bound = {.test = &test};
    static char subjects[26][2];
    static struct item items[26];
    static unsigned next;
    unsigned i = next++ % G_N_ELEMENTS(items);
    subjects[i][0] = (char)('a' + i);
    items[i].subject = subjects[i];
    return evidence_new(&items[i], &bound, VERDICT_PASS);
}

static struct outcome *child(enum verdict verdict, const char *reason, const char *cause, enum verdict item)
{
    struct outcome *outcome = outcome_new(verdict);
    struct item_result *row = row_new();
    row->verdict = item;
    outcome->reason = g_strdup(reason);
    outcome->cause = g_strdup(cause);
    outcome->remediation = g_strdup(cause);
    g_ptr_array_add(outcome->items, row);
    return outcome;
}

static void merged(void **state)
{
    (void)state;
    GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
    static const char *const texts[] = {"a", "b", "a", "c", "d"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(children, child(UNK, texts[i], texts[i], UNK));
    g_ptr_array_add(children, child(PASS, "x", NULL, PASS));
    pl_auto(outcome) whole = outcome_combine(CHECK_ALL, children);
    assert_string_equal(whole->reason, "a; b; c");
    assert_string_equal(whole->cause, "a");
    assert_int_equal(whole->items->len, 5);
    children = g_ptr_array_new_with_free_func(outcome_free);
    struct outcome *failing = child(FAIL, NULL, NULL, FAIL);
    struct item_result *good = row_new();
    g_ptr_array_add(failing->items, good);
    g_ptr_array_add(children, failing);
    pl_auto(outcome) turned = outcome_combine(CHECK_NONE, children);
    assert_int_equal(turned->verdict, PASS);
    assert_int_equal(turned->items->len, 1);
    assert_null(turned->reason);
}

/* What could not be seen in one child is shown although another one fails; an "any" needs one child only. */
static void unseen_items_stay(void **state)
{
    (void)state;
    static const struct {
        enum check_kind kind;
        enum verdict decides;
        guint items;
    } rows[] = {{CHECK_ALL, FAIL, 3}, {CHECK_NONE, PASS, 3}, {CHECK_ANY, PASS, 1}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
        g_ptr_array_add(children, child(rows[i].decides, NULL, NULL, rows[i].decides));
        struct outcome *blind = child(UNK, "u", NULL, UNK);
        g_ptr_array_add(blind->items, row_new()); /* passes: decides nothing */
        g_ptr_array_add(children, blind);
        g_ptr_array_add(children, child(VERDICT_ERROR, "e", NULL, VERDICT_ERROR));
        pl_auto(outcome) whole = outcome_combine(rows[i].kind, children);
        assert_int_equal(whole->items->len, rows[i].items);
        assert_null(whole->reason);
        for (guint k = 1; k < whole->items->len; k++)
            assert_int_not_equal(((struct item_result *)g_ptr_array_index(whole->items, k))->verdict, PASS);
    }
}

/* Rules. */
static const struct module module = {.name = (char *)"m", .title = (char *)"M", .layer = LAYER_CLOUD};

static void rule_open(struct rule *rule)
{
    *rule = (struct rule){.module = &module, .id = (char *)"r", .title = (char *)"T", .severity = SEVERITY_HIGH};
    rule->references = g_ptr_array_new_with_free_func(reference_free);
    rule->tags = g_ptr_array_new();
    g_ptr_array_add(rule->references, reference_new("b", "1", 1));
    static char tag[] = "t";
    g_ptr_array_add(rule->tags, tag);
}

static void rule_close(struct rule *rule)
{
    g_ptr_array_unref(rule->references);
    g_ptr_array_unref(rule->tags);
}

static void applying(void **state)
{
    (void)state;
    static const struct {
        const char *applies, *check, *expect;
        enum verdict verdict;
        const char *reason;
    } rows[] = {
        {"p", "p", EXPECT, PASS, NULL},
        {"p", "f", EXPECT, FAIL, NULL},
        {"f", "p", EXPECT, NA, "applies only where fake /a: value is at least 4"},
        {"", "p", EXPECT, NA, "there is no thing /a"},
        {"N", "p", EXPECT, NA, "problem N"},
        {"U", "p", EXPECT, UNK, "problem U"},
        {"E", "p", EXPECT, ERR, "problem E"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench applies, check;
        struct rule rule;
        rule_open(&rule);
        bench_open(&applies, check_new("{path: /a}", rows[i].expect, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        bench_open(&check, check_new("{path: /b}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        fill(bench_collect(&applies, applies.bound), rows[i].applies);
        fill(bench_collect(&check, check.bound), rows[i].check);
        struct bound_rule bound = {.rule = &rule, .applies = applies.bound, .check = check.bound};
        struct result *result = judge_rule(&bound, true);
        if (result->verdict != rows[i].verdict || g_strcmp0(result->reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s %s", i, verdict_name(result->verdict), result->reason);
        assert_int_equal(judge_wanted(&bound, NULL), i < 2);
        assert_int_equal(result->items->len, i < 2);
        assert_string_equal(result->module, "m");
        assert_int_equal(result->references->len, 1);
        result_free(result);
        bench_close(&applies);
        bench_close(&check);
        rule_close(&rule);
    }
}

static struct check *tree_of(enum check_kind kind, struct check *a, struct check *b)
{
    struct check *check = g_new0(struct check, 1);
    check->kind = kind;
    check->children = g_ptr_array_new_with_free_func(check_free);
    g_ptr_array_add(check->children, a);
    g_ptr_array_add(check->children, b);
    return check;
}

/* What is not met is told in the words of the tests, where all that decide have some. */
static void applying_in_words(void **state)
{
    (void)state;
    static const struct {
        enum check_kind kind;
        const char *first, *second, *words_first, *words_second, *reason;
    } rows[] = {
        {CHECK_ALL, "p", "f", "no A", "no B", "no B"},
        {CHECK_ALL, "f", "f", "no A", "no B", "no A"},
        {CHECK_ALL, "p", "", "no A", NULL, "there is no thing /b"},
        {CHECK_ANY, "f", "f", "no A", "no B", "no A; no B"},
        {CHECK_ANY, "", "f", NULL, "no B", "there is no thing /a; no B"},
        {CHECK_ANY, "f", "f", "the same", "the same", "the same"},
        {CHECK_ANY, "f", "f", "no A", NULL,
         "applies only where (fake /a: value is at least 4 or fake /b: value is at least 4)"},
        {CHECK_NONE, "f", "p", "no A", "there is a B", "there is a B"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        bench_open(&bench, tree_of(rows[i].kind, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL),
                                   check_new("{path: /b}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL)));
        struct bound_check *first = g_ptr_array_index(bench.bound->children, 0);
        struct bound_check *second = g_ptr_array_index(bench.bound->children, 1);
        fill(bench_collect(&bench, first), rows[i].first);
        fill(bench_collect(&bench, second), rows[i].second);
        first->test->missing = g_strdup(rows[i].words_first);
        second->test->missing = g_strdup(rows[i].words_second);
        struct bound_rule bound = {.rule = &rule, .applies = bench.bound, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        if (result->verdict != NA || g_strcmp0(result->reason, rows[i].reason) != 0)
            fail_msg("row %zu: %s %s", i, verdict_name(result->verdict), result->reason);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

/* The condition of a tree in words, and judging one. */
static void applying_trees(void **state)
{
    (void)state;
    static const struct {
        enum check_kind kind;
        const char *first, *second, *reason;
    } rows[] = {
        {CHECK_ALL, "p", "f", "applies only where (fake /a: value is at least 4 and fake /b: value is at least 4)"},
        {CHECK_ANY, "f", "f", "applies only where (fake /a: value is at least 4 or fake /b: value is at least 4)"},
        {CHECK_NONE, "p", "f", "applies only where not (fake /a: value is at least 4 or fake /b: value is at least 4)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        bench_open(&bench, tree_of(rows[i].kind, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL),
                                   check_new("{path: /b}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL)));
        fill(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 0)), rows[i].first);
        fill(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 1)), rows[i].second);
        struct bound_rule bound = {.rule = &rule, .applies = bench.bound, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        assert_int_equal(result->verdict, NA);
        assert_string_equal(result->reason, rows[i].reason);
        result_free(result);
        bound.applies = NULL;
        result = judge_rule(&bound, true);
        assert_int_equal(result->verdict, FAIL);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

static void people_answer(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        enum verdict verdict;
        guint items;
        const char *reason;
    } rows[] = {{"f", "p", VERDICT_NOTCHECKED, 1, NULL}, /* two looks at one thing */
                {"", "", VERDICT_NOTCHECKED, 0, NULL},
                {"U", "f", VERDICT_NOTCHECKED, 1, "problem U"},
                {"N", "", NA, 0, "problem N"},
                {"N", "p", VERDICT_NOTCHECKED, 1, NULL}};
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        size_t row = i / 2;
        bool manual = i % 2;
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        rule.manual = manual ? (char *)"Is it so?" : NULL;
        rule.informational = !manual;
        bench_open(&bench, tree_of(CHECK_ALL, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL),
                                   check_new("{path: /b}", NULL, EXISTENCE_ANY, MATCH_ALL)));
        fill(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 0)), rows[row].first);
        fill(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 1)), rows[row].second);
        struct bound_rule bound = {.rule = &rule, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        enum verdict verdict =
            !manual && rows[row].verdict == VERDICT_NOTCHECKED ? VERDICT_INFORMATIONAL : rows[row].verdict;
        assert_int_equal(result->verdict, verdict);
        assert_int_equal(result->items->len, rows[row].items);
        assert_int_equal(g_strcmp0(result->reason, rows[row].reason), 0);
        assert_int_equal(result->question != NULL, manual);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

/* A question is left only where the check does not pass; not to know is no answer. */
static void settled_by_the_check(void **state)
{
    (void)state;
    static const struct {
        const char *items;
        enum verdict verdict, first;
    } rows[] = {{"pp", PASS, PASS}, {"pfp", VERDICT_NOTCHECKED, VERDICT_NOTCHECKED}, {"up", UNK, UNK}, {"e", ERR, ERR}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        rule.manual = (char *)"Is it so?";
        rule.settles = true;
        bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        fill(bench_collect(&bench, bench.bound), rows[i].items);
        struct bound_rule bound = {.rule = &rule, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        assert_int_equal(result->verdict, rows[i].verdict);
        assert_int_equal(result->items->len, strlen(rows[i].items));
        assert_int_equal(((struct item_result *)g_ptr_array_index(result->items, 0))->verdict, rows[i].first);
        assert_int_equal(result->question != NULL, rows[i].verdict == VERDICT_NOTCHECKED);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

/* Letters as of fill(): the first is of process 1, the second of process 2, a third of no instance. */
static void fill_instances(struct items *items, const char *letters)
{
    fill(items, letters);
    for (guint i = 0; i < MIN(items->list->len, 2); i++)
        item_set_int(g_ptr_array_index(items->list, i), "pid", (gint64)i + 1);
}

/* "any" of two tests over two instances: what one has of the first and the other of the second is nothing whole. */
static void each_instance_by_itself(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool each;
        enum verdict verdict;
        guint items;
    } rows[] = {
        {"pf", "fp", false, FAIL, 2}, /* together neither test holds */
        {"pf", "fp", true, PASS, 2},  /* the first instance by one, the second by the other */
        {"pf", "ff", true, FAIL, 2},  /* the second by none */
        {"pf", "fu", true, UNK, 2},    {"pf", "fe", true, ERR, 2},
        {"ppp", "fff", true, PASS, 3}, /* what is nobody's counts for each of them, and is shown once */
        {"p", "f", true, PASS, 1},     /* one instance: as ever */
        {"", "", true, FAIL, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        rule.each = rows[i].each ? (char *)"d" : NULL;
        bench_open(&bench,
                   tree_of(CHECK_ANY, check_new("{path: /a, name: d}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL),
                           check_new("{path: /b, daemon: d}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL)));
        fill_instances(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 0)), rows[i].first);
        fill_instances(bench_collect(&bench, g_ptr_array_index(bench.bound->children, 1)), rows[i].second);
        struct bound_rule bound = {.rule = &rule, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        if (result->verdict != rows[i].verdict || result->items->len != rows[i].items)
            fail_msg("row %zu: %s, %u items", i, verdict_name(result->verdict), result->items->len);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

/* Rows: who looked, at which thing, what came of it. */
static struct item_result *row_of(guint test, guint thing, enum verdict verdict, const struct probe_object *object)
{
    static struct probe probes[4];
    static struct test tests[4];
    static struct bound_test bounds[4];
    static struct item items[4][8];
    static char names[8][2];
    probes[test] = (struct probe){.name = "fake", .fields = fields, .params = params, .object = *object};
    tests[test].probe = &probes[test];
    bounds[test].test = &tests[test];
    names[thing][0] = (char)('a' + thing);
    items[test][thing].subject = names[thing];
    items[test][thing].source.line = test + 1;
    return evidence_new(&items[test][thing], &bounds[test], verdict);
}

/* One object is one row, however many tests look at it. */
static void one_object_is_one_row(void **state)
{
    (void)state;
    static const struct probe_object file = {"file", "files", NULL, false}, line = {"line", "lines", NULL, true},
                                     program = {"program", "programs", "file", false};
    static const struct {
        const struct probe_object *first, *second;
        enum check_kind kind;
        enum verdict decides;
        const char *a, *b; /* verdicts of things a, b ... by each test */
        guint rows, failing;
    } cases[] = {
        {&file, &file, CHECK_ALL, FAIL, "fpf", "pff", 3, 3},
        {&file, &program, CHECK_ALL, FAIL, "fpp", "fpp", 3, 1},
        {&line, &line, CHECK_ALL, FAIL, "fp", "fp", 4, 2}, /* lines of their own */
        {&file, &line, CHECK_ALL, FAIL, "f", "f", 2, 2},
        {&file, &file, CHECK_ANY, FAIL, "fpf", "ffp", 3, 1}, /* one test is content with two of them */
        {&file, &file, CHECK_ANY, FAIL, "fp", "pf", 2, 2},
        {&file, &file, CHECK_NONE, PASS, "pf", "fp", 2, 2},
        {&file, &file, CHECK_ALL, PASS, "pp", "pp", 2, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GPtrArray *children = g_ptr_array_new_with_free_func(outcome_free);
        for (guint test = 0; test < 2; test++) {
            struct outcome *one = outcome_new(cases[i].decides);
            const char *letters = test ? cases[i].b : cases[i].a;
            for (guint k = 0; letters[k]; k++)
                g_ptr_array_add(one->items, row_of(test, k, letters[k] == 'f' ? FAIL : PASS,
                                                   test ? cases[i].second : cases[i].first));
            g_ptr_array_add(children, one);
        }
        pl_auto(outcome) whole = outcome_combine(cases[i].kind, children);
        guint failing = 0;
        for (guint k = 0; k < whole->items->len; k++)
            failing += ((struct item_result *)g_ptr_array_index(whole->items, k))->verdict == FAIL;
        if (whole->items->len != cases[i].rows || failing != cases[i].failing)
            fail_msg("case %zu: %u rows, %u failing", i, whole->items->len, failing);
    }
}

/* Where a rule applies to one instance it is judged for that one alone. */
static void applies_to_one_instance(void **state)
{
    (void)state;
    static const struct {
        const char *applies, *check;
        enum verdict verdict;
        bool wanted;
    } rows[] = {{"pf", "pf", PASS, true}, {"pf", "fp", FAIL, true}, {"ff", "ff", NA, false}, {"fu", "fp", UNK, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench applies, check;
        struct rule rule;
        rule_open(&rule);
        rule.each = (char *)"d";
        bench_open(&applies, check_new("{path: /a, name: d}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ANY));
        bench_open(&check, check_new("{path: /b, name: d}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        fill_instances(bench_collect(&applies, applies.bound), rows[i].applies);
        fill_instances(bench_collect(&check, check.bound), rows[i].check);
        struct bound_rule bound = {.rule = &rule, .applies = applies.bound, .check = check.bound};
        struct result *result = judge_rule(&bound, true);
        if (result->verdict != rows[i].verdict || judge_wanted(&bound, NULL) != rows[i].wanted)
            fail_msg("row %zu: %s", i, verdict_name(result->verdict));
        result_free(result);
        bench_close(&applies);
        bench_close(&check);
        rule_close(&rule);
    }
}

static void failing_first(void **state)
{
    (void)state;
    struct bench bench;
    struct rule rule;
    rule_open(&rule);
    bench_open(&bench, check_new("{path: /a}", EXPECT, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
    fill(bench_collect(&bench, bench.bound), "ppuefp");
    struct bound_rule bound = {.rule = &rule, .check = bench.bound};
    struct result *result = judge_rule(&bound, true);
    static const enum verdict order[] = {FAIL, ERR, UNK, PASS, PASS, PASS};
    assert_int_equal(result->items_total, 6);
    evidence_fill(result, &bound, PACKAGES_APT);
    for (guint i = 0; i < 6; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        assert_string_equal(item->expected, "value is at least 4");
        assert_int_equal(item->verdict, order[i]);
        assert_int_equal(item->reason != NULL, order[i] == ERR || order[i] == UNK);
    }
    result_free(result);
    bench_close(&bench);
    rule_close(&rule);
}

/* A report cuts long lists: what a verdict is about has to be in front. A list keeps its order. */
static void decisive_members_first(void **state)
{
    (void)state;
    static const struct {
        const char *expect, *shown;
    } rows[] = {
        {"{set: {contains: c}}", "[\"c\",\"a\",\"b\",\"d\"]"},
        {"{set: {contains-all: [d, b]}}", "[\"b\",\"d\",\"a\",\"c\"]"},
        {"{set: {excludes: [b, x]}}", "[\"b\",\"a\",\"c\",\"d\"]"},
        {"{set: {matches: '[cd]'}}", "[\"c\",\"d\",\"a\",\"b\"]"},
        {"{set: {subset-of: [a, b, d]}}", "[\"c\",\"a\",\"b\",\"d\"]"},
        {"{set: {equals: [a, b]}}", "[\"c\",\"d\",\"a\",\"b\"]"},
        {"{set: {exists: true}}", "[\"a\",\"b\",\"c\",\"d\"]"},
        {"{list: {contains: c}, set: {contains: a}}", "[\"a\",\"b\",\"c\",\"d\"]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        bench_open(&bench, check_new("{path: /a}", rows[i].expect, EXISTENCE_AT_LEAST_ONE, MATCH_ALL));
        struct item *item = items_add(bench_collect(&bench, bench.bound), "s");
        item_set(item, "set", yaml("[a, b, c, d]"));
        item_set(item, "list", yaml("[a, b, c, d]"));
        struct bound_rule bound = {.rule = &rule, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        evidence_fill(result, &bound, PACKAGES_APT);
        const json_object *observed = ((struct item_result *)g_ptr_array_index(result->items, 0))->observed;
        g_autofree char *set = tree_text(tree_member(observed, "set"));
        assert_string_equal(set, rows[i].shown);
        const json_object *list = tree_member(observed, "list");
        g_autofree char *kept = tree_text(list);
        assert_string_equal(kept, list ? "[\"a\",\"b\",\"c\",\"d\"]" : "null");
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

/* A list of which a part was seen settles a finding and shows it, and never a pass. */
static void parts(void **state)
{
    (void)state;
    static const struct {
        const char *expect;
        enum existence existence;
        enum verdict verdict;
    } rows[] = {
        {"{list: {contains: sda}}", EXISTENCE_NONE, FAIL},
        {"{list: {contains: sdb}}", EXISTENCE_NONE, UNK},
        {"{list: {subset-of: []}}", EXISTENCE_AT_LEAST_ONE, FAIL},
        {"{list: {subset-of: [sda]}}", EXISTENCE_AT_LEAST_ONE, UNK},
        {"{list: {subset-of: [sda], contains: sda}}", EXISTENCE_AT_LEAST_ONE, UNK},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench;
        struct rule rule;
        rule_open(&rule);
        bench_open(&bench, check_new("{path: /a}", rows[i].expect, rows[i].existence, MATCH_ALL));
        struct item *item = items_add(bench_collect(&bench, bench.bound), "thing");
        pl_autojson json_object *seen = yaml("[sda]");
        item_set(item, "list", json_object_get(seen));
        item_unread(item, "list", "one node is hidden");
        struct bound_rule bound = {.rule = &rule, .check = bench.bound};
        struct result *result = judge_rule(&bound, true);
        evidence_fill(result, &bound, PACKAGES_APT);
        const struct item_result *row = g_ptr_array_index(result->items, 0);
        assert_int_equal(result->verdict, rows[i].verdict);
        assert_int_equal(row->verdict, rows[i].verdict);
        assert_true(tree_equal(tree_member(row->observed, "list"), seen));
        assert_int_equal(row->reason != NULL, rows[i].verdict == UNK);
        result_free(result);
        bench_close(&bench);
        rule_close(&rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(only_one),
        cmocka_unit_test(none),
        cmocka_unit_test(bare_existence),
        cmocka_unit_test(absent),
        cmocka_unit_test(no_guess),
        cmocka_unit_test(shown_items),
        cmocka_unit_test(every_value),
        cmocka_unit_test(uncollected),
        cmocka_unit_test(causes),
        cmocka_unit_test(other_remediations),
        cmocka_unit_test(doubt_decides_nothing),
        cmocka_unit_test(reasons),
        cmocka_unit_test(not_the_right),
        cmocka_unit_test(short_reasons),
        cmocka_unit_test(several_fields),
        cmocka_unit_test(paths_of_fields),
        cmocka_unit_test(damaged_fields),
        cmocka_unit_test(trees),
        cmocka_unit_test(merged),
        cmocka_unit_test(unseen_items_stay),
        cmocka_unit_test(applying),
        cmocka_unit_test(applying_in_words),
        cmocka_unit_test(applying_trees),
        cmocka_unit_test(people_answer),
        cmocka_unit_test(settled_by_the_check),
        cmocka_unit_test(each_instance_by_itself),
        cmocka_unit_test(one_object_is_one_row),
        cmocka_unit_test(applies_to_one_instance),
        cmocka_unit_test(failing_first),
        cmocka_unit_test(decisive_members_first),
        cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
