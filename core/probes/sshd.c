/* The effective settings of the OpenSSH server: an item for everybody, and one for the Match blocks of the same
 * criteria that say something else. Where a file that may hold a winning line cannot be read, the value is unread: it
 * is not the default. */
#include "facts/sshd/config.h"
#include "facts/sshd/keywords.h"
#include "model/error.h"
#include "model/tree.h"
#include "model/value.h"
#include "probes/common/object.h"
#include "probes/probe.h"

#include <string.h>

static const struct probe_param params[] = {
    {.name = "keyword", .type = VALUE_STRING, .required = true, .text = "keyword in any case"},
    {.name = "match",
     .type = VALUE_BOOL,
     .text = "also one item for the Match blocks of each criteria that set the keyword (default true)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"keyword", VALUE_STRING, "keyword in lower case", FIELD_NAMES},
    {"value", VALUE_ANY, "effective value: text, number for counts and durations", FIELD_TOLD | FIELD_VALUE},
    {"values", VALUE_LIST, "all words or all accumulated values", FIELD_VALUE},
    {"origin", VALUE_STRING, "file, flag or default", FIELD_TOLD},
    {"scope", VALUE_STRING, "global, or the Match line with its criteria spelt as in sshd_config(5)", FIELD_TOLD},
    {"set", VALUE_BOOL, "somebody set it", FIELD_TOLD},
    {"losing", VALUE_LIST, "later settings that do not count, as \"path:line value\"", FIELD_TOLD | FIELD_LOST},
    {"version", VALUE_VERSION, "OpenSSH version the default was chosen by, null when not known"},
    {.name = NULL},
};

/* One keyword in one scope. */
struct sshd_outcome {
    const struct sshd_keyword *keyword;
    GPtrArray *winners, *losers;           /* struct sshd_setting, borrowed */
    const struct sshd_setting *unreadable; /* what may hold the real winner; NULL: the winners are certain */
};

static void outcome_clear(struct sshd_outcome *outcome)
{
    g_ptr_array_unref(outcome->winners);
    g_ptr_array_unref(outcome->losers);
}
#define auto_outcome __attribute__((cleanup(outcome_clear))) struct sshd_outcome

/* Blocks of the same criteria apply to the same logins: the first value of any of them wins. */
static bool counts_in(const struct sshd_setting *setting, const char *scope)
{
    return scope ? setting->block && g_strcmp0(setting->scope, scope) == 0 : setting->for_all;
}

static void move(GPtrArray *from, GPtrArray *to)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_ptr_array_index(from, i));
    g_ptr_array_set_size(from, 0);
}

/* What a Match block says takes the place of what stands outside of blocks, also in a "Match all" and for lists. */
static bool overrides(const struct sshd_outcome *outcome, const struct sshd_setting *setting)
{
    const struct sshd_setting *first = outcome->winners->len ? g_ptr_array_index(outcome->winners, 0) : NULL;
    return first && setting->block && !first->block;
}

/* `setting` joins the winners, or the losers, or turns winners into losers. */
static void take_setting(struct sshd_outcome *outcome, struct sshd_setting *setting)
{
    enum sshd_merge merge = outcome->keyword->merge;
    if (overrides(outcome, setting))
        move(outcome->winners, outcome->losers);
    const struct sshd_setting *first = outcome->winners->len ? g_ptr_array_index(outcome->winners, 0) : NULL;
    /* Ports of the command line replace those of the files. */
    bool ports = first && first->flag && !setting->flag && g_str_equal(outcome->keyword->name, "Port");
    if (merge == SSHD_LAST)
        move(outcome->winners, outcome->losers);
    bool loses = (first && merge == SSHD_FIRST) || ports;
    g_ptr_array_add(loses ? outcome->losers : outcome->winners, setting);
}

static struct sshd_outcome find_outcome(const struct sshd_config *config, const struct sshd_keyword *keyword,
                                        const char *scope)
{
    struct sshd_outcome outcome = {.keyword = keyword};
    outcome.winners = g_ptr_array_new();
    outcome.losers = g_ptr_array_new();
    for (guint i = 0; i < config->settings->len; i++) {
        struct sshd_setting *setting = g_ptr_array_index(config->settings, i);
        if (!counts_in(setting, scope))
            continue;
        if (setting->unread) {
            if (!outcome.winners->len || keyword->merge != SSHD_FIRST || overrides(&outcome, setting))
                outcome.unreadable = setting;
        } else if (setting->keyword == keyword) {
            take_setting(&outcome, setting);
        }
    }
    return outcome;
}

