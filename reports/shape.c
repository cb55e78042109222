#include "reports/shape.h"

#include "model/audit.h"

#define AT(type, member) offsetof(struct type, member)

/* A document of format 1 has no items_failed: from_json.c derives the counts then. */
static void *make_result(void)
{
    struct result *result = result_new();
    result->items_failed = SHAPE_NOT_COUNTED;
    return result;
}

static void *make_item(void)
{
    return item_result_new();
}

static const struct shape shape_note = {
    .size = sizeof(struct waiver_note),
    .fields = (const struct field[]){{"reason", FIELD_TEXT, AT(waiver_note, reason)},
                                     {"owner", FIELD_TEXT, AT(waiver_note, owner)},
                                     {"until", FIELD_TEXT, AT(waiver_note, until)},
                                     {NULL}},
};

static const struct shape shape_source = {
    .size = sizeof(struct source),
    .fields = (const struct field[]){{"path", FIELD_TEXT_OPTIONAL, AT(source, path)},
                                     {"line", FIELD_LINE, AT(source, line)},
                                     {"process", FIELD_TEXT_OPTIONAL, AT(source, process)},
                                     {"api", FIELD_TEXT_OPTIONAL, AT(source, api)},
                                     {NULL}},
};

/* What another test shows of the same object. */
static const struct shape shape_also = {
    .size = sizeof(struct item_result),
    .make = make_item,
    .fields = (const struct field[]){{"verdict", FIELD_VERDICT, AT(item_result, verdict)},
                                     {"reason", FIELD_TEXT_OR_NULL, AT(item_result, reason)},
                                     {"observed", FIELD_TREE, AT(item_result, observed)},
                                     {"expected", FIELD_TEXT_OR_NULL, AT(item_result, expected)},
                                     {"finding", FIELD_TEXT_OPTIONAL, AT(item_result, finding)},
                                     {"source", FIELD_STRUCT, AT(item_result, source), &shape_source},
                                     {NULL}},
};

static const struct shape shape_item = {
    .size = sizeof(struct item_result),
    .make = make_item,
    .fields = (const struct field[]){{"subject", FIELD_TEXT, AT(item_result, subject)},
                                     {"verdict", FIELD_VERDICT, AT(item_result, verdict)},
                                     {"stopped", FIELD_FLAG, AT(item_result, stopped)},
                                     {"reason", FIELD_TEXT_OR_NULL, AT(item_result, reason)},
                                     {"observed", FIELD_TREE, AT(item_result, observed)},
                                     {"expected", FIELD_TEXT_OR_NULL, AT(item_result, expected)},
                                     {"finding", FIELD_TEXT_OPTIONAL, AT(item_result, finding)},
                                     {"because", FIELD_TEXT_OPTIONAL, AT(item_result, because)},
                                     {"source", FIELD_STRUCT, AT(item_result, source), &shape_source},
                                     {"waived", FIELD_STRUCT_OR_NULL, AT(item_result, waived), &shape_note},
                                     {"also", FIELD_STRUCTS_OPTIONAL, AT(item_result, also), &shape_also,
                                      .free = item_result_free},
                                     {NULL}},
};

static const struct shape shape_reference = {
    .size = sizeof(struct reference),
    .fields = (const struct field[]){{"benchmark", FIELD_TEXT, AT(reference, benchmark)},
                                     {"control", FIELD_TEXT, AT(reference, control)},
                                     {"level", FIELD_INT, AT(reference, level)},
                                     {NULL}},
};

static const struct shape shape_fix = {
    .size = sizeof(struct fix),
    .fields = (const struct field[]){{"text", FIELD_TEXT_OPTIONAL, AT(fix, text)},
                                     {"shell", FIELD_TEXT_OPTIONAL, AT(fix, shell)},
                                     {"ansible", FIELD_TEXT_OPTIONAL, AT(fix, ansible)},
                                     {"undo", FIELD_TEXT_OPTIONAL, AT(fix, undo)},
                                     {"warning", FIELD_TEXT_OPTIONAL, AT(fix, warning)},
                                     {NULL}},
};

