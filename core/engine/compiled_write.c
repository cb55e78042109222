/* Writes what compiled_read.c reads: both name the members of a struct in the same order. */
#include "engine/compiled.h"

#include "engine/load.h"
#include "model/error.h"
#include "model/pack.h"

#include <string.h>

struct compiled_writing {
    const char *directory;
    GByteArray *to;
};

/* Places are told below the folder, wherever it will lie. */
static const char *below(const struct compiled_writing *writing, const char *file)
{
    size_t n = strlen(writing->directory);
    return strncmp(file, writing->directory, n) == 0 && file[n] == '/' ? file + n + 1 : file;
}

static void write_place(GByteArray *to, struct position at)
{
    pack_number(to, at.line);
    pack_number(to, at.column);
}

static void write_check(GByteArray *to, const struct check *check)
{
    pack_number(to, check->kind);
    if (check->kind != CHECK_TEST) {
        pack_number(to, check->children->len);
        for (guint i = 0; i < check->children->len; i++)
            write_check(to, g_ptr_array_index(check->children, i));
        return;
    }
    const struct test *test = check->test;
    pack_text(to, test->probe->name);
    pack_tree(to, test->object);
    pack_tree(to, test->expect);
    pack_number(to, test->existence);
    pack_number(to, test->match);
    pack_number(to, test->has_absent);
    pack_number(to, test->absent);
    pack_number(to, test->live);
    pack_text(to, test->finding);
    pack_text(to, test->missing);
    write_place(to, test->at);
}

static void write_texts(GByteArray *to, const GPtrArray *texts)
{
    pack_number(to, texts->len);
    for (guint i = 0; i < texts->len; i++)
        pack_text(to, g_ptr_array_index(texts, i));
}

static void write_references(GByteArray *to, const GPtrArray *references)
{
    pack_number(to, references->len);
    for (guint i = 0; i < references->len; i++) {
        const struct reference *reference = g_ptr_array_index(references, i);
        pack_text(to, reference->benchmark);
        pack_text(to, reference->control);
        pack_number(to, (uint64_t)reference->level);
        pack_number(to, reference->inherited);
    }
}

/* What is made when it is asked for; an empty part: there is none. */
static void write_check_part(GByteArray *to, const struct check *check)
{
    g_autoptr(GByteArray) part = g_byte_array_new();
    if (check)
        write_check(part, check);
    pack_part(to, part);
}

static void write_variant(GByteArray *to, const json_object *variant)
{
    g_autoptr(GByteArray) part = g_byte_array_new();
    if (variant)
        pack_tree(part, variant);
    pack_part(to, part);
}

static void write_fixes(GByteArray *to, const GPtrArray *fixes)
{
    pack_number(to, fixes->len);
    for (guint i = 0; i < fixes->len; i++) {
        const struct rule_fix *fix = g_ptr_array_index(fixes, i);
        pack_tree(to, fix->condition);
        pack_text(to, fix->words.text);
        pack_text(to, fix->words.shell);
        pack_text(to, fix->words.ansible);
        pack_text(to, fix->words.undo);
        pack_text(to, fix->words.warning);
    }
}

static void write_rule(GByteArray *to, const struct rule *rule)
{
    const char *const texts[] = {rule->id,      rule->title,    rule->rationale, rule->family,
                                 rule->manual,  rule->ability,  rule->each,      rule->finding,
                                 rule->missing, rule->expected, rule->acts_as};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        pack_text(to, texts[i]);
    pack_number(to, rule->severity);
    pack_number(to, rule->informational);
    pack_number(to, rule->settles);
    write_references(to, rule->references);
    write_texts(to, rule->tags);
    write_texts(to, rule->implies);
    write_texts(to, rule->because);
    write_place(to, rule->at);
    write_fixes(to, rule->fixes);
    write_variant(to, rule_variant(rule));
    write_check_part(to, rule_applies(rule));
    write_check_part(to, rule_check(rule));
}

static void write_values(GByteArray *to, const GPtrArray *values)
{
    pack_number(to, values->len);
    for (guint i = 0; i < values->len; i++) {
        const struct value_declaration *value = g_ptr_array_index(values, i);
        pack_text(to, value->name);
        pack_text(to, value->title);
        pack_tree(to, value->fallback);
    }
}

static void write_implications(GByteArray *to, const GPtrArray *implications)
{
    pack_number(to, implications->len);
    for (guint i = 0; i < implications->len; i++) {
        const struct implication *implication = g_ptr_array_index(implications, i);
        pack_text(to, implication->ability);
        write_texts(to, implication->implied);
        write_place(to, implication->at);
    }
}

