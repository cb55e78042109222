/* Evidence follows the columns of the probe's fields: what is told, what names a secret, what holds it. */
#include "engine/judge.h"
#include "engine/matcher.h"
#include "engine/outcome.h"
#include "engine_test.h"

/* No name among them says what the columns say. */
static const struct probe_field fields[] = {
    {"asked", VALUE_ANY, ""},
    {"called", VALUE_STRING, "", FIELD_NAMES},
    {"kept", VALUE_ANY, "", FIELD_TOLD | FIELD_VALUE},
    {"lost", VALUE_LIST, "", FIELD_TOLD | FIELD_LOST},
    {"whole", VALUE_STRING, "", FIELD_RAW},
    {"value", VALUE_ANY, ""},
    {.name = NULL},
};
static const struct probe_param no_params[] = {{.name = NULL}};
static const struct probe probe = {.name = "fake", .summary = "", .params = no_params, .fields = fields};
static const struct test of_probe = {.probe = &probe};

/* What is shown of an item of which one field is asked for; NULL: of all that it has. Caller frees. */
static char *shown(const char *item_fields, const char *asked)
{
    g_autoptr(GPtrArray) matchers = g_ptr_array_new();
    g_autofree char *field = g_strdup(asked);
    struct expectation expectation = {.field = field, .type = VALUE_ANY, .matchers = matchers};
    g_autoptr(GPtrArray) expectations = g_ptr_array_new();
    if (asked)
        g_ptr_array_add(expectations, &expectation);
    struct bound_test bound = {.test = &of_probe, .expectations = expectations};
    pl_auto(items) items = items_new();
    struct item *item = items_add(items, "x");
    json_object_put(item->fields);
    item->fields = yaml(item_fields);
    struct result *result = result_new();
    struct item_result *row = evidence_new(item, &bound, VERDICT_PASS);
    g_ptr_array_add(result->items, row);
    struct bound_check check = {.kind = CHECK_TEST, .test = &bound};
    const struct bound_rule rule = {.check = &check};
    evidence_fill(result, &rule, PACKAGES_APT);
    char *text = g_strdup(
        json_object_to_json_string_ext(row->observed, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    result_free(result);
    return text;
}

static void told_and_hidden(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *asked, *observed;
    } rows[] = {
        /* told with what is asked; "value" is a name like any other */
        {"{asked: 1, kept: a, value: 3}", "asked", "{\"asked\":1,\"kept\":\"a\"}"},
        {"{asked: 1, value: 3}", "value", "{\"value\":3}"},
        {"{asked: 1, value: 3}", NULL, "{\"asked\":1,\"value\":3}"},
        /* a secret's name hides what holds, and nothing else */
        {"{asked: 1, called: db_password, kept: hunter22, value: plain}", "value",
         "{\"value\":\"plain\",\"kept\":\"<redacted, 8 bytes>\"}"},
        {"{called: colour, kept: hunter22}", "kept", "{\"kept\":\"hunter22\"}"},
        {"{called: db_password, kept: {a: hunter22}}", "kept.a",
         "{\"kept.a\":\"<redacted, 8 bytes>\",\"kept\":\"<redacted, 16 bytes>\"}"},
        {"{called: db_password, lost: ['/a:3 hunter22']}", "lost", "{\"lost\":[\"/a:3 <redacted, 8 bytes>\"]}"},
        /* a secret of the whole line is one where it comes alone */
        {"{whole: 'db_password=hunter22', asked: hunter22}", "asked", "{\"asked\":\"<redacted, 8 bytes>\"}"},
        /* a line that was split */
        {"{called: mysqldump, kept: '-phunter22 shop', asked: hunter22}", "asked",
         "{\"asked\":\"<redacted, 8 bytes>\",\"kept\":\"-p<redacted, 8 bytes> shop\"}"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = shown(rows[i].fields, rows[i].asked);
        assert_string_equal(text, rows[i].observed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(told_and_hidden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