static const struct shape shape_result = {
    .size = sizeof(struct result),
    .make = make_result,
    .fields = (const struct field[]){{"rule", FIELD_TEXT, AT(result, rule)},
                                     {"title", FIELD_TEXT, AT(result, title)},
                                     {"layer", FIELD_LAYER, AT(result, layer)},
                                     {"module", FIELD_TEXT, AT(result, module)},
                                     {"module_title", FIELD_TEXT, AT(result, module_title)},
                                     {"severity", FIELD_SEVERITY, AT(result, severity)},
                                     {"verdict", FIELD_VERDICT, AT(result, verdict)},
                                     {"reason", FIELD_TEXT_OR_NULL, AT(result, reason)},
                                     {"cause", FIELD_TEXT_OR_NULL, AT(result, cause)},
                                     {"remediation", FIELD_TEXT_OR_NULL, AT(result, remediation), .was = "cure"},
                                     {"finding", FIELD_TEXT_OPTIONAL, AT(result, finding)},
                                     {"expected", FIELD_TEXT_OPTIONAL, AT(result, expected)},
                                     {"because", FIELD_TEXT_OPTIONAL, AT(result, because)},
                                     {"waived", FIELD_STRUCT_OR_NULL, AT(result, waived), &shape_note},
                                     {"rationale", FIELD_TEXT_OR_NULL, AT(result, rationale)},
                                     {"question", FIELD_TEXT_OR_NULL, AT(result, question)},
                                     {"ability", FIELD_TEXT_OR_NULL, AT(result, ability), .later = true},
                                     {"attested", FIELD_STRUCT_OR_NULL, AT(result, attested), &shape_note},
                                     {"references", FIELD_STRUCTS, AT(result, references), &shape_reference},
                                     {"tags", FIELD_TEXTS, AT(result, tags)},
                                     {"items_total", FIELD_UINT64, AT(result, items_total)},
                                     {"items_failed", FIELD_UINT64, AT(result, items_failed), .later = true},
                                     {"items_waived", FIELD_UINT64, AT(result, items_waived), .later = true},
                                     {"items_folded", FIELD_UINT64_OPTIONAL, AT(result, items_folded)},
                                     {"items_passed", FIELD_UINT64, AT(result, items_passed), .later = true},
                                     {"items_unknown", FIELD_UINT64, AT(result, items_unknown), .later = true},
                                     {"items_at_least", FIELD_FLAG, AT(result, items_at_least)},
                                     {"object", FIELD_TEXT_OPTIONAL, AT(result, object)},
                                     {"objects", FIELD_TEXT_OPTIONAL, AT(result, objects)},
                                     {"duration_us", FIELD_INT64, AT(result, duration_us), .later = true},
                                     {"items_stopped", FIELD_LINE, AT(result, items_stopped)},
                                     {"items", FIELD_STRUCTS, AT(result, items), &shape_item},
                                     {"fix", FIELD_STRUCT, AT(result, fix), &shape_fix},
                                     {NULL}},
};

static const struct shape shape_fact = {
    .size = sizeof(struct fact),
    .fields =
        (const struct field[]){{"name", FIELD_TEXT, AT(fact, name)}, {"value", FIELD_TEXT, AT(fact, value)}, {NULL}},
};

static const struct shape shape_error = {
    .size = sizeof(struct run_error),
    .fields = (const struct field[]){{"where", FIELD_TEXT, AT(run_error, where)},
                                     {"message", FIELD_TEXT, AT(run_error, message)},
                                     {NULL}},
};

static const struct shape shape_use = {
    .size = sizeof(struct waiver_use),
    .fields = (const struct field[]){{"rule", FIELD_TEXT, AT(waiver_use, rule)},
                                     {"item", FIELD_TEXT_OR_NULL, AT(waiver_use, item)},
                                     {"reason", FIELD_TEXT, AT(waiver_use, note.reason)},
                                     {"owner", FIELD_TEXT, AT(waiver_use, note.owner)},
                                     {"until", FIELD_TEXT, AT(waiver_use, note.until)},
                                     {"days_left", FIELD_INT, AT(waiver_use, days_left)},
                                     {NULL}},
};

/* A score stands alone (a layer's) and with the layers beside it (the audit's); `at` is the way to it. */
#define SCORE_FIELDS(type, self, at)                                                                                   \
    {"value", FIELD_SCORE_VALUE, self}, {"grade", FIELD_GRADE, AT(type, at grade)},                                    \
        {"known", FIELD_BOOL, AT(type, at known)}, {"capped", FIELD_BOOL, AT(type, at capped)},                        \
        {"note", FIELD_SCORE_NOTE, AT(type, at note), .later = true}, {"coverage", FIELD_COVERAGE, self},              \
        {"weight_pass", FIELD_UINT64_OPTIONAL, AT(type, at weight_pass)},                                              \
        {"weight_judged", FIELD_UINT64_OPTIONAL, AT(type, at weight_judged)},                                          \
        {"counts", FIELD_COUNTS, AT(type, at counts)}, {"differ", FIELD_UINT, AT(type, at differ), .later = true},     \
        {"waived", FIELD_UINT, AT(type, at waived)},                                                                   \
    {                                                                                                                  \
        "folded", FIELD_UINT, AT(type, at folded), .later = true                                                       \
    }

static const struct shape shape_layer = {
    .size = sizeof(struct score),
    .fields = (const struct field[]){SCORE_FIELDS(score, 0, ), {NULL}},
};

