#include "looking.h"

#include "model/error.h"

#include <elf.h>

/* A 64-bit little-endian ELF file made by hand: header, segments, a dynamic section and a note. */
struct made {
    Elf64_Ehdr header;
    Elf64_Phdr segments[6];
    Elf64_Dyn dynamic[8];
    char strings[64];
    struct {
        Elf64_Nhdr header;
        char name[4];
        uint32_t type, size, bits, pad;
    } note;
};

#define BASE 0x400000

static void make(struct made *made, uint16_t type)
{
    *made = (struct made){0};
    memcpy(made->header.e_ident, ELFMAG, SELFMAG);
    made->header.e_ident[EI_CLASS] = ELFCLASS64;
    made->header.e_ident[EI_DATA] = ELFDATA2LSB;
    made->header.e_ident[EI_VERSION] = EV_CURRENT;
    made->header.e_type = type;
    made->header.e_machine = EM_X86_64;
    made->header.e_version = EV_CURRENT;
    made->header.e_ehsize = sizeof made->header;
    made->header.e_phoff = offsetof(struct made, segments);
    made->header.e_phentsize = sizeof *made->segments;
    made->segments[0] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = BASE, .p_filesz = sizeof *made, .p_memsz = sizeof *made};
    made->header.e_phnum = 1;
}

static void add_segment(struct made *made, uint32_t type, uint32_t flags, size_t offset, size_t size)
{
    made->segments[made->header.e_phnum++] = (Elf64_Phdr){.p_type = type,
                                                          .p_flags = flags,
                                                          .p_offset = offset,
                                                          .p_vaddr = BASE + offset,
                                                          .p_filesz = size,
                                                          .p_memsz = size,
                                                          .p_align = 8};
}

static void add_dynamic(struct made *made, unsigned at, int64_t tag, uint64_t value)
{
    if (at == 0)
        add_segment(made, PT_DYNAMIC, PF_R, offsetof(struct made, dynamic), sizeof made->dynamic);
    made->dynamic[at].d_tag = tag;
    made->dynamic[at].d_un.d_val = value;
}

/* An inline host with the file at /f, as `extra` describes it further. */
static struct items *look_made(const void *bytes, size_t n, const char *extra)
{
    g_autofree char *text = g_base64_encode(bytes, n);
    g_autofree char *host = g_strdup_printf("files: {/f: {base64: '%s', mode: '4755'}, /safe: {type: dir},"
                                            " /open: {type: dir, mode: '0777'}}\n%s",
                                            text, extra);
    return look(host, "elf", "{path: /f}");
}

static void a_bare_program(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_EXEC);
    add_segment(&made, PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0);
    pl_auto(items) items = look_made(&made, sizeof made, "");
    const struct item *item = only_item(items);
    assert_field(item, "type", "\"exec\"");
    assert_field(item, "static", "true");
    assert_field(item, "pie", "false");
    assert_field(item, "nx", "false");
    assert_field(item, "relro", "\"none\"");
    assert_field(item, "canary", "(unread)");
    assert_field(item, "setuid", "true");
    assert_field(item, "ibt", "false");
    assert_declared(item, "elf");
}

static void bind_now_without_relro_is_no_relro(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_DYN);
    add_dynamic(&made, 0, DT_FLAGS_1, DF_1_NOW | DF_1_PIE);
    add_dynamic(&made, 1, DT_JMPREL, 1);
    pl_auto(items) none = look_made(&made, sizeof made, "");
    assert_field(only_item(none), "relro", "\"none\"");
    assert_field(only_item(none), "type", "\"pie\"");
    add_segment(&made, PT_GNU_RELRO, PF_R, 0, 8);
    pl_auto(items) full = look_made(&made, sizeof made, "");
    assert_field(only_item(full), "relro", "\"full\"");
    made.dynamic[0].d_un.d_val = DF_1_PIE;
    pl_auto(items) partial = look_made(&made, sizeof made, "");
    assert_field(only_item(partial), "relro", "\"partial\"");
}

static void a_shared_object_is_a_library_unless_it_says_otherwise(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_DYN);
    add_dynamic(&made, 0, DT_NEEDED, 1);
    pl_auto(items) library = look_made(&made, sizeof made, "");
    assert_field(only_item(library), "type", "\"library\"");
    assert_field(only_item(library), "pie", "true");
    add_segment(&made, PT_INTERP, PF_R, 0, 1);
    pl_auto(items) program = look_made(&made, sizeof made, "");
    assert_field(only_item(program), "type", "\"pie\"");
    made.dynamic[1].d_tag = DT_SONAME;
    pl_auto(items) loader = look_made(&made, sizeof made, "");
    assert_field(only_item(loader), "type", "\"library\"");
}

