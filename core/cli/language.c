#include "cli/language.h"

#include "engine/members.h"
#include "engine/operators.h"
#include "facts/daemon/daemon.h"
#include "formats/format.h"
#include "host/inline_words.h"
#include "model/rule.h"
#include "model/verdict.h"

#include <stdio.h>

static void add_text(json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text));
}

void language_print_formats(void)
{
    size_t n = 0;
    const struct format *const *all = format_all(&n);
    for (size_t i = 0; i < n; i++) {
        printf("%-16s %s\n", all[i]->name, all[i]->summary);
        printf("%-16s %s: %s", "", format_shape_name(all[i]->shape), format_shape_text(all[i]->shape));
        if (all[i]->repeats != REPEATS_ONE)
            printf("; a key that comes again %s", format_repeats_text(all[i]->repeats));
        putchar('\n');
    }
}

json_object *language_formats(void)
{
    size_t n = 0;
    const struct format *const *all = format_all(&n);
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < n; i++) {
        json_object *row = json_object_new_object();
        add_text(row, "name", all[i]->name);
        add_text(row, "shape", format_shape_name(all[i]->shape));
        add_text(row, "path", format_shape_text(all[i]->shape));
        add_text(row, "repeats", format_repeats_text(all[i]->repeats));
        add_text(row, "summary", all[i]->summary);
        json_object_array_add(list, row);
    }
    return list;
}

static json_object *operators(void)
{
    static const char *const operands[] = {
        [OPERAND_TYPED] = "typed",  [OPERAND_TYPED_LIST] = "list", [OPERAND_QUANTITY] = "scalar",
        [OPERAND_PATTERN] = "text", [OPERAND_SCALAR] = "scalar",   [OPERAND_SCALARS] = "scalars",
        [OPERAND_MODE] = "text",    [OPERAND_BOOL] = "bool",       [OPERAND_VERSION] = "text",
    };
    json_object *list = json_object_new_array();
    for (int i = 0; i < OP_COUNT; i++) {
        const struct operator_row *row = operator_row((enum matcher_operator)i);
        json_object *one = json_object_new_object();
        add_text(one, "name", row->name);
        add_text(one, "operand", operands[row->operand]);
        json_object_array_add(list, one);
    }
    return list;
}

static json_object *texts(const char *const *list)
{
    json_object *array = json_object_new_array();
    for (; *list; list++)
        json_object_array_add(array, json_object_new_string(*list));
    return array;
}

/* The closed lists that a member's type may name. */
static json_object *words(void)
{
    json_object *all = json_object_new_object();
    const char *layers[LAYER_COUNT + 1] = {NULL}, *severities[SEVERITY_COUNT + 1] = {NULL};
    const char *verdicts[VERDICT_COUNT + 1] = {NULL};
    for (int i = 0; i < LAYER_COUNT; i++)
        layers[i] = layer_name((enum layer)i);
    for (int i = 0; i < SEVERITY_COUNT; i++)
        severities[i] = severity_name((enum severity)i);
    for (int i = 0; i < VERDICT_COUNT; i++)
        verdicts[i] = verdict_name((enum verdict)i);
    json_object_object_add(all, "layer", texts(layers));
    json_object_object_add(all, "severity", texts(severities));
    json_object_object_add(all, "verdict", texts(verdicts));
    json_object_object_add(all, "existence", texts(existence_words));
    json_object_object_add(all, "match", texts(match_words));
    json_object_object_add(all, "absent", texts(absent_words));
    return all;
}

static json_object *mapping(const struct vocabulary *vocabulary)
{
    json_object *members = json_object_new_array(), *one = json_object_new_object();
    for (const struct member *member = vocabulary->members; member->name; member++) {
        json_object *row = json_object_new_object();
        add_text(row, "name", member->name);
        add_text(row, "type", member->type);
        json_object_object_add(row, "required", json_object_new_boolean(member->required));
        add_text(row, "text", member->text);
        json_object_array_add(members, row);
    }
    add_text(one, "text", vocabulary->text);
    json_object_object_add(one, "members", members);
    return one;
}

static json_object *mappings(void)
{
    static const struct vocabulary *(*const floors[])(size_t * count) = {inline_vocabularies, daemon_vocabularies,
                                                                         engine_vocabularies};
    json_object *all = json_object_new_object();
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        size_t n = 0;
        const struct vocabulary *list = floors[i](&n);
        for (size_t j = 0; j < n; j++)
            json_object_object_add(all, list[j].name, mapping(&list[j]));
    }
    return all;
}

json_object *language_all(void)
{
    json_object *all = json_object_new_object();
    json_object *types = json_object_new_array();
    for (int i = 0; i < VALUE_TYPE_COUNT; i++)
        json_object_array_add(types, json_object_new_string(value_type_name((enum value_type)i)));
    json_object_object_add(all, "formats", language_formats());
    json_object_object_add(all, "operators", operators());
    json_object_object_add(all, "types", types);
    json_object_object_add(all, "words", words());
    json_object_object_add(all, "mappings", mappings());
    return all;
}
