#include "engine/waivers.h"

#include "engine/complain.h"
#include "engine/members.h"
#include "model/error.h"
#include "model/name_glob.h"
#include "model/suggest.h"
#include "model/tree.h"

#include <string.h>

#define WAIVERS_MAX 10000

struct waiver {
    char *rule, *item; /* globs; item NULL: the whole rule. An attestation's rule is an id */
    bool attests;
    enum verdict answer;
    struct waiver_note note;
    int days_left; /* negative: expired */
    bool used;
};

struct waivers {
    GPtrArray *list; /* struct waiver */
};

static void waiver_free(gpointer data)
{
    struct waiver *waiver = data;
    g_free(waiver->rule);
    g_free(waiver->item);
    g_free(waiver->note.reason);
    g_free(waiver->note.owner);
    g_free(waiver->note.until);
    g_free(waiver);
}

void waivers_free(struct waivers *waivers)
{
    if (!waivers)
        return;
    g_ptr_array_unref(waivers->list);
    g_free(waivers);
}

/* Days since 0001-01-01 of "YYYY-MM-DD"; 0 when it is no date. */
static guint32 parse_date(const char *text)
{
    GDate date;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return 0;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !g_ascii_isdigit(text[i]))
            return 0;
    guint year = (guint)g_ascii_strtoull(text, NULL, 10);
    guint month = (guint)g_ascii_strtoull(text + 5, NULL, 10), day = (guint)g_ascii_strtoull(text + 8, NULL, 10);
    if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return 0;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return g_date_get_julian(&date);
}

static guint32 today(gint64 now)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now);
    g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("");
    return parse_date(text);
}

static void load_until(struct waiver *waiver, const json_object *tree, gint64 now, struct complaints *to)
{
    waiver->note.until = g_strdup(member_text(to, tree, "until", true));
    if (!waiver->note.until)
        return;
    guint32 until = parse_date(waiver->note.until);
    if (!until)
        complain(to, tree_member(tree, "until"), "until must be a date as 2027-01-31, not \"%s\"", waiver->note.until);
    /* The day itself still counts. */
    waiver->days_left = (int)until - (int)today(now);
}

static void load_answer(struct waiver *waiver, const json_object *tree, struct complaints *to)
{
    static const char *const answers[] = {"pass", "fail", "notapplicable", NULL};
    const char *answer = member_text(to, tree, "answer", true);
    if (!answer)
        return;
    if (g_strv_contains(answers, answer) && verdict_parse(answer, &waiver->answer))
        return;
    g_autofree char *clause = suggest_clause(answer, answers);
    complain(to, tree_member(tree, "answer"), "answer is pass, fail or notapplicable, not \"%s\"%s", answer, clause);
}

/* People answer manual rules only; the others answer for themselves, and can be waived. */
static void check_answerable(const struct waiver *waiver, const json_object *tree, const struct content *content,
                             struct complaints *to)
{
    const struct rule *rule = waiver->rule ? content_rule(content, waiver->rule) : NULL;
    if (rule && !rule->manual)
        complain(to, tree_member(tree, "rule"),
                 "rule %s is judged by plumbline: only manual rules are attested (a failure can be waived)",
                 waiver->rule);
}

/* A waiver that meets no rule would wait for a failure that has another name. Where modules were left out or refused,
 * it may be one of theirs. */
static void check_named(const struct waiver *waiver, const json_object *tree, const struct content *content,
                        struct complaints *to)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (!waiver->rule || content->partial || content_count(content, DIAGNOSTIC_ERROR))
        return;
    for (guint i = 0; i < content->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(content->rules, i);
        if (waiver->attests ? g_str_equal(waiver->rule, rule->id) : name_matches(waiver->rule, rule->id))
            return;
        g_ptr_array_add(names, rule->id);
    }
    g_autofree char *clause = suggest_clause_in(waiver->rule, names);
    complain(to, tree_member(tree, "rule"), "no rule is called \"%s\"%s", waiver->rule, clause);
}

struct waiver_reading {
    struct waivers *waivers;
    const struct content *content;
    gint64 now;
    struct complaints to;
};

static void load_entry(struct waiver_reading *reading, const json_object *tree, bool attests)
{
    struct complaints *to = &reading->to;
    const char *what = attests ? "an attestation" : "a waiver";
    if (!members_check(to, tree, what, attests ? attestation_members : waiver_members))
        return;
    to->near = tree;
    struct waiver *waiver = g_new0(struct waiver, 1);
    g_ptr_array_add(reading->waivers->list, waiver);
    waiver->attests = attests;
    waiver->answer = VERDICT_NOTCHECKED;
    waiver->rule = g_strdup(member_text(to, tree, "rule", true));
    waiver->item = g_strdup(member_text(to, tree, "item", false));
    waiver->note.reason = g_strdup(member_text(to, tree, "reason", true));
    waiver->note.owner = g_strdup(member_text(to, tree, "owner", true));
    load_until(waiver, tree, reading->now, to);
    check_named(waiver, tree, reading->content, to);
    if (!attests)
        return;
    load_answer(waiver, tree, to);
    check_answerable(waiver, tree, reading->content, to);
}

static void load_list(struct waiver_reading *reading, const json_object *tree, const char *key)
{
    const json_object *list = tree_member(tree, key);
    if (!list)
        return;
    if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) > WAIVERS_MAX) {
        complain(&reading->to, list, "\"%s\" must be a list of at most %d", key, WAIVERS_MAX);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(list); i++)
        load_entry(reading, json_object_array_get_idx(list, i), g_str_equal(key, "attestations"));
}