static void a_missing_stack_header(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_EXEC);
    pl_auto(items) unknown = look_made(&made, sizeof made, "live: false");
    assert_field(only_item(unknown), "nx", "(unread)");
    pl_auto(items) new = look_made(&made, sizeof made, "kernel: {release: 6.1.0}");
    assert_field(only_item(new), "nx", "true");
    pl_auto(items) old = look_made(&made, sizeof made, "kernel: {release: 5.4.0}");
    assert_field(only_item(old), "nx", "false");
    make(&made, ET_DYN);
    pl_auto(items) library = look_made(&made, sizeof made, "kernel: {release: 6.1.0}");
    assert_field(only_item(library), "nx", "false");
}

static void properties_are_read_behind_the_note_header(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_EXEC);
    made.note.header = (Elf64_Nhdr){4, 16, NT_GNU_PROPERTY_TYPE_0};
    memcpy(made.note.name, "GNU", 4);
    made.note.type = 0xc0000002;
    made.note.size = 4;
    made.note.bits = 3;
    add_segment(&made, PT_NOTE, PF_R, offsetof(struct made, note), sizeof made.note);
    pl_auto(items) items = look_made(&made, sizeof made, "");
    assert_field(only_item(items), "ibt", "true");
    assert_field(only_item(items), "shstk", "true");
    made.note.size = 0xFFFFFFF0;
    pl_auto(items) hostile = look_made(&made, sizeof made, "");
    assert_field(only_item(hostile), "ibt", "false");
}

static void assert_search_path(const char *search, bool unsafe)
{
    struct made made;
    make(&made, ET_DYN);
    g_strlcpy(made.strings, search, sizeof made.strings);
    add_dynamic(&made, 0, DT_STRTAB, BASE + offsetof(struct made, strings));
    add_dynamic(&made, 1, DT_RUNPATH, 0);
    pl_auto(items) items = look_made(&made, sizeof made, "");
    g_autofree char *quoted = g_strdup_printf("\"%s\"", search);
    assert_field(only_item(items), "runpath", quoted);
    assert_field(only_item(items), "rpath", "null");
    assert_field(only_item(items), "search_path_unsafe", unsafe ? "true" : "false");
}

static void unsafe_search_paths(void **state)
{
    (void)state;
    assert_search_path("/safe", false);
    assert_search_path("$ORIGIN/safe", false);
    assert_search_path("${ORIGIN}", false);
    assert_search_path("/safe:lib", true);
    assert_search_path("/safe::/safe", true);
    assert_search_path("", true);
    assert_search_path("/open", true);
    assert_search_path("/gone", true);
}

static void other_segments(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_DYN);
    made.segments[0].p_flags |= PF_W;
    add_dynamic(&made, 0, DT_FLAGS, DF_TEXTREL);
    pl_auto(items) items = look_made(&made, sizeof made, "");
    assert_field(only_item(items), "rwx", "true");
    assert_field(only_item(items), "textrel", "true");
}

/* What was not read to its end says nothing: of an entry that comes later nobody knows. */
static void more_than_is_read_is_an_error(void **state)
{
    (void)state;
    struct made made;
    const gsize notes = (2U << 20), entries = 10001;
    g_autofree char *file = g_malloc0(sizeof made + notes);
    make(&made, ET_EXEC);
    add_segment(&made, PT_NOTE, PF_R, sizeof made, notes);
    memcpy(file, &made, sizeof made);
    pl_auto(items) noted = look_made(file, sizeof made + notes, "");
    assert_int_equal(noted->list->len, 0);
    assert_problem(noted, PROBLEM_ERROR, "too many notes");
    make(&made, ET_EXEC);
    add_segment(&made, PT_DYNAMIC, PF_R, sizeof made, (entries + 1) * sizeof(Elf64_Dyn));
    memcpy(file, &made, sizeof made);
    for (gsize i = 0; i < entries; i++) {
        const Elf64_Dyn debug = {.d_tag = DT_DEBUG};
        memcpy(file + sizeof made + i * sizeof debug, &debug, sizeof debug);
    }
    pl_auto(items) many = look_made(file, sizeof made + notes, "");
    assert_int_equal(many->list->len, 0);
    assert_problem(many, PROBLEM_ERROR, "too many dynamic entries");
}

static void other_files_are_left_out_and_broken_ones_are_errors(void **state)
{
    (void)state;
    pl_auto(items) script = look("files: {/f: '#!/bin/sh'}", "elf", "{path: [/f, /gone, '/e*']}");
    assert_nothing(script);
    struct made made;
    make(&made, ET_EXEC);
    pl_auto(items) cut = look_made(&made, 20, "");
    assert_int_equal(cut->list->len, 0);
    made.header.e_phoff = sizeof made * 2;
    pl_auto(items) broken = look_made(&made, sizeof made, "");
    assert_problem(broken, PROBLEM_ERROR, "/f");
    pl_auto(items) denied = look("files: {/f: {content: x, denied: true}}", "elf", "{path: /f}");
    assert_problem(denied, PROBLEM_UNKNOWN, "/f");
}