static const struct shape shape_module = {
    .size = sizeof(struct module_score),
    .fields = (const struct field[]){{"layer", FIELD_LAYER, AT(module_score, layer)},
                                     {"module", FIELD_TEXT, AT(module_score, module)},
                                     {"title", FIELD_TEXT, AT(module_score, title)},
                                     {"weight", FIELD_UINT, AT(module_score, weight)},
                                     {"earned", FIELD_UINT64, AT(module_score, earned)},
                                     {"counted", FIELD_UINT64, AT(module_score, counted)},
                                     {"rules", FIELD_UINT, AT(module_score, rules)},
                                     {NULL}},
};

/* The groups below live inside struct audit itself: their offsets count from its start. */
static const struct shape shape_score = {
    .fields = (const struct field[]){{"version", FIELD_UINT, AT(audit, score_version), .later = true},
                                     SCORE_FIELDS(audit, AT(audit, score), score.),
                                     {"layers", FIELD_LAYERS, AT(audit, layers), &shape_layer},
                                     {"modules", FIELD_STRUCTS, AT(audit, modules), &shape_module, .later = true},
                                     {NULL}},
};

static const struct shape shape_tool = {
    .fields = (const struct field[]){{"name", FIELD_CONSTANT, 0, NULL, "plumbline"},
                                     {"version", FIELD_TEXT, AT(audit, version)},
                                     {NULL}},
};

static const struct shape shape_host = {
    .fields = (const struct field[]){{"name", FIELD_TEXT, AT(audit, host.name)},
                                     {"os", FIELD_TEXT, AT(audit, host.os)},
                                     {"kernel", FIELD_TEXT, AT(audit, host.kernel)},
                                     {"arch", FIELD_TEXT, AT(audit, host.arch)},
                                     {"root", FIELD_TEXT, AT(audit, host.root)},
                                     {"id", FIELD_TEXT, AT(audit, host.id)},
                                     {"privileged", FIELD_BOOL, AT(audit, host.privileged)},
                                     {"container", FIELD_BOOL, AT(audit, host.container)},
                                     {"live", FIELD_BOOL, AT(audit, host.live)},
                                     {NULL}},
};

static const struct shape shape_sandbox = {
    .fields = (const struct field[]){{"no_new_privs", FIELD_BOOL, AT(audit, sandbox.no_new_privs)},
                                     {"seccomp", FIELD_BOOL, AT(audit, sandbox.seccomp)},
                                     {"landlock_abi", FIELD_INT, AT(audit, sandbox.landlock_abi)},
                                     {"capabilities", FIELD_TEXT, AT(audit, sandbox.capabilities)},
                                     {"note", FIELD_TEXT_OR_NULL, AT(audit, sandbox.note)},
                                     {"uid", FIELD_INT, AT(audit, sandbox.uid), .later = true},
                                     {"separated", FIELD_BOOL, AT(audit, sandbox.separated), .later = true},
                                     {"undumpable", FIELD_BOOL, AT(audit, sandbox.undumpable), .later = true},
                                     {NULL}},
};

static const struct shape shape_waivers = {
    .fields = (const struct field[]){{"used", FIELD_STRUCTS, AT(audit, waivers), &shape_use},
                                     {"unused", FIELD_STRUCTS, AT(audit, waivers_unused), &shape_use},
                                     {"expired", FIELD_STRUCTS, AT(audit, waivers_expired), &shape_use},
                                     {NULL}},
};

static void *make_column(void)
{
    return ability_column_new(NULL);
}

static void *make_row(void)
{
    return ability_row_new(NULL);
}

static void *make_cell(void)
{
    return ability_cell_new(ABILITY_NO, NULL, -1);
}

static const struct shape shape_cell = {
    .size = sizeof(struct ability_cell),
    .make = make_cell,
    .fields = (const struct field[]){{"grade", FIELD_ABILITY, AT(ability_cell, grade)},
                                     {"rule", FIELD_TEXT_OPTIONAL, AT(ability_cell, rule)},
                                     {"item", FIELD_INDEX, AT(ability_cell, item)},
                                     {"by", FIELD_TEXT_OPTIONAL, AT(ability_cell, by)},
                                     {NULL}},
};

static const struct shape shape_row = {
    .size = sizeof(struct ability_row),
    .make = make_row,
    .fields = (const struct field[]){{"subject", FIELD_TEXT, AT(ability_row, subject)},
                                     {"stopped", FIELD_FLAG, AT(ability_row, stopped)},
                                     {"score", FIELD_UINT64, AT(ability_row, score)},
                                     {"cells", FIELD_STRUCTS, AT(ability_row, cells), &shape_cell, .nullable = true},
                                     {NULL}},
};

