/* What stands after the results: causes and remediations, questions, waivers, benchmarks, facts about the run. */
#include "reports/html.h"

#include "reports/escape.h"

#include <string.h>

static void open_section(struct page *page, const char *id, const char *title)
{
    html_put(page, "<section class=\"card list\" id=\"%s\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">%s</h2>", id, id,
             id, title);
}

static void close_section(struct page *page)
{
    html_put(page, "</section>\n");
}

static void put_rule_links(struct page *page, const GPtrArray *results)
{
    html_put(page, "<ul class=\"links\">");
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = results->pdata[i];
        html_put(page, "<li><a href=\"#r-%s\"><code>%s</code></a> %s", result->rule, result->rule, result->title);
        if (result->reason)
            html_put(page, "<div class=\"mute\">%s</div>", result->reason);
        html_put(page, "</li>");
    }
    html_put(page, "</ul>");
}

void html_causes(struct page *page)
{
    g_autoptr(GPtrArray) causes = view_causes(page->audit);
    open_section(page, "causes", "Not judged");
    if (!causes->len)
        html_put(page, "<p class=\"calm\">Every applicable rule could be judged.</p>");
    else
        html_put(page, "<p class=\"lead\">A rule that could not be looked at is never counted as passed. These are the "
                       "causes.</p>");
    for (guint i = 0; i < causes->len; i++) {
        const struct view_cause *group = causes->pdata[i];
        html_put(page, "<details class=\"cause\"><summary>");
        html_state(page, group->errors == group->results->len ? VIEW_ERROR : VIEW_UNKNOWN);
        html_put(page, "<span class=\"what\"><b>%s</b><span>%u rule%s", group->cause, group->results->len,
                 group->results->len == 1 ? "" : "s");
        if (group->remediation)
            html_put(page, " \u00b7 <b>Remediation:</b> %s", group->remediation);
        html_put(page, "</span></span></summary>");
        put_rule_links(page, group->results);
        html_put(page, "</details>");
    }
    close_section(page);
}

static void put_question(struct page *page, const struct result *result)
{
    html_put(page,
             "<tr><th scope=\"row\"><a href=\"#r-%s\"><code>%s</code></a></th><td data-l=\"Question\">%s</td>"
             "<td data-l=\"State\">",
             result->rule, result->rule, result->question ? result->question : result->title);
    html_state(page, view_state_of(result));
    if (result->attested) {
        g_autofree char *note = view_note(result->attested);
        html_put(page, "<div class=\"mute\">answered %s</div>", note);
    }
    html_put(page, "</td><td data-l=\"Evidence\">%u item%s</td></tr>", result->items->len,
             result->items->len == 1 ? "" : "s");
}

void html_questions(struct page *page)
{
    bool any = false;
    open_section(page, "questions", "Questions for people");
    for (guint i = 0; i < page->audit->results->len; i++) {
        const struct result *result = page->audit->results->pdata[i];
        if (!result->question && result->verdict != VERDICT_NOTCHECKED)
            continue;
        if (!any)
            html_put(page,
                     "<p class=\"lead\">No program can answer these. Write the answer as an attestation beside the "
                     "waivers.</p>"
                     "<table class=\"plain\"><caption class=\"sr\">Questions and their answers</caption><thead><tr>"
                     "<th scope=\"col\">Rule</th><th scope=\"col\">Question</th><th scope=\"col\">State</th>"
                     "<th scope=\"col\">Evidence</th></tr></thead><tbody>");
        any = true;
        put_question(page, result);
    }
    html_put(page,
             any ? "</tbody></table>" : "<p class=\"calm\">No rule of this run needs the answer of a person.</p>");
    close_section(page);
}

static void put_days(struct page *page, const struct waiver_use *use, const char *kind)
{
    int days = use->days_left;
    const char *plural = days == 1 || days == -1 ? "" : "s";
    if (g_str_equal(kind, "expired") || days < 0)
        html_put(page,
                 "<span class=\"state fail\"><span aria-hidden=\"true\">\u2717</span> expired %d day%s ago</span>",
                 -days, plural);
    else if (days <= 30)
        html_put(page, "<span class=\"state unknown\"><span aria-hidden=\"true\">!</span> %d day%s left</span>", days,
                 plural);
    else
        html_put(page, "%d days left", days);
}

static void put_waivers(struct page *page, const GPtrArray *uses, const char *kind)
{
    for (guint i = 0; i < uses->len; i++) {
        const struct waiver_use *use = uses->pdata[i];
        html_put(page, "<tr><th scope=\"row\"><code>%s</code>", use->rule);
        if (use->item)
            html_put(page, " <span class=\"mute\">item %s</span>", use->item);
        html_put(page,
                 "</th><td data-l=\"State\">%s</td><td data-l=\"Reason\">%s</td><td data-l=\"Owner\">%s</td>"
                 "<td data-l=\"Until\">%s</td><td data-l=\"Left\">",
                 kind, use->note.reason, use->note.owner, use->note.until);
        put_days(page, use, kind);
        html_put(page, "</td></tr>");
    }
}