struct waivers *waivers_read(const char *path, const struct content *content, gint64 now, GError **error)
{
    g_autoptr(GError) cause = NULL;
    pl_autojson json_object *tree = content_read_yaml(path, &cause);
    if (cause) {
        int code = g_error_matches(cause, PL_ERROR, PL_ERROR_PARSE) ? PL_ERROR_CONTENT : cause->code;
        g_set_error_literal(error, PL_ERROR, code, cause->message);
        return NULL;
    }
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(diagnostic_free);
    pl_auto(waivers) waivers = g_new0(struct waivers, 1);
    waivers->list = g_ptr_array_new_with_free_func(waiver_free);
    struct waiver_reading reading = {.waivers = waivers, .content = content, .now = now};
    reading.to = (struct complaints){.file = g_intern_string(path), .list = list, .near = tree};
    if (tree && members_check(&reading.to, tree, "a waiver file", waiver_file_members)) {
        load_list(&reading, tree, "waivers");
        load_list(&reading, tree, "attestations");
    }
    if (!reading.to.errors)
        return g_steal_pointer(&waivers);
    g_autofree char *text = diagnostic_text(g_ptr_array_index(list, 0));
    g_set_error_literal(error, PL_ERROR, PL_ERROR_CONTENT, text);
    return NULL;
}

static struct waiver_note *copy_note(const struct waiver_note *note)
{
    return waiver_note_new(note->reason, note->owner, note->until);
}

static void add_reason(struct result *result, const char *kind, const struct waiver *waiver)
{
    char *before = result->reason;
    result->reason = g_strdup_printf("%s%sthe %s by %s ended on %s", before ? before : "", before ? "; " : "", kind,
                                     waiver->note.owner, waiver->note.until);
    g_free(before);
}

static bool item_covered(const struct waiver *waiver, const struct item_result *item)
{
    return name_matches(waiver->item, item->subject) ||
           (item->source.path && name_matches(waiver->item, item->source.path));
}

/* Waives failing items that are not waived yet; false when the waiver meets none. */
static bool waive_items(const struct waiver *waiver, struct result *result)
{
    bool met = false;
    for (guint i = 0; i < result->items->len; i++) {
        struct item_result *item = g_ptr_array_index(result->items, i);
        if (item->verdict != VERDICT_FAIL || (waiver->item && !item_covered(waiver, item)))
            continue;
        met = true;
        if (!item->waived && waiver->days_left >= 0)
            item->waived = copy_note(&waiver->note);
    }
    return met;
}

static bool waive(struct waiver *waiver, struct result *result)
{
    if (!name_matches(waiver->rule, result->rule))
        return false;
    bool met = waive_items(waiver, result) || !waiver->item;
    if (met && waiver->days_left < 0)
        add_reason(result, "waiver", waiver);
    if (!met || waiver->days_left < 0)
        return met;
    if (!waiver->item && !result->waived)
        result->waived = copy_note(&waiver->note);
    waiver->used = true;
    return true;
}

/* Every failing item may have been waived by itself. */
static void waive_whole(struct result *result)
{
    const struct item_result *first = NULL;
    for (guint i = 0; i < result->items->len; i++) {
        const struct item_result *item = g_ptr_array_index(result->items, i);
        if (item->verdict == VERDICT_FAIL && !item->waived)
            return;
        if (item->verdict == VERDICT_FAIL && !first)
            first = item;
    }
    if (first && !result->waived)
        result->waived = copy_note(first->waived);
}

static void attest(struct waiver *waiver, struct result *result)
{
    if (!g_str_equal(waiver->rule, result->rule))
        return;
    if (waiver->days_left < 0) {
        add_reason(result, "attestation", waiver);
        return;
    }
    waiver->used = true;
    if (result->attested)
        return;
    result->verdict = waiver->answer;
    result->attested = copy_note(&waiver->note);
    for (guint i = 0; i < result->items->len; i++)
        ((struct item_result *)g_ptr_array_index(result->items, i))->verdict = waiver->answer;
}

void waivers_apply(struct waivers *waivers, struct result *result)
{
    bool manual = result->verdict == VERDICT_NOTCHECKED;
    for (guint i = 0; manual && i < waivers->list->len; i++) {
        struct waiver *waiver = g_ptr_array_index(waivers->list, i);
        if (waiver->attests)
            attest(waiver, result);
    }
    if (result->verdict != VERDICT_FAIL)
        return;
    for (guint i = 0; i < waivers->list->len; i++) {
        struct waiver *waiver = g_ptr_array_index(waivers->list, i);
        if (!waiver->attests)
            waive(waiver, result);
    }
    waive_whole(result);
}

static struct waiver_use *use_of(const struct waiver *waiver)
{
    struct waiver_use *use = g_new0(struct waiver_use, 1);
    use->rule = g_strdup(waiver->rule);
    use->item = g_strdup(waiver->item);
    use->note.reason = g_strdup(waiver->note.reason);
    use->note.owner = g_strdup(waiver->note.owner);
    use->note.until = g_strdup(waiver->note.until);
    use->days_left = waiver->days_left;
    return use;
}

void waivers_report(const struct waivers *waivers, struct audit *audit)
{
    for (guint i = 0; i < waivers->list->len; i++) {
        const struct waiver *waiver = g_ptr_array_index(waivers->list, i);
        bool expired = waiver->days_left < 0;
        GPtrArray *list = expired ? audit->waivers_expired : waiver->used ? audit->waivers : audit->waivers_unused;
        g_ptr_array_add(list, use_of(waiver));
    }
}