static json_object *number_node(double value)
{
    gint64 whole = (gint64)value;
    return (double)whole < value || value < (double)whole ? json_object_new_double(value)
                                                          : json_object_new_int64(whole);
}

/* Words whose case means nothing, in one case. */
static char *fold_case(enum sshd_type type, const char *text)
{
    if (type == SSHD_UPPER)
        return g_ascii_strup(text, -1);
    bool any_case = type == SSHD_CHOICE || type == SSHD_NUMBER || type == SSHD_TIME;
    return any_case ? g_ascii_strdown(text, -1) : g_strdup(text);
}

/* One word as the type of its keyword has it. */
static json_object *typed(const struct sshd_keyword *keyword, const char *text)
{
    uint64_t number = 0;
    double seconds = 0;
    g_autofree char *folded = fold_case(keyword->type, text);
    if (keyword->type == SSHD_NUMBER && value_parse_u64(text, G_MAXINT64, &number))
        return json_object_new_int64((gint64)number);
    if (keyword->type == SSHD_TIME && value_parse_duration(text, &seconds) && seconds < (double)G_MAXINT32)
        return number_node(seconds);
    /* The older name of the same choice. */
    if (g_str_equal(keyword->name, "PermitRootLogin") && g_str_equal(folded, "without-password"))
        return tree_new_text("prohibit-password");
    return tree_new_text(folded);
}

static void set_words(struct item *item, const struct sshd_keyword *keyword, const char *text)
{
    json_object *values = json_object_new_array();
    g_auto(GStrv) words = g_strsplit(text, keyword->type == SSHD_NAMES ? "," : " ", -1);
    for (char **word = words; *word; word++)
        if (**word)
            json_object_array_add(values, typed(keyword, *word));
    item_set(item, "value", typed(keyword, text));
    item_set(item, "values", values);
}

static void set_default(struct item *item, const struct sshd_keyword *keyword, const char *version)
{
    const char *text = NULL;
    enum sshd_default found = sshd_default_find(keyword, version, &text);
    item_source_api(item, version ? "built-in default of OpenSSH %s" : "built-in default of OpenSSH", version);
    item_set_string(item, "origin", "default");
    if (found == SSHD_DEFAULT_VALUE) {
        set_words(item, keyword, text);
    } else if (found == SSHD_DEFAULT_NONE) {
        item_set(item, "value", NULL);
        item_set(item, "values", json_object_new_array());
    } else {
        item_unread(item, "value", "the default of %s in OpenSSH %s is not known", keyword->name,
                    version ? version : "(version not known)");
        item_unread(item, "values", "the default of %s in OpenSSH %s is not known", keyword->name,
                    version ? version : "(version not known)");
    }
}

static void set_names(struct item *item, const struct sshd_keyword *keyword, const char *version, const char *text)
{
    const char *fallback = NULL;
    bool relative = *text && strchr("+-^", *text);
    if (relative && sshd_default_find(keyword, version, &fallback) != SSHD_DEFAULT_VALUE) {
        item_set(item, "value", tree_new_text(text));
        item_unread(item, "values", "%s is relative to a default that is not known", text);
        return;
    }
    g_autofree char *resolved = sshd_names_resolve(text, fallback ? fallback : "");
    set_words(item, keyword, resolved);
}

/* All words of all winners. */
static void set_grown(struct item *item, const struct sshd_outcome *outcome)
{
    json_object *values = json_object_new_array();
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < outcome->winners->len; i++) {
        const struct sshd_setting *setting = g_ptr_array_index(outcome->winners, i);
        for (char **arg = setting->args; *arg; arg++)
            json_object_array_add(values, typed(outcome->keyword, *arg));
        g_string_append_printf(text, "%s%s", i ? " " : "", setting->value);
    }
    item_set(item, "value", typed(outcome->keyword, text->str));
    item_set(item, "values", values);
}

