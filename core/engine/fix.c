#include "engine/fix.h"

#include "engine/judge_item.h"
#include "engine/matcher.h"
#include "engine/members.h"
#include "engine/values.h"
#include "model/tree.h"

#include <string.h>

/* What people read; the commands have all of them. */
#define TEXTS_SHOWN 5

/* ---- loading ---- */

void rule_fix_free(gpointer data)
{
    struct rule_fix *fix = data;
    json_object_put(fix->condition);
    fix_clear(&fix->words);
    g_free(fix);
}

static void check_test(const struct rule_fix *fix, const struct rule *rule, const struct probe *probe,
                       const json_object *tree, struct complaints *to)
{
    const char *const texts[] = {fix->words.text, fix->words.shell, fix->words.ansible, fix->words.undo,
                                 fix->words.warning};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i])
            sentence_check(texts[i], tree, probe, rule->values, to);
}

/* The words of one test at least must fit, those of the first one are complained of. */
static bool fits_probe(const struct rule_fix *fix, const struct probe *probe)
{
    const char *const texts[] = {fix->words.text, fix->words.shell, fix->words.ansible, fix->words.undo,
                                 fix->words.warning};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i] && !sentence_fits(texts[i], probe))
            return false;
    return true;
}

static const struct test *fitting_test(const struct rule_fix *fix, const struct check *check, const struct test **first)
{
    const struct test *found = NULL;
    for (guint i = 0; check->children && i < check->children->len && !found; i++)
        found = fitting_test(fix, g_ptr_array_index(check->children, i), first);
    if (found || !check->test)
        return found;
    *first = *first ? *first : check->test;
    return fits_probe(fix, check->test->probe) ? check->test : NULL;
}

static void load_one(struct rule *rule, const json_object *tree, struct complaints *to)
{
    if (!members_check(to, tree, "fix", fix_members))
        return;
    struct rule_fix *fix = g_new0(struct rule_fix, 1);
    g_ptr_array_add(rule->fixes, fix);
    fix->words.text = g_strdup(member_text(to, tree, "text", true));
    fix->words.shell = g_strdup(member_text(to, tree, "shell", false));
    fix->words.ansible = g_strdup(member_text(to, tree, "ansible", false));
    fix->words.undo = g_strdup(member_text(to, tree, "undo", false));
    fix->words.warning = g_strdup(member_text(to, tree, "warning", false));
    fix->condition = json_object_get((json_object *)(uintptr_t)tree_member(tree, "if"));
    if (fix->condition && !json_object_is_type(fix->condition, json_type_object))
        complain(to, fix->condition, "\"if\" must map fields to what they must be, as \"expect\" does");
    const struct test *first = NULL, *fitting = rule->check ? fitting_test(fix, rule->check, &first) : NULL;
    const struct test *test = fitting ? fitting : first;
    if (test)
        check_test(fix, rule, test->probe, tree, to);
}

void fix_load(struct rule *rule, const json_object *tree, struct complaints *to)
{
    const json_object *fix = tree_member(tree, "fix");
    if (!fix) {
        if (!rule->informational)
            complain(to, tree, "\"fix\" is missing: say what to do, as {text: ...}");
        return;
    }
    if (!json_object_is_type(fix, json_type_array)) {
        load_one(rule, fix, to);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(fix); i++)
        load_one(rule, json_object_array_get_idx(fix, i), to);
}

/* ---- binding ---- */

static void bound_fix_free(gpointer data)
{
    struct bound_fix *bound = data;
    g_ptr_array_unref(bound->expectations);
    fix_clear(&bound->words);
    g_free(bound);
}

/* A condition on fields that only other tests' items have. */
static bool asks_elsewhere(const struct rule_fix *fix, const struct probe *probe)
{
    if (!fix->condition)
        return false;
    json_object_object_foreach (fix->condition, path, matcher) {
        (void)matcher;
        g_autofree char *head = g_strndup(path, strcspn(path, "."));
        if (!probe_field_find(probe, head))
            return true;
    }
    return false;
}