void html_waivers(struct page *page)
{
    const struct audit *audit = page->audit;
    open_section(page, "waivers", "Waivers");
    if (audit->waivers->len + audit->waivers_unused->len + audit->waivers_expired->len) {
        html_put(page, "<table class=\"plain\"><caption class=\"sr\">Waivers by state</caption><thead><tr><th "
                       "scope=\"col\">Rule</th>"
                       "<th scope=\"col\">State</th><th scope=\"col\">Reason</th><th scope=\"col\">Owner</th>"
                       "<th scope=\"col\">Until</th><th scope=\"col\">Left</th></tr></thead><tbody>");
        put_waivers(page, audit->waivers_expired, "expired");
        put_waivers(page, audit->waivers, "in force");
        put_waivers(page, audit->waivers_unused, "unused");
        html_put(page, "</tbody></table>");
    } else {
        html_put(page, "<p class=\"calm\">No failure is waived on this host.</p>");
    }
    close_section(page);
}

/* Rows and columns of a benchmark's matrix. */
struct html_lists_section {
    char *benchmark, *name;
    unsigned counts[VIEW_COUNT];
};

static void section_free(gpointer data)
{
    struct html_lists_section *section = data;
    g_free(section->benchmark);
    g_free(section->name);
    g_free(section);
}

static struct html_lists_section *find_section(GHashTable *index, GPtrArray *sections,
                                               const struct reference *reference)
{
    g_autofree char *name = html_section(reference->control);
    char *key = g_strdup_printf("%s\n%s", reference->benchmark, name);
    struct html_lists_section *section = g_hash_table_lookup(index, key);
    if (section) {
        g_free(key);
        return section;
    }
    section = g_new0(struct html_lists_section, 1);
    section->benchmark = g_strdup(reference->benchmark ? reference->benchmark : "");
    section->name = g_steal_pointer(&name);
    g_ptr_array_add(sections, section);
    g_hash_table_insert(index, key, section);
    return section;
}

static int by_name(const void *left, const void *right)
{
    const struct html_lists_section *a = *(struct html_lists_section *const *)left,
                                    *b = *(struct html_lists_section *const *)right;
    int order = strcmp(a->benchmark, b->benchmark);
    if (order)
        return order;
    guint64 na = g_ascii_strtoull(a->name, NULL, 10);
    guint64 nb = g_ascii_strtoull(b->name, NULL, 10);
    if (na != nb)
        return na < nb ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* A rule counts once in a section, however many of its controls it serves there. */
static void count_rule(GHashTable *index, GPtrArray *sections, const struct result *result)
{
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    for (guint k = 0; k < result->references->len; k++) {
        struct html_lists_section *section = find_section(index, sections, result->references->pdata[k]);
        if (g_hash_table_add(done, section))
            section->counts[view_state_of(result)]++;
    }
}

static GPtrArray *sections_of(const struct audit *audit)
{
    g_autoptr(GHashTable) index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *sections = g_ptr_array_new_with_free_func(section_free);
    for (guint i = 0; i < audit->results->len; i++)
        count_rule(index, sections, audit->results->pdata[i]);
    g_ptr_array_sort(sections, by_name);
    return sections;
}

static const enum view_state columns[] = {VIEW_FAIL,   VIEW_DIFFERS,    VIEW_ERROR, VIEW_UNKNOWN,      VIEW_WAIVED,
                                          VIEW_FOLDED, VIEW_NOTCHECKED, VIEW_PASS,  VIEW_NOTAPPLICABLE};

static void put_section_row(struct page *page, const struct html_lists_section *section)
{
    g_autofree char *way =
        *section->name ? g_strdup_printf("%s:%s", section->benchmark, section->name) : g_strdup(section->benchmark);
    const char *name = *section->name ? section->name : "all";
    html_put(page, "<tr><th scope=\"row\"><a href=\"#benchmark=%s\">%s</a></th>", way, name);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        const struct view_word *word = view_word(columns[i]);
        unsigned count = section->counts[columns[i]];
        if (count)
            html_put(
                page,
                "<td class=\"%s\"><a href=\"#benchmark=%s&amp;verdict=%s\" aria-label=\"%s: %u in section %s\">%u</a>"
                "</td>",
                word->key, way, word->key, word->label, count, name, count);
        else
            html_put(page, "<td class=\"zero\">0</td>");
    }
    html_put(page, "</tr>");
}

static void open_matrix(struct page *page, const char *benchmark)
{
    html_put(page,
             "<div class=\"matrix\"><h3><a href=\"#benchmark=%s\">%s</a></h3><div class=\"scroll\" tabindex=\"0\" "
             "role=\"region\" "
             "aria-label=\"%s by section\"><table><caption class=\"sr\">%s: rules by section and verdict</caption>"
             "<thead><tr><th scope=\"col\">Section</th>",
             benchmark, benchmark, benchmark, benchmark);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        html_put(page, "<th scope=\"col\"><span aria-hidden=\"true\">%s</span> %s</th>", view_word(columns[i])->sign,
                 view_word(columns[i])->label);
    html_put(page, "</tr></thead><tbody>");
}

