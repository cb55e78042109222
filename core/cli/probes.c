/* plumbline probes: what can be observed, from the probes' own declarations. */
#include "cli/command.h"
#include "cli/language.h"
#include "cli/message.h"
#include "model/suggest.h"
#include "probes/probe.h"

#include <json-c/json.h>
#include <stdio.h>

static const struct {
    enum probe_needs need;
    const char *text;
} needs[] = {
    {NEEDS_LIVE, "the running machine"},
    {NEEDS_ROOT, "root"},
    {NEEDS_NETWORK, "--network"},
};

/* Caller frees. */
static char *field_text(const struct probe_field *field)
{
    return g_strconcat(field->text, field->traits & FIELD_LIVE ? "; only of what runs" : "", NULL);
}

static char *needs_text(const struct probe *probe)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (probe->needs & needs[i].need)
            g_ptr_array_add(words, (gpointer)(guintptr)needs[i].text);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(", ", (char **)words->pdata);
}

static void print_text(const struct probe *probe)
{
    g_autofree char *needed = needs_text(probe);
    printf("%s: %s\n", probe->name, probe->summary);
    if (*needed)
        printf("  needs %s\n", needed);
    puts("  object:");
    for (const struct probe_param *param = probe->params; param->name; param++)
        printf("    %-20s %-9s %s%s%s%s%s\n", param->name, value_type_name(param->type), param->text,
               param->required ? " (required)" : "", param->choices ? " [" : "", param->choices ? param->choices : "",
               param->choices ? "]" : "");
    puts("  fields:");
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        g_autofree char *text = field_text(field);
        printf("    %-20s %-9s %s\n", field->name, value_type_name(field->type), text);
    }
}

static char *mdoc_text(const char *text)
{
    GString *out = g_string_new(*text == '.' || *text == '\'' ? "\\&" : NULL);
    for (; *text; text++) {
        if (*text == '\\')
            g_string_append(out, "\\e");
        else
            g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

static void mdoc_row(const char *name, enum value_type type, const char *text, const char *choices, bool required)
{
    g_autofree char *escaped = mdoc_text(text);
    printf(".It Va %s Pq %s%s\n%s", name, value_type_name(type), required ? ", required" : "", escaped);
    if (choices)
        printf("; one of: %s", choices);
    puts(".");
}

static void print_man(const struct probe *probe)
{
    g_autofree char *needed = needs_text(probe);
    g_autofree char *summary = mdoc_text(probe->summary);
    printf(".Ss %s\n%s.\n", probe->name, summary);
    if (*needed)
        printf("Needs %s.\n", needed);
    if (probe->params->name) {
        puts(".Pp\nObject:\n.Bl -tag -width Ds -compact");
        for (const struct probe_param *param = probe->params; param->name; param++)
            mdoc_row(param->name, param->type, param->text, param->choices, param->required);
        puts(".El");
    }
    puts(".Pp\nFields:\n.Bl -tag -width Ds -compact");
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        g_autofree char *text = field_text(field);
        mdoc_row(field->name, field->type, text, NULL, false);
    }
    puts(".El");
}

static json_object *row_json(const char *name, enum value_type type, const char *text)
{
    json_object *row = json_object_new_object();
    json_object_object_add(row, "name", json_object_new_string(name));
    json_object_object_add(row, "type", json_object_new_string(value_type_name(type)));
    json_object_object_add(row, "text", json_object_new_string(text));
    return row;
}

static json_object *probe_json(const struct probe *probe)
{
    json_object *object = json_object_new_object();
    json_object *params = json_object_new_array();
    json_object *fields = json_object_new_array();
    g_autofree char *needed = needs_text(probe);
    for (const struct probe_param *param = probe->params; param->name; param++) {
        json_object *row = row_json(param->name, param->type, param->text);
        json_object_object_add(row, "required", json_object_new_boolean(param->required));
        if (param->choices)
            json_object_object_add(row, "choices", json_object_new_string(param->choices));
        json_object_array_add(params, row);
    }
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        g_autofree char *text = field_text(field);
        json_object_array_add(fields, row_json(field->name, field->type, text));
    }
    json_object_object_add(object, "name", json_object_new_string(probe->name));
    json_object_object_add(object, "summary", json_object_new_string(probe->summary));
    json_object_object_add(object, "needs", json_object_new_string(needed));
    json_object_object_add(object, "object", params);
    json_object_object_add(object, "fields", fields);
    return object;
}

static void print_json(const GPtrArray *probes)
{
    pl_autojson json_object *all = json_object_new_array();
    for (guint i = 0; i < probes->len; i++)
        json_object_array_add(all, probe_json(g_ptr_array_index(probes, i)));
    puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

static bool named_probes(char **names, GPtrArray *out)
{
    size_t count = 0;
    const struct probe *const *all = probe_all(&count);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (size_t i = 0; i < count; i++) {
        g_ptr_array_add(words, (gpointer)(guintptr)all[i]->name);
        if (!names)
            g_ptr_array_add(out, (gpointer)(guintptr)all[i]);
    }
    g_ptr_array_add(words, NULL);
    for (; names && *names; names++) {
        const struct probe *probe = probe_find(*names);
        const char *near = probe ? NULL : suggest_nearest(*names, (const char *const *)words->pdata);
        if (!probe) {
            message("there is no probe \"%s\"%s%s%s", *names, near ? "; did you mean " : "", near ? near : "",
                    near ? "?" : "");
            return false;
        }
        g_ptr_array_add(out, (gpointer)(guintptr)probe);
    }
    return true;
}

static void print_language(const struct options *options)
{
    pl_autojson json_object *all = options->language ? language_all() : options->json ? language_formats() : NULL;
    if (all)
        puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    else
        language_print_formats();
}

enum exit_code command_probes(struct options *options)
{
    g_autoptr(GPtrArray) probes = g_ptr_array_new();
    if (!named_probes(options->arguments, probes))
        return EXIT_USAGE;
    if (options->formats || options->language) {
        print_language(options);
        return EXIT_MET;
    }
    if (options->json) {
        print_json(probes);
        return EXIT_MET;
    }
    for (guint i = 0; i < probes->len; i++) {
        const struct probe *probe = g_ptr_array_index(probes, i);
        if (options->man)
            print_man(probe);
        else if (options->arguments)
            print_text(probe);
        else
            printf("%-18s %s\n", probe->name, probe->summary);
    }
    return EXIT_MET;
}
