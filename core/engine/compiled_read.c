/* Reads what compiled_write.c writes, but for checks and variants (compiled_parts.c): both name the members of a struct
 * in the same order. */
#include "engine/compiled.h"

#include "engine/fix.h"

#include "model/pack.h"

#include <string.h>

#define HEADER_WORDS 4U

struct compiled_reading {
    struct unpack from;
    const char *directory;
};

static char *text_of(struct unpack *from)
{
    return g_strdup(unpack_text(from));
}

/* "CHECKS/cloud/ssh.yaml", interned. */
static const char *file_of(struct compiled_reading *reading)
{
    const char *name = unpack_text(&reading->from);
    g_autofree char *path = g_build_filename(reading->directory, name ? name : "", NULL);
    return g_intern_string(path);
}

/* ---- rules ---- */

static GPtrArray *read_references(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    GPtrArray *list = g_ptr_array_new_full((guint)MIN(n, 64), reference_free);
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        const char *benchmark = unpack_text(from), *control = unpack_text(from);
        struct reference *reference =
            reference_new(benchmark ? benchmark : "", control ? control : "", (int)unpack_number(from));
        reference->inherited = unpack_number(from) != 0;
        g_ptr_array_add(list, reference);
    }
    return list;
}

static GPtrArray *read_texts(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    GPtrArray *list = g_ptr_array_new_full((guint)MIN(n, 64), g_free);
    for (uint64_t i = 0; i < n && !from->broken; i++)
        g_ptr_array_add(list, text_of(from));
    return list;
}

static GPtrArray *read_fixes(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    GPtrArray *list = g_ptr_array_new_full((guint)MIN(n, 64), rule_fix_free);
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        struct rule_fix *fix = g_new0(struct rule_fix, 1);
        fix->condition = unpack_tree(from);
        fix->words.text = text_of(from);
        fix->words.shell = text_of(from);
        fix->words.ansible = text_of(from);
        fix->words.undo = text_of(from);
        fix->words.warning = text_of(from);
        g_ptr_array_add(list, fix);
    }
    return list;
}

static struct rule *read_rule(struct unpack *from, const struct module *module)
{
    struct rule *rule = g_new0(struct rule, 1);
    char **const texts[] = {&rule->id,      &rule->title,    &rule->rationale, &rule->family,
                            &rule->manual,  &rule->ability,  &rule->each,      &rule->finding,
                            &rule->missing, &rule->expected, &rule->acts_as};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = text_of(from);
    rule->severity = (enum severity)unpack_number(from);
    rule->informational = unpack_number(from) != 0;
    rule->settles = unpack_number(from) != 0;
    rule->references = read_references(from);
    rule->tags = read_texts(from);
    rule->implies = read_texts(from);
    rule->because = read_texts(from);
    rule->at = compiled_place(from, module->file);
    rule->fixes = read_fixes(from);
    rule->packed_variant = unpack_part(from);
    rule->packed_applies = unpack_part(from);
    rule->packed_check = unpack_part(from);
    rule->module = module;
    rule->values = module->values;
    return rule;
}

/* ---- modules, benchmarks, profiles, daemons ---- */

static GPtrArray *read_values(struct unpack *from)
{
    uint64_t n = unpack_number(from);
    GPtrArray *list = g_ptr_array_new_with_free_func(value_declaration_free);
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        struct value_declaration *value = g_new0(struct value_declaration, 1);
        value->name = text_of(from);
        value->title = text_of(from);
        value->fallback = unpack_tree(from);
        g_ptr_array_add(list, value);
    }
    return list;
}

static GPtrArray *read_implications(struct unpack *from, const char *file)
{
    uint64_t n = unpack_number(from);
    GPtrArray *list = g_ptr_array_new_with_free_func(implication_free);
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        struct implication *implication = g_new0(struct implication, 1);
        implication->ability = text_of(from);
        implication->implied = read_texts(from);
        implication->at = compiled_place(from, file);
        g_ptr_array_add(list, implication);
    }
    return list;
}

/* NULL when its layer is not wanted. */
static struct module *read_module(struct compiled_reading *reading, const bool unwanted[LAYER_COUNT])
{
    struct module *module = g_new0(struct module, 1);
    module->name = text_of(&reading->from);
    module->title = text_of(&reading->from);
    module->file = file_of(reading);
    uint64_t layer = unpack_number(&reading->from);
    module->layer = (enum layer)MIN(layer, LAYER_COUNT - 1); /* MIN() would read twice */
    module->values = read_values(&reading->from);
    module->implications = read_implications(&reading->from, module->file);
    module->rules = g_ptr_array_new_with_free_func(rule_free);
    struct unpack rules = unpack_part(&reading->from);
    uint64_t n = unwanted[module->layer] ? 0 : unpack_number(&rules);
    for (uint64_t i = 0; i < n && !rules.broken; i++)
        g_ptr_array_add(module->rules, read_rule(&rules, module));
    reading->from.broken = reading->from.broken || rules.broken;
    if (!unwanted[module->layer])
        return module;
    module_free(module);
    return NULL;
}