GPtrArray *fix_bind(const struct rule *rule, const struct probe *probe, const json_object *environment,
                    struct complaints *to)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(bound_fix_free);
    for (guint i = 0; i < rule->fixes->len; i++) {
        const struct rule_fix *fix = g_ptr_array_index(rule->fixes, i);
        if (!fits_probe(fix, probe) || asks_elsewhere(fix, probe))
            continue;
        struct bound_fix *bound = g_new0(struct bound_fix, 1);
        bound->fix = fix;
        pl_autojson json_object *condition =
            fix->condition ? values_put_in(fix->condition, environment, NULL, to) : NULL;
        bound->expectations = expectations_compile(probe, condition, to);
        bound->words.text = sentence_put_values(fix->words.text, environment);
        bound->words.shell = sentence_put_values(fix->words.shell, environment);
        bound->words.ansible = sentence_put_values(fix->words.ansible, environment);
        bound->words.undo = sentence_put_values(fix->words.undo, environment);
        bound->words.warning = sentence_put_values(fix->words.warning, environment);
        g_ptr_array_add(list, bound);
    }
    return list;
}

/* ---- filling ---- */

enum package_manager fix_packages(const char *const *like)
{
    static const struct {
        const char *word;
        enum package_manager packages;
    } rows[] = {{"debian", PACKAGES_APT},      {"ubuntu", PACKAGES_APT},  {"fedora", PACKAGES_DNF},
                {"rhel", PACKAGES_DNF},        {"centos", PACKAGES_DNF},  {"suse", PACKAGES_ZYPPER},
                {"opensuse", PACKAGES_ZYPPER}, {"arch", PACKAGES_PACMAN}, {"alpine", PACKAGES_APK}};
    for (size_t i = 0; like && i < G_N_ELEMENTS(rows); i++)
        if (g_strv_contains(like, rows[i].word))
            return rows[i].packages;
    return PACKAGES_UNKNOWN;
}

enum { PART_TEXT, PART_SHELL, PART_ANSIBLE, PART_UNDO, PART_WARNING, PART_COUNT };

struct fix_filling {
    enum package_manager packages;
    GPtrArray *parts[PART_COUNT]; /* char *, each once */
    GHashTable *seen[PART_COUNT]; /* borrowed */
    bool any;
    sentence_value value; /* of the item that is being looked at */
    const void *data;
};

struct fix_filling *fix_filling_new(enum package_manager packages)
{
    struct fix_filling *filling = g_new0(struct fix_filling, 1);
    filling->packages = packages;
    for (int part = 0; part < PART_COUNT; part++) {
        filling->parts[part] = g_ptr_array_new_with_free_func(g_free);
        filling->seen[part] = g_hash_table_new(g_str_hash, g_str_equal);
    }
    return filling;
}

static const char *const *words_of(const struct fix *fix, const char *words[PART_COUNT])
{
    words[PART_TEXT] = fix->text;
    words[PART_SHELL] = fix->shell;
    words[PART_ANSIBLE] = fix->ansible;
    words[PART_UNDO] = fix->undo;
    words[PART_WARNING] = fix->warning;
    return words;
}

/* "apt-get install -y auditd": packages are called differently, "auditd|audit" is Debian's name and that of the rest.
 */
static json_object *package_command(enum package_manager packages, bool install, const char *names)
{
    static const char *const commands[][2] = {
        [PACKAGES_APT] = {"apt-get purge -y", "apt-get install -y"},
        [PACKAGES_DNF] = {"dnf remove -y", "dnf install -y"},
        [PACKAGES_ZYPPER] = {"zypper --non-interactive remove", "zypper --non-interactive install"},
        [PACKAGES_PACMAN] = {"pacman -R --noconfirm", "pacman -S --noconfirm --needed"},
        [PACKAGES_APK] = {"apk del", "apk add"},
    };
    if (packages == PACKAGES_UNKNOWN)
        return NULL;
    g_auto(GStrv) each = g_strsplit(names, "|", 2);
    const char *name = each[1] && packages != PACKAGES_APT ? each[1] : each[0];
    g_autofree char *text = g_strdup_printf("%s %s", commands[packages][install], name);
    return json_object_new_string(text);
}

