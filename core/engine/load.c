/* Walks checks directories and puts the files together. Knows folders and which file replaces which; what is inside a
 * file is known by load_*.c. */
#include "engine/load.h"

#include "engine/compiled.h"
#include "engine/load_folders.h"
#include "model/error.h"
#include "model/jobs.h"
#include "model/suggest.h"

#include <string.h>
#include <sys/stat.h>

#define THREADS_MAX 8

/* One YAML file on its way: read on any thread, understood on any when it holds rules, put in its place by one. */
struct load_file {
    const char *folder; /* one of load_folders[] */
    char *path, *name;  /* name: without .yaml */
    bool rules;         /* a module of rules, of `layer` */
    enum layer layer;
    json_object *tree;      /* NULL: could not be read */
    char *replaces;         /* the name that it may take from an earlier directory; NULL */
    GPtrArray *diagnostics; /* struct diagnostic */
    struct module *module;  /* NULL: refused */
};

struct loader {
    struct content *content;
    GPtrArray *files;       /* struct load_file of the directory at hand */
    GPtrArray *seen;        /* char *: device and inode of every directory */
    GHashTable *modules;    /* "layer/name" -> struct module, owned until it is published */
    GHashTable *benchmarks; /* id -> struct benchmark */
    GHashTable *profiles;   /* id -> struct profile */
    bool unwanted[LAYER_COUNT];
    bool read; /* some directory was read from its YAML files */
};

static void fault_free(gpointer data)
{
    g_error_free(data);
}

static void add_daemon(struct loader *loader, const struct load_file *file, struct complaints *to)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(fault_free);
    const struct load_place place = {"daemon", "", file->name, file->replaces};
    if (!load_may_place(daemons_find(loader->content->daemons, file->name) != NULL, &place, to))
        return;
    daemons_add_telling(loader->content->daemons, to->file, file->tree, faults);
    for (guint i = 0; i < faults->len; i++)
        complain_error(to, g_ptr_array_index(faults, i));
}

/* `value` is NULL when it was refused. */
static void put(GHashTable *table, gpointer value, GDestroyNotify destroy, const struct load_place *place,
                struct complaints *to)
{
    g_autofree char *key = g_strconcat(place->folder, place->name, NULL);
    if (value && load_may_place(g_hash_table_contains(table, key), place, to))
        g_hash_table_replace(table, g_steal_pointer(&key), value);
    else if (value)
        destroy(value);
}

static void add_tree(struct loader *loader, const struct load_file *file, struct complaints *to)
{
    if (g_str_equal(file->folder, "daemons")) {
        add_daemon(loader, file, to);
    } else if (g_str_equal(file->folder, "benchmarks")) {
        const struct load_place place = {"benchmark", "", file->name, file->replaces};
        put(loader->benchmarks, load_benchmark(file->tree, file->name, to), benchmark_free, &place, to);
    } else {
        const struct load_place place = {"profile", "", file->name, file->replaces};
        put(loader->profiles, load_profile(file->tree, file->name, to), profile_free, &place, to);
    }
}

/* Says once, after the details, that the file as a whole counts for nothing. */
static void say_refused(struct complaints *to, const char *folder, const char *name)
{
    enum layer layer = LAYER_CODE;
    if (!to->errors || !layer_parse(folder, &layer))
        return;
    struct position at = {.file = to->file, .line = 1, .column = 1};
    if (to->errors > COMPLAINTS_MAX)
        complain_at(to, at, DIAGNOSTIC_NOTE, "%u more errors in this file", to->errors - COMPLAINTS_MAX);
    complain_at(to, at, DIAGNOSTIC_NOTE, "module %s is refused: none of its rules runs", name);
}

static void load_file_free(gpointer data)
{
    struct load_file *file = data;
    g_free(file->path);
    g_free(file->name);
    g_free(file->replaces);
    json_object_put(file->tree);
    g_ptr_array_unref(file->diagnostics);
    g_free(file);
}

static void queue_file(struct loader *loader, const char *folder, const char *path, const char *name)
{
    struct load_file *file = g_new0(struct load_file, 1);
    file->folder = folder;
    file->path = g_strdup(path);
    file->name = g_strdup(name);
    file->rules = layer_parse(folder, &file->layer);
    file->diagnostics = g_ptr_array_new_with_free_func(diagnostic_free);
    g_ptr_array_add(loader->files, file);
}