static void write_module(const struct compiled_writing *writing, const struct module *module)
{
    g_autoptr(GByteArray) rules = g_byte_array_new();
    pack_text(writing->to, module->name);
    pack_text(writing->to, module->title);
    pack_text(writing->to, below(writing, module->file));
    pack_number(writing->to, module->layer);
    write_values(writing->to, module->values);
    write_implications(writing->to, module->implications);
    pack_number(rules, module->rules->len);
    for (guint i = 0; i < module->rules->len; i++)
        write_rule(rules, g_ptr_array_index(module->rules, i));
    pack_part(writing->to, rules);
}

static void write_benchmark(const struct compiled_writing *writing, const struct benchmark *benchmark)
{
    pack_text(writing->to, benchmark->id);
    pack_text(writing->to, benchmark->title);
    pack_text(writing->to, below(writing, benchmark->at.file));
    write_place(writing->to, benchmark->at);
    pack_number(writing->to, benchmark->controls->len);
    for (guint i = 0; i < benchmark->controls->len; i++) {
        const struct control *control = g_ptr_array_index(benchmark->controls, i);
        pack_text(writing->to, control->id);
        pack_text(writing->to, control->title);
        pack_text(writing->to, control->met);
        pack_text(writing->to, control->as);
        pack_number(writing->to, (uint64_t)control->level);
        pack_number(writing->to, control->manual);
    }
}

static void write_profile(const struct compiled_writing *writing, const struct profile *profile)
{
    pack_text(writing->to, profile->id);
    pack_text(writing->to, profile->title);
    pack_text(writing->to, profile->description);
    pack_text(writing->to, below(writing, profile->at.file));
    write_place(writing->to, profile->at);
    write_texts(writing->to, profile->include);
    write_texts(writing->to, profile->exclude);
    pack_tree(writing->to, profile->values);
}

/* Descriptions of daemons are small, and read again from their trees. */
static bool write_daemons(const struct compiled_writing *writing, const struct content *content, GError **error)
{
    g_autofree const char **names = daemons_names(content->daemons);
    pack_number(writing->to, g_strv_length((char **)(uintptr_t)names));
    for (const char **name = names; *name; name++) {
        g_autoptr(GByteArray) part = g_byte_array_new();
        g_autofree char *file = g_strdup_printf("daemons/%s.yaml", *name);
        g_autofree char *path = g_build_filename(writing->directory, file, NULL);
        pl_autojson json_object *tree = content_read_yaml(path, error);
        if (!tree)
            return false;
        pack_tree(part, tree);
        pack_text(writing->to, *name);
        pack_text(writing->to, file);
        pack_part(writing->to, part);
    }
    return true;
}

static bool is_flawless(const struct content *content, GError **error)
{
    const GPtrArray *diagnostics = content_diagnostics(content);
    if (!diagnostics->len)
        return true;
    g_autofree char *text = diagnostic_text(g_ptr_array_index(diagnostics, 0));
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%s", text);
    return false;
}

static bool write_body(const struct compiled_writing *writing, const struct content *content, GError **error)
{
    pack_number(writing->to, content->modules->len);
    for (guint i = 0; i < content->modules->len; i++)
        write_module(writing, g_ptr_array_index(content->modules, i));
    pack_number(writing->to, content->benchmarks->len);
    for (guint i = 0; i < content->benchmarks->len; i++)
        write_benchmark(writing, g_ptr_array_index(content->benchmarks, i));
    pack_number(writing->to, content->profiles->len);
    for (guint i = 0; i < content->profiles->len; i++)
        write_profile(writing, g_ptr_array_index(content->profiles, i));
    return write_daemons(writing, content, error);
}

static void append_word(GByteArray *to, uint64_t word)
{
    word = GUINT64_TO_LE(word);
    g_byte_array_append(to, (const guint8 *)&word, sizeof word);
}

GByteArray *compiled_write(const char *directory, GError **error)
{
    const char *const dirs[] = {directory, NULL};
    uint64_t folder = compiled_folder(directory);
    pl_auto(content) content = content_load(dirs, error);
    g_autoptr(GByteArray) body = g_byte_array_new();
    const struct compiled_writing writing = {directory, body};
    if (content && !folder) {
        g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "%s: not all of it could be read", directory);
        return NULL;
    }
    if (!content || !is_flawless(content, error) || !write_body(&writing, content, error))
        return NULL;
    GByteArray *whole = g_byte_array_new();
    append_word(whole, COMPILED_MAGIC);
    append_word(whole, compiled_program());
    append_word(whole, folder);
    append_word(whole, compiled_sum(body->data, body->len, COMPILED_MAGIC));
    g_byte_array_append(whole, body->data, body->len);
    return whole;
}