static json_object *part_value(const void *data, const char *name)
{
    const struct fix_filling *filling = data;
    if (g_str_has_prefix(name, SENTENCE_INSTALL))
        return package_command(filling->packages, true, name + strlen(SENTENCE_INSTALL));
    if (g_str_has_prefix(name, SENTENCE_REMOVE))
        return package_command(filling->packages, false, name + strlen(SENTENCE_REMOVE));
    return filling->value ? filling->value(filling->data, name) : NULL;
}

static void add_part(struct fix_filling *filling, int part, const char *words)
{
    static const enum sentence_quoting quoting[] = {[PART_TEXT] = SENTENCE_PLAIN,
                                                    [PART_SHELL] = SENTENCE_SHELL,
                                                    [PART_ANSIBLE] = SENTENCE_YAML,
                                                    [PART_UNDO] = SENTENCE_SHELL,
                                                    [PART_WARNING] = SENTENCE_PLAIN};
    char *text = sentence_fill_quoted(words, part_value, filling, quoting[part]);
    if (!text || g_hash_table_contains(filling->seen[part], text)) {
        g_free(text);
        return;
    }
    g_hash_table_add(filling->seen[part], text);
    g_ptr_array_add(filling->parts[part], text);
}

static void add_words(struct fix_filling *filling, const struct fix *fix, bool named)
{
    const char *words[PART_COUNT];
    words_of(fix, words);
    for (int part = 0; part < (named ? PART_SHELL : PART_COUNT); part++)
        if (words[part])
            add_part(filling, part, words[part]);
}

void fix_filling_add(struct fix_filling *filling, const GPtrArray *fixes, const struct item *item, bool named,
                     sentence_value value, const void *data)
{
    filling->any = true;
    filling->value = value;
    filling->data = data;
    for (guint i = 0; fixes && i < fixes->len; i++) {
        const struct bound_fix *bound = g_ptr_array_index(fixes, i);
        g_autofree char *reason = NULL;
        if (judge_item(item, bound->expectations, &reason) != VERDICT_PASS)
            continue;
        add_words(filling, &bound->words, named);
        break;
    }
    filling->value = NULL;
}

/* Nothing was found: what to do without an item to name. */
static void add_general(struct fix_filling *filling, const GPtrArray *fixes)
{
    for (guint i = fixes ? fixes->len : 0; i-- > 0;) {
        const struct bound_fix *bound = g_ptr_array_index(fixes, i);
        const char *words[PART_COUNT];
        words_of(&bound->words, words);
        for (int part = 0; part < PART_COUNT; part++)
            if (words[part] && sentence_fits(words[part], NULL))
                add_part(filling, part, words[part]);
        if (filling->parts[PART_TEXT]->len)
            return;
    }
}

/* NULL without any. */
static char *joined(GPtrArray *texts, guint shown)
{
    if (!texts->len)
        return NULL;
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < MIN(texts->len, shown); i++)
        g_string_append_printf(out, "%s%s", i ? "\n" : "", (const char *)g_ptr_array_index(texts, i));
    if (texts->len > shown)
        g_string_append_printf(out, "\nand %u more", texts->len - shown);
    return g_string_free(out, FALSE);
}

void fix_filling_end(struct fix_filling *filling, struct result *result, const GPtrArray *fixes)
{
    if (!filling->any)
        add_general(filling, fixes);
    fix_clear(&result->fix);
    result->fix.text = joined(filling->parts[PART_TEXT], TEXTS_SHOWN);
    result->fix.shell = joined(filling->parts[PART_SHELL], G_MAXUINT);
    result->fix.ansible = joined(filling->parts[PART_ANSIBLE], G_MAXUINT);
    result->fix.undo = joined(filling->parts[PART_UNDO], G_MAXUINT);
    result->fix.warning = joined(filling->parts[PART_WARNING], TEXTS_SHOWN);
    for (int part = 0; part < PART_COUNT; part++) {
        g_hash_table_unref(filling->seen[part]);
        g_ptr_array_unref(filling->parts[part]);
    }
    g_free(filling);
}