/* Runs on several threads: touches its own file alone. */
static void read_tree(gpointer data, gpointer unused)
{
    (void)unused;
    struct load_file *file = data;
    struct complaints to = {.file = g_intern_string(file->path), .list = file->diagnostics};
    g_autoptr(GError) error = NULL;
    file->tree = content_read_yaml(file->path, &error);
    if (file->tree)
        file->replaces = load_take_replaces(file->tree, &to);
    if (!error)
        return;
    complain_error(&to, error);
    if (file->rules)
        say_refused(&to, file->folder, file->name);
}

/* Runs on several threads: touches its own file, and reads the daemons. */
static void understand_rules(gpointer data, gpointer daemons)
{
    struct load_file *file = data;
    struct complaints to = {.file = g_intern_string(file->path), .list = file->diagnostics};
    if (!file->rules || !file->tree)
        return;
    file->module = load_module(file->tree, file->layer, file->name, daemons, &to);
    say_refused(&to, file->folder, file->name);
    g_clear_pointer(&file->tree, json_object_put);
}

/* GLib makes its C locale when the first number is read. A thread that has to wait for another to make it finds errno
 * set, and g_ascii_string_to_signed() then takes a good number for none. So it is made before there are threads. */
static void make_locale(void)
{
    (void)g_ascii_strtoll("0", NULL, 10);
}

static void for_each_file(const GPtrArray *files, GFunc function, gpointer data)
{
    make_locale();
    jobs_run(files, MIN(g_get_num_processors(), THREADS_MAX), function, data);
}

/* In the order of the queue: what is understood is kept, what was said is told. */
static void settle_file(struct loader *loader, struct load_file *file)
{
    struct complaints to = {.file = g_intern_string(file->path), .list = loader->content->diagnostics};
    g_ptr_array_extend_and_steal(to.list, file->diagnostics);
    file->diagnostics = g_ptr_array_new();
    if (!file->rules)
        return;
    g_autofree char *folder = g_strconcat(file->folder, "/", NULL);
    const struct load_place place = {"module", folder, file->name, file->replaces};
    put(loader->modules, file->module, module_free, &place, &to);
    say_refused(&to, file->folder, file->name);
}

/* Rules name daemons and are checked against them, so the daemons come in between. */
static void load_queue(struct loader *loader)
{
    for_each_file(loader->files, read_tree, NULL);
    for (guint i = 0; i < loader->files->len; i++) {
        const struct load_file *file = g_ptr_array_index(loader->files, i);
        struct complaints to = {.file = g_intern_string(file->path), .list = file->diagnostics};
        if (file->tree && !file->rules)
            add_tree(loader, file, &to);
    }
    for_each_file(loader->files, understand_rules, loader->content->daemons);
    for (guint i = 0; i < loader->files->len; i++)
        settle_file(loader, g_ptr_array_index(loader->files, i));
    g_ptr_array_set_size(loader->files, 0);
}

static void load_entry(struct loader *loader, const char *folder, const char *directory, const char *entry)
{
    struct complaints to = {.list = loader->content->diagnostics};
    g_autofree char *path = g_build_filename(directory, entry, NULL);
    if (g_str_has_suffix(entry, ".yaml") && *entry != '.') {
        g_autofree char *name = g_strndup(entry, strlen(entry) - strlen(".yaml"));
        queue_file(loader, folder, path, name);
    } else if (g_str_has_suffix(entry, ".yml") || g_str_has_suffix(entry, ".YAML")) {
        to.file = g_intern_string(path);
        complain_at(&to, (struct position){.file = to.file, .line = 1, .column = 1}, DIAGNOSTIC_WARNING,
                    "not loaded: rule files end in .yaml");
    }
}