static void set_value(struct item *item, const struct sshd_outcome *outcome, const char *version)
{
    const struct sshd_setting *winner = g_ptr_array_index(outcome->winners, 0);
    if (winner->comm)
        item_source_process(item, winner->comm, winner->pid);
    else
        item_source_path(item, winner->path, winner->line);
    item_set_string(item, "origin", winner->flag ? "flag" : "file");
    if (outcome->keyword->type == SSHD_NAMES)
        set_names(item, outcome->keyword, version, winner->value);
    else
        set_grown(item, outcome);
}

static void set_losers(struct item *item, const struct sshd_outcome *outcome)
{
    json_object *list = json_object_new_array();
    for (guint i = 0; i < outcome->losers->len; i++) {
        const struct sshd_setting *loser = g_ptr_array_index(outcome->losers, i);
        g_autofree char *text = loser->comm ? g_strdup_printf("%s (pid %d) %s", loser->comm, loser->pid, loser->value)
                                            : g_strdup_printf("%s:%u %s", loser->path, loser->line, loser->value);
        json_object_array_add(list, tree_new_text(text));
    }
    item_set(item, "losing", list);
}

static struct item *add_item(struct items *items, const struct sshd_config *config, const struct sshd_outcome *outcome,
                             const char *scope)
{
    const struct sshd_keyword *keyword = outcome->keyword;
    g_autofree char *lower = g_ascii_strdown(keyword->name, -1);
    g_autofree char *subject = scope ? g_strdup_printf("%s (%s)", keyword->name, scope) : g_strdup(keyword->name);
    struct item *item = items_add(items, subject);
    item_set_string(item, "keyword", lower);
    item_set_string(item, "scope", scope ? scope : "global");
    if (config->version_error)
        item_unread_error(item, "version", config->version_error);
    else
        item_set_string(item, "version", config->version);
    item_set_bool(item, "set", outcome->winners->len > 0);
    set_losers(item, outcome);
    if (outcome->winners->len)
        set_value(item, outcome, config->version);
    else
        set_default(item, keyword, config->version);
    static const char *const uncertain[] = {"value", "values", "set", "origin"};
    for (size_t i = 0; outcome->unreadable && i < G_N_ELEMENTS(uncertain); i++) {
        json_object_object_del(item->fields, uncertain[i]);
        item_unread_problem(item, uncertain[i], outcome->unreadable->unread);
    }
    return item;
}

static bool says_yes(const struct sshd_outcome *outcome)
{
    const struct sshd_setting *winner = outcome->winners->len ? g_ptr_array_index(outcome->winners, 0) : NULL;
    return winner && g_ascii_strcasecmp(winner->value, "yes") == 0;
}

/* What DisableForwarding switches off, whatever the keyword itself says. */
static bool is_forwarding(const struct sshd_keyword *keyword)
{
    static const char *const names[] = {"AllowAgentForwarding", "AllowStreamLocalForwarding", "AllowTcpForwarding",
                                        "X11Forwarding", NULL};
    return g_strv_contains(names, keyword->name);
}

static void add_disabled(struct items *items, const struct sshd_config *config, const struct sshd_outcome *own,
                         const struct sshd_outcome *disable, const char *scope)
{
    struct item *item = add_item(items, config, own, scope);
    const struct sshd_setting *winner = g_ptr_array_index(disable->winners, 0);
    if (own->unreadable)
        return;
    source_clear(&item->source);
    if (winner->comm)
        item_source_process(item, winner->comm, winner->pid);
    else
        item_source_path(item, winner->path, winner->line);
    set_words(item, own->keyword, "no");
    item_set_bool(item, "set", true);
    item_set_string(item, "origin", winner->flag ? "flag" : "file");
}