static void programs_of_processes_and_listeners(void **state)
{
    (void)state;
    struct made made;
    make(&made, ET_EXEC);
    g_autofree char *text = g_base64_encode((const guchar *)&made, sizeof made);
    g_autofree char *host =
        g_strdup_printf("files:\n  /bin/web: {base64: '%s'}\n  /bin/idle: {base64: '%s'}\n"
                        "  /proc/net/tcp: \"h\\n 0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 77 1\\n"
                        " 1: 0100007F:0051 00000000:0000 0A 0:0 0:0 0 0 0 78 1\\n\"\n"
                        "processes:\n- {pid: 10, comm: web, exe: /bin/web, argv: [web], fd: {3: 'socket:[77]'}}\n"
                        "- {pid: 11, comm: web, exe: /bin/web, argv: [web]}\n"
                        "- {pid: 12, comm: idle, exe: /bin/idle, argv: [idle], fd: {3: 'socket:[78]'}}\n",
                        text, text);
    pl_auto(items) processes = look(host, "elf", "{of: processes}");
    assert_int_equal(processes->list->len, 2);
    pl_auto(items) listening = look(host, "elf", "{of: listening}");
    assert_int_equal(listening->list->len, 1);
    assert_string_equal(item_at(listening, 0)->subject, "/bin/web");
}

/* A program or library with the dynamic symbols read, __memcpy_chk and __stack_chk_fail. */
struct with_symbols {
    struct made made;
    char names[64];
    Elf64_Sym symbols[4];
    Elf64_Shdr sections[3];
};

static struct items *look_symbols(uint16_t section, bool library)
{
    static const char names[] = "\0read\0__memcpy_chk\0__stack_chk_fail";
    struct with_symbols file = {0};
    make(&file.made, ET_DYN);
    add_dynamic(&file.made, 0, DT_NEEDED, 1);
    if (library)
        add_dynamic(&file.made, 1, DT_SONAME, 1);
    memcpy(file.names, names, sizeof names);
    const Elf64_Word at[] = {1, 6, 19};
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++)
        file.symbols[i + 1] = (Elf64_Sym){.st_name = at[i], .st_shndx = section};
    file.sections[1] = (Elf64_Shdr){
        .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct with_symbols, names), .sh_size = sizeof file.names};
    file.sections[2] = (Elf64_Shdr){.sh_type = SHT_DYNSYM,
                                    .sh_offset = offsetof(struct with_symbols, symbols),
                                    .sh_size = sizeof file.symbols,
                                    .sh_link = 1,
                                    .sh_entsize = sizeof *file.symbols};
    file.made.header.e_shoff = offsetof(struct with_symbols, sections);
    file.made.header.e_shentsize = sizeof *file.sections;
    file.made.header.e_shnum = G_N_ELEMENTS(file.sections);
    return look_made(&file, sizeof file, "");
}

static void own_functions_are_no_imports(void **state)
{
    (void)state;
    static const struct {
        uint16_t section;
        bool library;
        const char *found;
    } rows[] = {
        {SHN_UNDEF, false, "true"},
        {1, false, "false"},
        {SHN_UNDEF, true, "true"},
        {1, true, "true"}, /* the C library itself */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(items) items = look_symbols(rows[i].section, rows[i].library);
        assert_int_equal(items->list->len, 1);
        assert_field(item_at(items, 0), "canary", rows[i].found);
        assert_field(item_at(items, 0), "fortify", rows[i].found);
        assert_field(item_at(items, 0), "fortifiable", rows[i].found);
    }
}

static void the_test_itself(void **state)
{
    (void)state;
    pl_auto(host) host = host_new(NULL, NULL);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *object = g_strdup_printf("{path: '%s'}", self);
    pl_auto(items) items = look_at(host, "elf", object);
    assert_int_equal(items->list->len, 1);
    assert_field(item_at(items, 0), "static", "false");
    assert_field(item_at(items, 0), "fortifiable", "true");
    assert_field(item_at(items, 0), "go", "false");
}

static void an_object_names_something(void **state)
{
    (void)state;
    pl_autojson json_object *object = yaml("{}");
    g_autoptr(GError) error = NULL;
    assert_false(probe_find("elf")->check(object, NULL, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_program),
        cmocka_unit_test(bind_now_without_relro_is_no_relro),
        cmocka_unit_test(a_shared_object_is_a_library_unless_it_says_otherwise),
        cmocka_unit_test(a_missing_stack_header),
        cmocka_unit_test(properties_are_read_behind_the_note_header),
        cmocka_unit_test(unsafe_search_paths),
        cmocka_unit_test(other_segments),
        cmocka_unit_test(more_than_is_read_is_an_error),
        cmocka_unit_test(other_files_are_left_out_and_broken_ones_are_errors),
        cmocka_unit_test(programs_of_processes_and_listeners),
        cmocka_unit_test(own_functions_are_no_imports),
        cmocka_unit_test(the_test_itself),
        cmocka_unit_test(an_object_names_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
