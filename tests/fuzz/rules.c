/* The whole engine: the host of a rule test, a few of its values changed, judged by its rule. The input's first two
 * bytes choose among all cases of tests/rules, what follows says what is changed and how. Nothing crashes or hangs, the
 * verdict is one that there is, and what is said is UTF-8. */
#include "look.h"

#include "engine/collect.h"
#include "engine/judge.h"
#include "engine/plan.h"
#include "engine/ruletest_case.h"

#include <stdio.h>

enum { CHANGES_MAX = 6, VARIANTS_MAX = 2, TEXT_MAX = 1 << 16 };

struct rule_case {
    const struct rule *rule;
    const json_object *base, *host, *set; /* borrowed from trees that are kept; may be NULL */
};

static struct content *content;
static GArray *cases;
static GPtrArray *trees; /* of the files that cases borrow from */

/* ---- the cases ---- */

/* The rule of a case, or the first variants of its family. */
static void add_rules(struct rule_case *one, const json_object *tree)
{
    const char *id = tree_string(tree, "rule"), *family = tree_string(tree, "family");
    for (guint i = 0, taken = 0; i < content->rules->len && taken < VARIANTS_MAX; i++) {
        one->rule = g_ptr_array_index(content->rules, i);
        if (id ? !g_str_equal(one->rule->id, id) : g_strcmp0(one->rule->family, family) || !family)
            continue;
        g_array_append_val(cases, *one);
        taken++;
    }
}

static void add_file(const char *path)
{
    json_object *tree = content_read_yaml(path, NULL);
    const json_object *list = tree_member(tree, "cases");
    g_ptr_array_add(trees, tree);
    for (size_t i = 0; list && i < json_object_array_length(list); i++) {
        const json_object *one = json_object_array_get_idx(list, i);
        const char *base = tree_string(one, "base");
        struct rule_case found = {.base = base ? tree_member(tree_member(tree, "hosts"), base) : NULL,
                                  .host = tree_member(one, "host"),
                                  .set = tree_member(one, "set")};
        add_rules(&found, one);
    }
}

/* By name, so that an input means the same everywhere. */
static void add_folder(const char *folder)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    for (const char *name; directory && (name = g_dir_read_name(directory));)
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, value_order_texts);
    for (guint i = 0; i < names->len; i++) {
        const char *path = g_ptr_array_index(names, i);
        if (g_str_has_suffix(path, ".yaml"))
            add_file(path);
        else
            add_folder(path);
    }
}

static void load_once(void)
{
    static const char *const checks[] = {FUZZ_SOURCE_DIR "/checks", NULL};
    if (content)
        return;
    content = content_load(checks, NULL);
    trees = g_ptr_array_new();
    cases = g_array_new(FALSE, FALSE, sizeof(struct rule_case));
    if (content)
        add_folder(FUZZ_SOURCE_DIR "/tests/rules");
    if (!cases->len) {
        fprintf(stderr, "no cases below " FUZZ_SOURCE_DIR "\n");
        abort();
    }
}

/* ---- the changes ---- */

struct input {
    const uint8_t *at;
    size_t left;
};

static unsigned byte(struct input *in)
{
    if (!in->left)
        return 0;
    in->left--;
    return *in->at++;
}

static unsigned below(struct input *in, size_t n)
{
    unsigned high = byte(in);
    return n ? (unsigned)((high << 8 | byte(in)) % n) : 0;
}

/* Where a value is. */
struct spot {
    json_object *parent;
    const char *key; /* NULL: of a list */
    size_t index;
};

static void find_spots(json_object *tree, GArray *spots)
{
    if (json_object_is_type(tree, json_type_object)) {
        json_object_object_foreach (tree, key, member) {
            struct spot spot = {.parent = tree, .key = key};
            g_array_append_val(spots, spot);
            find_spots(member, spots);
        }
    } else if (json_object_is_type(tree, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(tree); i++) {
            struct spot spot = {.parent = tree, .index = i};
            g_array_append_val(spots, spot);
            find_spots(json_object_array_get_idx(tree, i), spots);
        }
    }
}

static json_object *at_spot(const struct spot *spot)
{
    return spot->key ? (json_object *)(uintptr_t)tree_member(spot->parent, spot->key)
                     : json_object_array_get_idx(spot->parent, spot->index);
}

