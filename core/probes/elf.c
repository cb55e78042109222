/* ELF programs and libraries as items. Scripts and other files are left out: they are not what was asked for. */
#include "probes/probe.h"

#include "facts/file/elf_file.h"
#include "facts/process/sockets.h"
#include "host/process.h"
#include "host/walk.h"
#include "model/error.h"
#include "probes/common/object.h"
#include "probes/common/walk_problems.h"

#include <elf.h>
#include <string.h>

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .text = "files, absolute paths or globs", .subject = true},
    {.name = "of",
     .type = VALUE_STRING,
     .text = "instead of path: programs of running processes, setuid and setgid files, or programs that listen on the "
             "network",
     .choices = "processes setuid listening"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"type", VALUE_STRING, "pie, exec, library, relocatable or core"},
    {"static", VALUE_BOOL, "no dynamic loader"},
    {"pie", VALUE_BOOL, "position-independent executable; true for libraries too"},
    {"relro", VALUE_STRING, "full, partial or none"},
    {"nx", VALUE_BOOL, "the stack is not executable: PT_GNU_STACK present without X"},
    {"canary", VALUE_BOOL,
     "imports or defines __stack_chk_fail; null for programs whose functions need none is not told apart"},
    {"fortify", VALUE_BOOL, "imports fortified functions (*_chk)"},
    {"fortifiable", VALUE_BOOL, "imports functions that have a fortified twin"},
    {"rpath", VALUE_STRING, "DT_RPATH, null without"},
    {"runpath", VALUE_STRING, "DT_RUNPATH, null without"},
    {"search_path_unsafe", VALUE_BOOL, "rpath or runpath holds a relative, empty, world-writable or missing directory"},
    {"textrel", VALUE_BOOL, "has text relocations"},
    {"rwx", VALUE_BOOL, "a loadable segment is writable and executable"},
    {"ibt", VALUE_BOOL, "x86 IBT or ARM BTI is stated for the whole file"},
    {"shstk", VALUE_BOOL, "x86 shadow stack is stated for the whole file"},
    {"go", VALUE_BOOL, "built by Go"},
    {"setuid", VALUE_BOOL, "the file has S_ISUID or S_ISGID"},
    {.name = NULL},
};

#define FILES_MAX 2000

/* The files to look at, each once. */
struct elf_work {
    struct host *host;
    struct items *items;
    GHashTable *seen; /* "major:minor:inode", owned */
    bool whole_set;   /* of: paths come from the host, and a file that went away is no matter */
    bool full;
};

/* ---- fields ---- */

/* False when it could not be looked at. A missing directory may be made by somebody. */
/* *why: the first failure. */
static void look_at_directory(struct host *host, const char *path, bool *unsafe, GError **why)
{
    struct host_stat found;
    g_autoptr(GError) error = NULL;
    if (host_stat(host, path, &found, &error)) {
        *unsafe |= (found.mode & 0170000) != 0040000 || (found.mode & 02);
        return;
    }
    bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
    *unsafe |= absent;
    if (!absent && !*why)
        *why = g_steal_pointer(&error);
}

static char *replace_origin(const char *part, const char *file)
{
    g_autofree char *directory = g_path_get_dirname(file);
    g_autoptr(GString) text = g_string_new(part);
    g_string_replace(text, "${ORIGIN}", directory, 0);
    g_string_replace(text, "$ORIGIN", directory, 0);
    return g_strdup(text->str);
}

static void look_at_search_path(struct host *host, const char *search, const char *file, bool *unsafe, GError **why)
{
    g_auto(GStrv) parts = g_strsplit(search, ":", -1);
    for (char **part = parts; *part; part++) {
        g_autofree char *path = replace_origin(*part, file);
        if (path[0] != '/')
            *unsafe = true;
        else if (!strchr(path, '$')) /* $LIB and $PLATFORM name several directories */
            look_at_directory(host, path, unsafe, why);
    }
    if (!*search)
        *unsafe = true;
}

static void set_search_path(struct host *host, struct item *item, const struct elf_facts *facts, const char *file)
{
    bool unsafe = false;
    g_autoptr(GError) why = NULL;
    item_set_string(item, "rpath", facts->rpath);
    item_set_string(item, "runpath", facts->runpath);
    if (facts->rpath)
        look_at_search_path(host, facts->rpath, file, &unsafe, &why);
    if (facts->runpath)
        look_at_search_path(host, facts->runpath, file, &unsafe, &why);
    if (!why || unsafe)
        item_set_bool(item, "search_path_unsafe", unsafe);
    else
        item_unread_error(item, "search_path_unsafe", why);
}