static const struct shape shape_column = {
    .size = sizeof(struct ability_column),
    .make = make_column,
    .fields = (const struct field[]){{"ability", FIELD_TEXT, AT(ability_column, ability)},
                                     {"rules", FIELD_TEXTS, AT(ability_column, rules)},
                                     {"unknown", FIELD_TEXT_OR_NULL, AT(ability_column, unknown)},
                                     {NULL}},
};

static const struct shape shape_abilities = {
    .fields = (const struct field[]){{"columns", FIELD_STRUCTS, AT(audit, abilities.columns), &shape_column},
                                     {"rows", FIELD_STRUCTS, AT(audit, abilities.rows), &shape_row, .lines = true},
                                     {NULL}},
};

static void *make_change(void)
{
    return g_new0(struct change, 1);
}

static void *make_difference(void)
{
    return difference_new();
}

static const struct shape shape_change = {
    .size = sizeof(struct change),
    .make = make_change,
    .fields = (const struct field[]){{"rule", FIELD_TEXT, AT(change, rule)},
                                     {"title", FIELD_TEXT, AT(change, title)},
                                     {"layer", FIELD_LAYER, AT(change, layer)},
                                     {"severity", FIELD_SEVERITY, AT(change, severity)},
                                     {"before", FIELD_TEXT, AT(change, before)},
                                     {"after", FIELD_TEXT, AT(change, after)},
                                     {"subject", FIELD_TEXT_OPTIONAL, AT(change, subject)},
                                     {"finding", FIELD_TEXT_OPTIONAL, AT(change, finding)},
                                     {"reason", FIELD_TEXT_OPTIONAL, AT(change, reason)},
                                     {"objects", FIELD_UINT64, AT(change, objects)},
                                     {NULL}},
};

static const struct shape shape_difference = {
    .size = sizeof(struct difference),
    .make = make_difference,
    .fields =
        (const struct field[]){{"since", FIELD_TEXT, AT(difference, since)},
                               {"notes", FIELD_TEXTS, AT(difference, notes)},
                               {"new", FIELD_STRUCTS, AT(difference, added), &shape_change, .lines = true},
                               {"fixed", FIELD_STRUCTS, AT(difference, fixed), &shape_change, .lines = true},
                               {"unjudged", FIELD_STRUCTS, AT(difference, unjudged), &shape_change, .lines = true},
                               {"still", FIELD_STRUCTS, AT(difference, still), &shape_change, .lines = true},
                               {"left_out", FIELD_TEXTS, AT(difference, left_out)},
                               {NULL}},
};

static const struct shape shape_gate = {
    .fields = (const struct field[]){{"fail_on", FIELD_TEXT, AT(audit, gate.fail_on)},
                                     {"new_only", FIELD_FLAG, AT(audit, gate.new_only)},
                                     {"exit_code", FIELD_INT, AT(audit, gate.exit_code)},
                                     {"why", FIELD_TEXT, AT(audit, gate.why)},
                                     {NULL}},
};

const struct shape shape_audit = {
    .size = sizeof(struct audit),
    .fields = (const struct field[]){{"format", FIELD_CONSTANT, 0, NULL, SHAPE_FORMAT, .was = SHAPE_FORMAT_BEFORE},
                                     {"tool", FIELD_STRUCT, 0, &shape_tool},
                                     {"host", FIELD_STRUCT, 0, &shape_host},
                                     {"started", FIELD_TEXT, AT(audit, started)},
                                     {"duration_ms", FIELD_INT64, AT(audit, duration_ms)},
                                     {"profiles", FIELD_TEXTS, AT(audit, profiles)},
                                     {"values", FIELD_STRUCTS, AT(audit, values), &shape_fact},
                                     {"left_out", FIELD_UINT, AT(audit, left_out)},
                                     {"sandbox", FIELD_STRUCT, 0, &shape_sandbox},
                                     {"score", FIELD_STRUCT, 0, &shape_score},
                                     {"gate", FIELD_STRUCT, 0, &shape_gate},
                                     {"difference", FIELD_STRUCT_OPTIONAL, AT(audit, difference), &shape_difference},
                                     {"results", FIELD_STRUCTS, AT(audit, results), &shape_result},
                                     {"abilities", FIELD_STRUCT, 0, &shape_abilities, .later = true},
                                     {"errors", FIELD_STRUCTS, AT(audit, errors), &shape_error},
                                     {"waivers", FIELD_STRUCT, 0, &shape_waivers},
                                     {NULL}},
};

bool field_may_lack(const struct field *field)
{
    return field->later || field->kind == FIELD_TEXT_OPTIONAL || field->kind == FIELD_LINE ||
           field->kind == FIELD_INDEX || field->kind == FIELD_STRUCTS_OPTIONAL ||
           field->kind == FIELD_STRUCT_OPTIONAL || field->kind == FIELD_FLAG || field->kind == FIELD_UINT64_OPTIONAL;
}