void html_benchmarks(struct page *page)
{
    g_autoptr(GPtrArray) sections = sections_of(page->audit);
    const char *open = NULL;
    open_section(page, "benchmarks", "Benchmarks");
    html_put(page, sections->len ? "<p class=\"lead\">Rules of this run by section of the benchmarks that they "
                                   "answer.</p><div class=\"matrices\">"
                                 : "<p class=\"calm\">No rule of this run refers to a benchmark.</p><div>");
    for (guint i = 0; i < sections->len; i++) {
        const struct html_lists_section *section = sections->pdata[i];
        if (!open || !g_str_equal(open, section->benchmark)) {
            html_put(page, open ? "</tbody></table></div></div>" : "");
            open_matrix(page, section->benchmark);
        }
        open = section->benchmark;
        put_section_row(page, section);
    }
    html_put(page, open ? "</tbody></table></div></div></div>" : "</div>");
    close_section(page);
}

static void put_fact(struct page *page, const char *name, const char *value)
{
    html_put(page, "<div><dt>%s</dt><dd>%s</dd></div>", name, value && *value ? value : "\u2013");
}

static void put_host(struct page *page)
{
    const struct audit *audit = page->audit;
    html_put(page, "<h3>Host</h3><dl>");
    put_fact(page, "Name", audit->host.name);
    put_fact(page, "System", audit->host.os);
    put_fact(page, "Kernel", audit->host.kernel);
    put_fact(page, "Architecture", audit->host.arch);
    put_fact(page, "Audited root", audit->host.root);
    put_fact(page, "Kind", audit->host.live ? "running system" : "offline image");
    put_fact(page, "Identity", audit->host.id);
    html_put(page, "</dl>");
}

static void put_run(struct page *page)
{
    const struct audit *audit = page->audit;
    g_autoptr(GString) profiles = g_string_new(NULL);
    for (guint i = 0; i < audit->profiles->len; i++)
        g_string_append_printf(profiles, "%s%s", i ? ", " : "", (const char *)audit->profiles->pdata[i]);
    g_autofree char *duration = g_strdup_printf("%" G_GINT64_FORMAT " ms", audit->duration_ms);
    html_put(page, "<h3>Run</h3><dl>");
    put_fact(page, "plumbline", audit->version);
    put_fact(page, "Started", audit->started);
    put_fact(page, "Duration", duration);
    put_fact(page, "Profile", profiles->str);
    put_fact(page, "Fails on", audit->gate.fail_on);
    html_put(page, "<div><dt>Exit code</dt><dd>%d</dd></div><div><dt>Rules left out</dt><dd>%u</dd></div>",
             audit->gate.exit_code, audit->left_out);
    for (guint i = 0; i < audit->values->len; i++) {
        const struct fact *value = audit->values->pdata[i];
        put_fact(page, value->name, value->value);
    }
    html_put(page, "</dl>");
}

static void put_sandbox(struct page *page)
{
    const struct sandbox_state *sandbox = &page->audit->sandbox;
    g_autofree char *landlock = sandbox->landlock_abi > 0 ? g_strdup_printf("in force, ABI %d", sandbox->landlock_abi)
                                                          : g_strdup("not in force");
    html_put(page, "<h3>What plumbline could do</h3><dl>");
    put_fact(page, "Ran as", page->audit->host.privileged ? "root" : "an ordinary user");
    put_fact(page, "In a container", page->audit->host.container ? "yes" : "no");
    put_fact(page, "No new privileges", sandbox->no_new_privs ? "in force" : "not in force");
    put_fact(page, "seccomp filter", sandbox->seccomp ? "in force" : "not in force");
    put_fact(page, "Landlock", landlock);
    put_fact(page, "Core files", sandbox->undumpable ? "forbidden" : "possible");
    put_fact(page, "Separated processes", sandbox->separated ? "in force" : "not in force");
    if (sandbox->separated) {
        g_autofree char *uid = g_strdup_printf("%d", sandbox->uid);
        put_fact(page, "Judged as user", uid);
    }
    put_fact(page, "Capabilities kept",
             sandbox->capabilities && *sandbox->capabilities ? sandbox->capabilities : "none");
    if (sandbox->note)
        put_fact(page, "Note", sandbox->note);
    html_put(page, "</dl>");
}

static void put_formula(struct page *page)
{
    g_autofree char *value = view_score(&page->audit->score, 1);
    if (page->audit->score_version < SCORE_VERSION)
        html_put(page, "<p class=\"mute\">Score %s, by the formula of an earlier plumbline.</p>", value);
    else
        html_put(page,
                 "<p class=\"mute\">Score %s. %s Weights: critical 10, high 6, medium 3, low 1, info 0. plumbline "
                 "explain --score FILE.json shows the sum.</p>",
                 value, view_score_formula());
}

void html_about(struct page *page)
{
    open_section(page, "about", "About this audit");
    html_put(page, "<div class=\"facts3\"><div>");
    put_host(page);
    html_put(page, "</div><div>");
    put_run(page);
    html_put(page, "</div><div>");
    put_sandbox(page);
    html_put(page, "</div></div>");
    put_formula(page);
    close_section(page);
}