/* The item of one scope, from the keyword's own outcome there and that of DisableForwarding. */
static void add_scope(struct items *items, const struct sshd_config *config, const struct sshd_outcome *own,
                      const char *scope)
{
    const struct sshd_keyword *disable = sshd_keyword_find("DisableForwarding");
    auto_outcome here = find_outcome(config, disable, scope);
    auto_outcome everywhere = find_outcome(config, disable, NULL);
    const struct sshd_outcome *rules = here.winners->len ? &here : &everywhere;
    /* X11 and agent forwarding obey it since 10.0 only; before, it was overlooked. */
    bool obeyed = g_str_has_prefix(own->keyword->name, "AllowTcp") ||
                  g_str_has_prefix(own->keyword->name, "AllowStream") ||
                  (config->version && value_compare_versions(config->version, "10.0") >= 0);
    if (is_forwarding(own->keyword) && obeyed && says_yes(rules) && !rules->unreadable)
        add_disabled(items, config, own, rules, scope);
    else
        add_item(items, config, own, scope);
}

/* Blocks that set the keyword, or DisableForwarding where that decides it. */
static void add_matches(struct items *items, const struct sshd_config *config, const struct sshd_keyword *keyword)
{
    const struct sshd_keyword *disable = is_forwarding(keyword) ? sshd_keyword_find("DisableForwarding") : keyword;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < config->settings->len; i++) {
        const struct sshd_setting *setting = g_ptr_array_index(config->settings, i);
        if (!setting->block || (setting->keyword != keyword && setting->keyword != disable) ||
            !g_hash_table_add(seen, setting->scope))
            continue;
        if (!items_room(items, 1, "scopes"))
            return;
        auto_outcome here = find_outcome(config, keyword, setting->scope);
        auto_outcome global = find_outcome(config, keyword, NULL);
        add_scope(items, config, here.winners->len ? &here : &global, setting->scope);
    }
}

/* The first line that has the keyword by this name, or by another one. */
static struct sshd_setting *first_named(const struct sshd_outcome *outcome, const char *name, bool by_it)
{
    const GPtrArray *const lists[] = {outcome->winners, outcome->losers};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; j < lists[i]->len; j++) {
            struct sshd_setting *setting = g_ptr_array_index(lists[i], j);
            if (g_str_equal(setting->name, name) == by_it)
                return setting;
        }
    }
    return NULL;
}

static const char *value_or_yes(const struct sshd_setting *setting)
{
    return setting ? setting->value : "yes";
}

/* Before 8.7 ChallengeResponseAuthentication was a keyword of its own, and its yes, also by default, overruled a no of
 * KbdInteractiveAuthentication. */
static void keep_old_challenge(const struct sshd_config *config, struct sshd_outcome *outcome)
{
    static const char name[] = "kbdinteractiveauthentication";
    if ((config->version && value_compare_versions(config->version, "8.7") >= 0) ||
        !g_str_equal(outcome->keyword->name, "KbdInteractiveAuthentication"))
        return;
    struct sshd_setting *challenge = first_named(outcome, name, false), *winner = challenge;
    struct sshd_setting *keyboard = first_named(outcome, name, true);
    if (challenge && keyboard && g_ascii_strcasecmp(challenge->value, "yes") != 0)
        winner = keyboard;
    if (!config->version) {
        const struct sshd_setting *now = outcome->winners->len ? g_ptr_array_index(outcome->winners, 0) : NULL;
        if (!outcome->unreadable && g_ascii_strcasecmp(value_or_yes(now), value_or_yes(winner)) != 0)
            outcome->unreadable = &config->no_version;
        return;
    }
    move(outcome->winners, outcome->losers);
    if (!winner)
        return;
    g_ptr_array_remove(outcome->losers, winner);
    g_ptr_array_add(outcome->winners, winner);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct sshd_keyword *keyword = sshd_keyword_find(object_string(object, "keyword", ""));
    const struct sshd_config *config = sshd_config_get(context->host);
    if (!keyword) {
        items_problem(items, PROBLEM_ERROR, NULL, "sshd: no such keyword");
        return;
    }
    problems_copy(items->problems, config->problems);
    if (!config->installed)
        return;
    auto_outcome global = find_outcome(config, keyword, NULL);
    keep_old_challenge(config, &global);
    add_scope(items, config, &global, NULL);
    if (object_bool(object, "match", true))
        add_matches(items, config, keyword);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    return sshd_keyword_named(object_string(object, "keyword", ""), error) != NULL;
}

const struct probe probe_sshd = {
    .name = "sshd",
    .summary = "Effective OpenSSH server settings: Include, first value wins, Match blocks, built-in defaults",
    .object = {"setting", "settings", .kind = "sshd setting"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