/* Without PT_GNU_STACK the loader of a library makes the stack executable; for a program the kernel decides: on 64-bit
 * x86 and ARM not executable since Linux 5.8, executable elsewhere. */
static void set_stack(struct host *host, struct item *item, const struct elf_facts *facts)
{
    if (facts->kind == ELF_FILE_RELOCATABLE || facts->kind == ELF_FILE_CORE) {
        item_set(item, "nx", NULL);
        return;
    }
    if (facts->stack != ELF_STACK_UNSTATED) {
        item_set_bool(item, "nx", facts->stack == ELF_STACK_NX);
        return;
    }
    bool wide = facts->machine == EM_X86_64 || facts->machine == EM_AARCH64;
    if (facts->kind == ELF_FILE_LIBRARY || !wide) {
        item_set_bool(item, "nx", false);
        return;
    }
    g_autofree char *release = host_read_text(host, "/proc/sys/kernel/osrelease", NULL);
    if (release)
        item_set_bool(item, "nx", value_compare_versions(g_strchomp(release), "5.8") >= 0);
    else
        item_unread(item, "nx", "it has no PT_GNU_STACK, and the kernel that decides is not known");
}

static void set_symbols(struct item *item, const struct elf_facts *facts)
{
    static const char *const of_symbols[] = {"canary", "fortify", "fortifiable"};
    const bool values[] = {facts->canary, facts->fortify, facts->fortifiable};
    for (size_t i = 0; i < G_N_ELEMENTS(of_symbols); i++) {
        if (facts->has_symbols)
            item_set_bool(item, of_symbols[i], values[i]);
        else
            item_unread(item, of_symbols[i], "it has no symbol table");
    }
}

static void set_facts(struct host *host, struct item *item, const struct elf_facts *facts, const char *file)
{
    static const char *const kinds[] = {"exec", "pie", "library", "relocatable", "core"};
    static const char *const relros[] = {"none", "partial", "full"};
    bool loadable = facts->kind != ELF_FILE_RELOCATABLE && facts->kind != ELF_FILE_CORE;
    item_set_string(item, "type", kinds[facts->kind]);
    item_set_bool(item, "static", facts->is_static);
    item_set(item, "pie", loadable ? json_object_new_boolean(facts->kind != ELF_FILE_EXEC) : NULL);
    item_set_string(item, "relro", relros[facts->relro]);
    item_set_bool(item, "textrel", facts->textrel);
    item_set_bool(item, "rwx", facts->rwx);
    item_set_bool(item, "ibt", facts->ibt);
    item_set_bool(item, "shstk", facts->shstk);
    item_set_bool(item, "go", facts->go);
    set_stack(host, item, facts);
    set_symbols(item, facts);
    set_search_path(host, item, facts, file);
}

/* ---- files ---- */

/* Hard links and the same program of several processes count once. */
static bool is_new(struct elf_work *work, const struct host_stat *found)
{
    char *key = g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, found->dev, found->ino);
    return !found->ino || g_hash_table_add(work->seen, key);
}

static void add_problem(struct elf_work *work, const GError *error)
{
    bool other = g_error_matches(error, PL_ERROR, PL_ERROR_KIND);
    if (!other || !work->whole_set)
        items_problem_from_error(work->items, error);
}

static void add_file(struct elf_work *work, const char *path)
{
    struct host_stat found;
    struct elf_facts facts;
    g_autoptr(GError) error = NULL;
    if (work->full || !host_stat(work->host, path, &found, &error)) {
        if (error)
            items_problem_from_error(work->items, error);
        return;
    }
    if ((found.mode & 0170000) != 0100000 || !is_new(work, &found))
        return;
    if (work->items->list->len >= FILES_MAX) {
        work->full = true;
        items_problem(work->items, PROBLEM_ERROR, NULL, "more than %d ELF files", FILES_MAX);
        return;
    }
    pl_autofd int fd = host_open(work->host, path, HOST_REGULAR, &error);
    if (fd < 0) {
        add_problem(work, error);
        return;
    }
    if (!elf_facts_read(fd, path, &facts, &error)) {
        if (!g_error_matches(error, PL_ERROR, PL_ERROR_KIND))
            items_problem_from_error(work->items, error);
        return;
    }
    struct item *item = items_add(work->items, path);
    item_source_path(item, path, 0);
    item_set_string(item, "path", path);
    item_set_bool(item, "setuid", (found.mode & 06000) != 0);
    set_facts(work->host, item, &facts, path);
    elf_facts_clear(&facts);
}