/* Texts that parsers stumble over. */
static const char *const odd[] = {
    "",
    "0",
    "-1",
    "18446744073709551616",
    "9223372036854775807",
    "1e999",
    "0x7f",
    "\x1b[31m",
    "\xff\xfe",
    "\xe2\x80\xae",
    "../../etc/shadow",
    "/proc/self/root",
    "*",
    "**/**/**",
    "{a,b,{c,d}",
    "[",
    "(",
    "%n%s",
    "\\",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\t",
    ": ",
    "=",
    "<<EOF",
    "#",
    ";",
    ",",
    "null",
    "true",
    "{}",
    "[]",
    "::",
    "\n\n\n\n",
    "- - -",
    "$(x)",
    "${a}",
    "sha256:",
    "/",
    ".",
};

/* A piece of the text is taken out, and an odd one, a byte of the input's, or the piece again, put in. */
static json_object *change_text(struct input *in, const char *text, size_t n)
{
    unsigned kind = byte(in) % 5;
    size_t at = below(in, n + 1), wanted = byte(in) % 16, cut = MIN(wanted, n - at);
    g_autoptr(GString) out = g_string_new_len(text, (gssize)at);
    const char *put = kind < 2 ? odd[byte(in) % G_N_ELEMENTS(odd)] : "";
    g_string_append(out, put);
    if (kind == 2)
        g_string_append_c(out, (char)byte(in));
    for (unsigned i = kind == 3 ? byte(in) : 0; i && out->len < TEXT_MAX; i--)
        g_string_append_len(out, text + at, (gssize)MAX(cut, 1) <= (gssize)(n - at) ? (gssize)MAX(cut, 1) : 0);
    size_t from = kind == 1 ? at : at + cut;
    g_string_append_len(out, text + from, (gssize)(n - from));
    return json_object_new_string_len(out->str, (int)out->len);
}

static json_object *other_value(struct input *in, const GArray *spots)
{
    unsigned kind = byte(in) % 6;
    if (kind == 0)
        return NULL;
    if (kind == 1)
        return json_object_new_boolean(byte(in) & 1);
    if (kind == 2)
        return json_object_new_int64((int64_t)((uint64_t)below(in, 65536) << 48 | below(in, 65536)));
    if (kind == 3)
        return json_object_new_array();
    if (kind == 4)
        return json_object_new_object();
    return tree_copy(at_spot(&g_array_index(spots, struct spot, below(in, spots->len))));
}

static void change(struct input *in, json_object *spec)
{
    g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(struct spot));
    find_spots(spec, spots);
    if (!spots->len)
        return;
    const struct spot *spot = &g_array_index(spots, struct spot, below(in, spots->len));
    json_object *value = at_spot(spot);
    bool text = json_object_is_type(value, json_type_string) && byte(in) % 8;
    json_object *changed =
        text ? change_text(in, json_object_get_string(value), (size_t)json_object_get_string_len(value))
             : other_value(in, spots);
    g_autofree char *key = g_strdup(spot->key);
    if (key)
        json_object_object_add(spot->parent, key, changed);
    else
        json_object_array_put_idx(spot->parent, spot->index, changed);
}

/* ---- judging ---- */

static void check_result(const struct result *result)
{
    if (result->verdict >= VERDICT_COUNT || (result->reason && !g_utf8_validate(result->reason, -1, NULL)))
        abort();
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        fuzz_check_text(item->subject);
        if (item->verdict >= VERDICT_COUNT || (item->reason && !g_utf8_validate(item->reason, -1, NULL)))
            abort();
    }
}

static void judge(const struct rule_case *one, struct host *host)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_ptr_array_add(rules, (gpointer)(uintptr_t)one->rule);
    pl_auto(plan) plan = plan_make(content, rules, one->set, NULL);
    if (!plan)
        return;
    const struct collecting how = {.host = host, .daemons = content->daemons, .network = true, .threads = 1};
    collect(plan, &how, judge_wanted);
    const struct bound_rule *bound = g_ptr_array_index(plan->rules, 0);
    struct result *result = judge_rule(bound, host_is_privileged(host));
    evidence_fill(result, bound, PACKAGES_APT);
    check_result(result);
    result_free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    load_once();
    const struct rule_case *one = &g_array_index(cases, struct rule_case, below(&in, cases->len));
    pl_autojson json_object *spec = one->base   ? test_merge(one->base, one->host)
                                    : one->host ? tree_copy(one->host)
                                                : json_object_new_object();
    for (int i = 0; i < CHANGES_MAX && in.left > 4; i++)
        change(&in, spec);
    pl_auto(host) host = host_new_inline(spec, FUZZ_SOURCE_DIR "/tests/hosts", NULL);
    if (host)
        judge(one, host);
    return 0;
}
