#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .text = "files, absolute paths or globs"},
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

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "elf: this probe is not written");
}

const struct probe probe_elf = {
    .name = "elf",
    .summary = "Hardening of ELF programs and libraries",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