static void add_paths(struct elf_work *work, char **paths)
{
    for (char **path = paths; *path; path++) {
        if (!host_is_glob(*path)) {
            add_file(work, *path);
            continue;
        }
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) found = host_glob(work->host, *path, &error);
        if (error)
            items_problem_from_error(work->items, error);
        for (char **one = found; one && *one; one++)
            add_file(work, *one);
    }
}

/* Programs that are not known. */
struct unread {
    unsigned count;
    GError *first; /* why */
};

/* NULL: it is known. */
static void note_unread(struct unread *unread, const GError *error)
{
    unread->count += error != NULL;
    if (error && !unread->first)
        unread->first = g_error_copy(error);
}

/* The program of a process where the process sees it; a replaced one cannot be opened by its name any more. */
static void add_program(struct elf_work *work, const struct process *process, struct unread *unread)
{
    if (process->kernel || !process_is_alive(process))
        return;
    if (!process->exe || host_link_is_deleted(process->exe) || process->exe[0] != '/') {
        g_autoptr(GError) error = process->exe ? NULL : host_process_failure(process, "exe");
        note_unread(unread, error);
        return;
    }
    g_autofree char *path = host_process_path(work->host, process, process->exe);
    add_file(work, path);
}

static void report_unread(struct elf_work *work, struct unread *unread)
{
    if (unread->count)
        problems_take(work->items->problems,
                      problem_of(problem_of_error(unread->first),
                                 "the programs of %u processes are not known, the first", unread->count));
    g_clear_error(&unread->first);
}

static void add_of_processes(struct elf_work *work)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *processes = host_processes(work->host, &error);
    struct unread unread = {0, NULL};
    if (!processes) {
        struct problem *none = problem_of(problem_of_error(error), "there are no processes to look at");
        bool absent = g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT);
        problems_take(work->items->problems, absent ? problem_as(none, PROBLEM_NOTAPPLICABLE) : none);
        return;
    }
    for (guint i = 0; i < processes->len; i++)
        add_program(work, g_ptr_array_index(processes, i), &unread);
    report_unread(work, &unread);
}

static void add_of_setuid(struct elf_work *work)
{
    const struct walk *walk = host_walk(work->host);
    for (guint i = 0; i < walk->entries->len; i++) {
        const struct walk_entry *entry = g_ptr_array_index(walk->entries, i);
        if (entry->kinds & (WALK_SETUID | WALK_SETGID))
            add_file(work, entry->path);
    }
    for (guint i = 0; i < walk->groups->len; i++) {
        const struct walk_group *group = g_ptr_array_index(walk->groups, i);
        if (group->kind & (WALK_SETUID | WALK_SETGID))
            items_problem(work->items, PROBLEM_ERROR, NULL, "%s: %" G_GUINT64_FORMAT " more files than are kept",
                          *group->below ? group->below : "/", group->count);
    }
    walk_add_problems(work->host, walk, WALK_SETUID | WALK_SETGID, NULL, work->items);
}

static void add_of_listening(struct elf_work *work)
{
    const struct listeners *listeners = listeners_find(work->host);
    struct unread unread = {0, NULL};
    if (listeners->error)
        items_problem_from_error(work->items, listeners->error);
    for (guint i = 0; i < listeners->list->len; i++) {
        const struct listener *listener = g_ptr_array_index(listeners->list, i);
        if (g_str_equal(listener->family, "unix") || listener->loopback)
            continue;
        if (listener->holder)
            add_program(work, listener->holder, &unread);
        else
            note_unread(&unread, listeners->holders_unread);
    }
    report_unread(work, &unread);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    static const struct {
        const char *name;
        void (*add)(struct elf_work *work);
    } sets[] = {
        {"processes", add_of_processes},
        {"setuid", add_of_setuid},
        {"listening", add_of_listening},
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *of = object_string(object, "of", NULL);
    struct elf_work work = {.host = context->host, .items = items, .seen = seen, .whole_set = of != NULL};
    g_auto(GStrv) paths = object_strv(object, "path");
    add_paths(&work, paths);
    for (size_t i = 0; of && i < G_N_ELEMENTS(sets); i++)
        if (g_str_equal(sets[i].name, of))
            sets[i].add(&work);
}

static bool check(const json_object *object, const struct daemons *daemons, GError **error)
{
    (void)daemons;
    g_auto(GStrv) paths = object_strv(object, "path");
    if (paths[0] || object_string(object, "of", NULL))
        return true;
    g_set_error(error, PL_ERROR, PL_ERROR_CONTENT, "one of \"path\" and \"of\" is needed");
    return false;
}

const struct probe probe_elf = {
    .name = "elf",
    .summary = "Hardening of ELF programs and libraries",
    .object = {"program", "programs", .kind = "file"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .check = check,
    .collect = collect,
};
