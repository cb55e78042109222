/* plumbline list: the rules that an audit would judge. */
#include "cli/command.h"
#include "cli/dirs.h"
#include "cli/list_names.h"
#include "cli/message.h"
#include "cli/selection.h"
#include "engine/explain.h"
#include "engine/select.h"

#include <json-c/json.h>
#include <stdio.h>

static json_object *probes_json(const struct rule *rule)
{
    json_object *probes = json_object_new_array();
    g_autofree const char **names = explain_probes(rule);
    for (const char **name = names; *name; name++)
        json_object_array_add(probes, json_object_new_string(*name));
    return probes;
}

static json_object *rule_json(const struct rule *rule)
{
    json_object *object = json_object_new_object();
    json_object *references = json_object_new_array();
    for (guint i = 0; i < rule->references->len; i++) {
        const struct reference *reference = g_ptr_array_index(rule->references, i);
        json_object *entry = json_object_new_object();
        json_object_object_add(entry, "benchmark", json_object_new_string(reference->benchmark));
        json_object_object_add(entry, "control", json_object_new_string(reference->control));
        json_object_object_add(entry, "level", json_object_new_int(reference->level));
        json_object_array_add(references, entry);
    }
    json_object_object_add(object, "rule", json_object_new_string(rule->id));
    json_object_object_add(object, "title", json_object_new_string(rule->title));
    json_object_object_add(object, "layer", json_object_new_string(layer_name(rule->module->layer)));
    json_object_object_add(object, "module", json_object_new_string(rule->module->name));
    json_object_object_add(object, "severity", json_object_new_string(severity_name(rule->severity)));
    json_object_object_add(object, "ability", rule->ability ? json_object_new_string(rule->ability) : NULL);
    json_object_object_add(object, "manual", json_object_new_boolean(rule->manual != NULL));
    json_object_object_add(object, "probes", probes_json(rule));
    json_object_object_add(object, "references", references);
    return object;
}

static void print_json(const struct chosen *chosen)
{
    pl_autojson json_object *all = json_object_new_array();
    for (guint i = 0; i < chosen->rules->len; i++)
        json_object_array_add(all, rule_json(g_ptr_array_index(chosen->rules, i)));
    puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

static void print_text(const struct chosen *chosen)
{
    const struct module *last = NULL;
    for (guint i = 0; i < chosen->rules->len; i++) {
        const struct rule *rule = g_ptr_array_index(chosen->rules, i);
        if (rule->module != last)
            printf("%s%s/%s: %s\n", last ? "\n" : "", layer_name(rule->module->layer), rule->module->name,
                   rule->module->title);
        last = rule->module;
        printf("  %-9s %-44s %s\n", severity_name(rule->severity), rule->id, rule->title);
    }
    printf("%s%u rules; %u left out\n", last ? "\n" : "", chosen->rules->len, chosen->left_out);
}

enum exit_code command_list(struct options *options)
{
    g_autoptr(GError) error = NULL;
    if (options->list_profiles || options->list_benchmarks || options->list_tags || options->list_modules)
        return list_names(options);
    pl_auto(content) content = dirs_load(options, NULL, true, &error);
    const struct selection selection = selection_of(options);
    pl_auto(chosen) chosen = content ? select_rules(content, &selection, &error) : NULL;
    if (!chosen) {
        message("%s", error->message);
        return EXIT_USAGE;
    }
    if (options->json)
        print_json(chosen);
    else
        print_text(chosen);
    return content_count(content, DIAGNOSTIC_ERROR) ? EXIT_USAGE : EXIT_MET;
}