static void load_folder(struct loader *loader, const char *directory, const char *folder)
{
    g_autofree char *path = g_build_filename(directory, folder, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = load_names_in(path, &error);
    struct complaints to = {.file = g_intern_string(path), .list = loader->content->diagnostics};
    if (error && !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
        complain_at(&to, (struct position){.file = to.file}, DIAGNOSTIC_ERROR, "%s", error->message);
    for (guint i = 0; names && i < names->len; i++)
        load_entry(loader, folder, path, g_ptr_array_index(names, i));
}

/* A folder that is nearly one of ours is a typo that would silence its rules. */
static void warn_folders(struct loader *loader, const char *directory, const GPtrArray *names)
{
    struct complaints to = {.file = g_intern_string(directory), .list = loader->content->diagnostics};
    bool any = false;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        bool known = g_strv_contains(load_folders, name);
        any = any || known;
        g_autofree char *clause = known ? g_strdup("") : suggest_clause(name, load_folders);
        if (*clause)
            complain_at(&to, (struct position){.file = to.file, .line = 1, .column = 1}, DIAGNOSTIC_WARNING,
                        "the folder \"%s\" is not loaded%s", name, clause);
    }
    if (!any)
        complain_at(&to, (struct position){.file = to.file, .line = 1, .column = 1}, DIAGNOSTIC_WARNING,
                    "holds none of the folders code, container, cluster, cloud, daemons, benchmarks, profiles");
}

/* The same directory may be named twice (the stock one and --checks): it is loaded once. */
static bool seen_before(struct loader *loader, const char *directory)
{
    struct stat st;
    if (stat(directory, &st) < 0)
        return false;
    g_autofree char *id = g_strdup_printf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    for (guint i = 0; i < loader->seen->len; i++)
        if (g_str_equal(g_ptr_array_index(loader->seen, i), id))
            return true;
    g_ptr_array_add(loader->seen, g_steal_pointer(&id));
    return false;
}

static json_object *tree_of_part(gconstpointer part)
{
    struct unpack from = *(const struct unpack *)part;
    json_object *tree = unpack_tree(&from);
    json_object *replaces = tree_member(tree, "replaces");
    if (replaces)
        json_object_object_del(tree, "replaces");
    return tree;
}

/* What the folder's YAML files would give. False when no compiled file stands for them. */
static bool load_compiled(struct loader *loader, const char *path, const char *directory)
{
    const char *why = NULL;
    pl_auto(compiled) compiled = path ? compiled_read(path, directory, loader->unwanted, &why) : NULL;
    if (!compiled)
        return false;
    g_ptr_array_add(loader->content->compiled, g_bytes_ref(compiled->bytes));
    while (compiled->modules->len) {
        struct module *module = g_ptr_array_steal_index(compiled->modules, compiled->modules->len - 1);
        g_hash_table_replace(loader->modules, g_strdup_printf("%s/%s", layer_name(module->layer), module->name),
                             module);
    }
    while (compiled->benchmarks->len) {
        struct benchmark *one = g_ptr_array_steal_index(compiled->benchmarks, compiled->benchmarks->len - 1);
        g_hash_table_replace(loader->benchmarks, g_strdup(one->id), one);
    }
    while (compiled->profiles->len) {
        struct profile *one = g_ptr_array_steal_index(compiled->profiles, compiled->profiles->len - 1);
        g_hash_table_replace(loader->profiles, g_strdup(one->id), one);
    }
    for (guint i = 0; i < compiled->daemons->len; i++) {
        const struct compiled_daemon *daemon = g_ptr_array_index(compiled->daemons, i);
        daemons_add_later(loader->content->daemons, daemon->name, daemon->file, tree_of_part,
                          g_memdup2(&daemon->tree, sizeof daemon->tree), g_free);
    }
    return true;
}

static bool load_directory(struct loader *loader, const char *directory, GError **error)
{
    if (seen_before(loader, directory))
        return true;
    loader->read = true;
    g_autoptr(GPtrArray) names = load_names_in(directory, error);
    if (!names)
        return false;
    warn_folders(loader, directory, names);
    for (size_t i = 0; load_folders[i]; i++) {
        enum layer layer = LAYER_CODE;
        if (!layer_parse(load_folders[i], &layer) || !loader->unwanted[layer])
            load_folder(loader, directory, load_folders[i]);
    }
    load_queue(loader);
    return true;
}

static int by_layer_and_name(const void *a, const void *b)
{
    const struct module *left = *(const struct module *const *)a, *right = *(const struct module *const *)b;
    if (left->layer != right->layer)
        return left->layer < right->layer ? -1 : 1;
    return strcmp(left->name, right->name);
}

static int by_rule_id(const void *a, const void *b)
{
    return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

/* Another module, or an earlier place in this one, may have the id already. */
static bool ids_are_new(const struct content *content, const struct module *module)
{
    g_autoptr(GHashTable) own = g_hash_table_new(g_str_hash, g_str_equal);
    struct complaints to = {.file = module->file, .list = content->diagnostics};
    for (guint i = 0; i < module->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(module->rules, i);
        const struct rule *other = g_hash_table_lookup(content->by_id, rule->id);
        if (!other)
            other = g_hash_table_lookup(own, rule->id);
        if (other)
            complain_at(&to, rule->at, DIAGNOSTIC_ERROR, "rule id \"%s\" is taken already, at %s:%u", rule->id,
                        other->at.file, other->at.line);
        to.errors += other != NULL;
        g_hash_table_insert(own, rule->id, rule);
    }
    say_refused(&to, layer_name(module->layer), module->name);
    return !to.errors;
}

static bool room_for(const struct content *content, const struct module *module)
{
    if (content->rules->len + module->rules->len <= RULES_MAX)
        return true;
    struct complaints to = {.file = module->file, .list = content->diagnostics};
    complain_at(&to, (struct position){.file = to.file, .line = 1, .column = 1}, DIAGNOSTIC_ERROR,
                "module %s is refused: there would be more than %d rules", module->name, RULES_MAX);
    return false;
}

static void publish_module(struct content *content, struct module *module)
{
    if (!ids_are_new(content, module) || !room_for(content, module)) {
        module_free(module);
        return;
    }
    guint first = content->rules->len;
    g_ptr_array_add(content->modules, module);
    for (guint i = 0; i < module->rules->len; i++) {
        struct rule *rule = g_ptr_array_index(module->rules, i);
        g_hash_table_insert(content->by_id, rule->id, rule);
        g_ptr_array_add(content->rules, rule);
    }
    if (module->rules->len)
        qsort(content->rules->pdata + first, module->rules->len, sizeof(gpointer), by_rule_id);
}

static int by_profile_id(const void *a, const void *b)
{
    return strcmp((*(const struct profile *const *)a)->id, (*(const struct profile *const *)b)->id);
}

static int by_benchmark_id(const void *a, const void *b)
{
    return strcmp((*(const struct benchmark *const *)a)->id, (*(const struct benchmark *const *)b)->id);
}

static void move_values(GHashTable *from, GPtrArray *to, GCompareFunc compare)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_ptr_array_add(to, value);
        g_hash_table_iter_steal(&iter);
        g_free(key);
    }
    g_ptr_array_sort(to, compare);
}