static struct benchmark *read_benchmark(struct compiled_reading *reading)
{
    struct unpack *from = &reading->from;
    struct benchmark *benchmark = g_new0(struct benchmark, 1);
    benchmark->id = text_of(from);
    benchmark->title = text_of(from);
    const char *file = file_of(reading);
    benchmark->at = compiled_place(from, file);
    benchmark->controls = g_ptr_array_new_with_free_func(control_free);
    uint64_t n = unpack_number(from);
    for (uint64_t i = 0; i < n && !from->broken; i++) {
        struct control *control = g_new0(struct control, 1);
        control->id = text_of(from);
        control->title = text_of(from);
        control->met = text_of(from);
        control->as = text_of(from);
        control->level = (int)unpack_number(from);
        control->manual = unpack_number(from) != 0;
        g_ptr_array_add(benchmark->controls, control);
    }
    return benchmark;
}

static struct profile *read_profile(struct compiled_reading *reading)
{
    struct unpack *from = &reading->from;
    struct profile *profile = g_new0(struct profile, 1);
    profile->id = text_of(from);
    profile->title = text_of(from);
    profile->description = text_of(from);
    const char *file = file_of(reading);
    profile->at = compiled_place(from, file);
    profile->include = read_texts(from);
    profile->exclude = read_texts(from);
    profile->values = unpack_tree(from);
    return profile;
}

static struct compiled_daemon *read_daemon(struct compiled_reading *reading)
{
    struct compiled_daemon *daemon = g_new0(struct compiled_daemon, 1);
    daemon->name = unpack_text(&reading->from);
    daemon->file = file_of(reading);
    daemon->tree = unpack_part(&reading->from);
    return daemon;
}

static bool read_body(struct compiled_reading *reading, const bool unwanted[LAYER_COUNT], struct compiled *compiled)
{
    struct unpack *from = &reading->from;
    for (uint64_t n = unpack_number(from); n && !from->broken; n--) {
        struct module *module = read_module(reading, unwanted);
        if (module)
            g_ptr_array_add(compiled->modules, module);
    }
    for (uint64_t n = unpack_number(from); n && !from->broken; n--)
        g_ptr_array_add(compiled->benchmarks, read_benchmark(reading));
    for (uint64_t n = unpack_number(from); n && !from->broken; n--)
        g_ptr_array_add(compiled->profiles, read_profile(reading));
    for (uint64_t n = unpack_number(from); n && !from->broken; n--)
        g_ptr_array_add(compiled->daemons, read_daemon(reading));
    return !from->broken && from->at == from->end;
}

/* ---- the file ---- */

static uint64_t word_at(const uint8_t *bytes, unsigned i)
{
    uint64_t word = 0;
    memcpy(&word, bytes + sizeof word * i, sizeof word);
    return GUINT64_FROM_LE(word);
}

/* Why it cannot stand for the folder; NULL when it does. */
static const char *refusal(const uint8_t *bytes, gsize n, const char *directory)
{
    const gsize header = HEADER_WORDS * sizeof(uint64_t);
    if (n < header || word_at(bytes, 0) != COMPILED_MAGIC)
        return "is no file of compiled rules";
    if (word_at(bytes, 1) != compiled_program())
        return "is of another plumbline";
    if (word_at(bytes, 3) != compiled_sum(bytes + header, n - header, COMPILED_MAGIC))
        return "is damaged";
    uint64_t folder = compiled_folder(directory);
    return folder && word_at(bytes, 2) == folder ? NULL : "is not of the rules as they are";
}

static struct compiled *compiled_new(GBytes *bytes)
{
    struct compiled *compiled = g_new0(struct compiled, 1);
    compiled->bytes = g_bytes_ref(bytes);
    compiled->modules = g_ptr_array_new_with_free_func(module_free);
    compiled->benchmarks = g_ptr_array_new_with_free_func(benchmark_free);
    compiled->profiles = g_ptr_array_new_with_free_func(profile_free);
    compiled->daemons = g_ptr_array_new_with_free_func(g_free);
    return compiled;
}

void compiled_free(struct compiled *compiled)
{
    if (!compiled)
        return;
    g_ptr_array_unref(compiled->modules);
    g_ptr_array_unref(compiled->benchmarks);
    g_ptr_array_unref(compiled->profiles);
    g_ptr_array_unref(compiled->daemons);
    g_bytes_unref(compiled->bytes);
    g_free(compiled);
}

struct compiled *compiled_read(const char *path, const char *directory, const bool unwanted[LAYER_COUNT],
                               const char **why)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    g_autoptr(GBytes) bytes = file ? g_mapped_file_get_bytes(file) : NULL;
    gsize n = 0;
    const uint8_t *data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
    *why = data ? refusal(data, n, directory) : "could not be read";
    if (*why)
        return NULL;
    const gsize header = HEADER_WORDS * sizeof(uint64_t);
    struct compiled_reading reading = {{data + header, data + n, false}, directory};
    pl_auto(compiled) compiled = compiled_new(bytes);
    if (read_body(&reading, unwanted, compiled))
        return g_steal_pointer(&compiled);
    *why = "is damaged";
    return NULL;
}