static void publish(struct loader *loader)
{
    struct content *content = loader->content;
    g_autoptr(GPtrArray) modules = g_ptr_array_new();
    move_values(loader->modules, modules, by_layer_and_name);
    move_values(loader->benchmarks, content->benchmarks, by_benchmark_id);
    move_values(loader->profiles, content->profiles, by_profile_id);
    for (guint i = 0; i < modules->len; i++)
        publish_module(content, g_ptr_array_index(modules, i));
    /* Compiled rules were found right, with their benchmarks and profiles. */
    if (loader->read)
        load_cross_check(content);
}

static int by_place(const void *a, const void *b)
{
    const struct diagnostic *left = *(const struct diagnostic *const *)a;
    const struct diagnostic *right = *(const struct diagnostic *const *)b;
    int d = strcmp(left->at.file, right->at.file);
    if (d)
        return d;
    if (left->at.line != right->at.line)
        return left->at.line < right->at.line ? -1 : 1;
    if (left->at.column != right->at.column)
        return left->at.column < right->at.column ? -1 : 1;
    return strcmp(left->message, right->message);
}

/* A module's common `applies` is tried with every rule: the same words at the same place are said once. */
static void sort_diagnostics(GPtrArray *list)
{
    g_ptr_array_sort(list, by_place);
    for (guint i = list->len; i-- > 1;) {
        const struct diagnostic *one = g_ptr_array_index(list, i), *before = g_ptr_array_index(list, i - 1);
        if (by_place(&one, &before) == 0)
            g_ptr_array_remove_index(list, i);
    }
}

/* Nothing is left out for a name that is no layer: choosing rules tells what is wrong with it. */
static void leave_out(struct loader *loader, const char *const *layers)
{
    bool wanted[LAYER_COUNT] = {false};
    enum layer layer = LAYER_CODE;
    for (const char *const *name = layers; *name; name++) {
        if (!layer_parse(*name, &layer))
            return;
        wanted[layer] = true;
    }
    for (int i = 0; i < LAYER_COUNT; i++)
        loader->unwanted[i] = !wanted[i];
    loader->content->partial = true;
}

struct content *content_load(const char *const *dirs, GError **error)
{
    return content_load_from(&(struct content_sources){.dirs = dirs}, error);
}

struct content *content_load_from(const struct content_sources *sources, GError **error)
{
    pl_auto(content) content = content_new();
    g_autoptr(GHashTable) modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, module_free);
    g_autoptr(GHashTable) benchmarks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, benchmark_free);
    g_autoptr(GHashTable) profiles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, profile_free);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(load_file_free);
    struct loader loader = {content, files, seen, modules, benchmarks, profiles, {false}, false};
    const char *const *dirs = sources->dirs;
    if (sources->layers && *sources->layers)
        leave_out(&loader, sources->layers);
    if (dirs && *dirs && load_compiled(&loader, sources->compiled, *dirs)) {
        seen_before(&loader, *dirs);
        dirs++;
    }
    for (; dirs && *dirs; dirs++)
        if (!load_directory(&loader, *dirs, error))
            return NULL;
    publish(&loader);
    sort_diagnostics(content->diagnostics);
    return g_steal_pointer(&content);
}
