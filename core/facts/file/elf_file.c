/* ELF by libelf, with pread rather than mmap: a file that shrinks while it is read must not end the program.
 *
 * RELRO needs PT_GNU_RELRO, whatever is bound at once. A position-independent program is one that says so (DF_1_PIE),
 * or has a loader and no library name. GNU properties are read behind the header of their note. */
#include "facts/file/elf_file.h"

#include "model/error.h"

#include <gelf.h>
#include <string.h>

#define SYMBOLS_MAX 2000000
#define DYNAMIC_MAX 10000
#define NOTES_MAX   ((size_t)1 << 20)

#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif
#ifndef GNU_PROPERTY_AARCH64_FEATURE_1_AND
#define GNU_PROPERTY_AARCH64_FEATURE_1_AND 0xc0000000
#endif
#ifndef GNU_PROPERTY_X86_FEATURE_1_AND
#define GNU_PROPERTY_X86_FEATURE_1_AND 0xc0000002
#endif

struct elf_file_reader {
    const char *limit; /* what there is more of than is read; NULL */
    int fd;
    Elf *elf;
    GElf_Ehdr header;
    struct elf_facts *facts;
    bool interp, dynamic, relro, now, pie_flag, needed, jmprel;
    uint64_t strings;                    /* address of the dynamic string table */
    uint64_t rpath, runpath;             /* offsets in it */
    bool has_rpath, has_runpath, soname; /* DT_SONAME */
};

void elf_facts_clear(struct elf_facts *facts)
{
    g_clear_pointer(&facts->rpath, g_free);
    g_clear_pointer(&facts->runpath, g_free);
}

static void read_dynamic_entry(struct elf_file_reader *reader, const GElf_Dyn *entry)
{
    switch (entry->d_tag) {
    case DT_BIND_NOW:
        reader->now = true;
        break;
    case DT_FLAGS:
        reader->now |= (entry->d_un.d_val & DF_BIND_NOW) != 0;
        reader->facts->textrel |= (entry->d_un.d_val & DF_TEXTREL) != 0;
        break;
    case DT_FLAGS_1:
        reader->now |= (entry->d_un.d_val & DF_1_NOW) != 0;
        reader->pie_flag |= (entry->d_un.d_val & DF_1_PIE) != 0;
        break;
    case DT_TEXTREL:
        reader->facts->textrel = true;
        break;
    case DT_NEEDED:
        reader->needed = true;
        break;
    case DT_SONAME:
        reader->soname = true;
        break;
    case DT_JMPREL:
        reader->jmprel = true;
        break;
    case DT_STRTAB:
        reader->strings = entry->d_un.d_ptr;
        break;
    case DT_RPATH:
        reader->rpath = entry->d_un.d_val;
        reader->has_rpath = true;
        break;
    case DT_RUNPATH:
        reader->runpath = entry->d_un.d_val;
        reader->has_runpath = true;
        break;
    default:
        break;
    }
}

static void read_dynamic(struct elf_file_reader *reader, const GElf_Phdr *segment)
{
    reader->dynamic = true;
    Elf_Data *data = elf_getdata_rawchunk(reader->elf, (int64_t)segment->p_offset, segment->p_filesz, ELF_T_DYN);
    size_t size = gelf_fsize(reader->elf, ELF_T_DYN, 1, EV_CURRENT);
    size_t n = data && size ? data->d_size / size : 0;
    for (size_t i = 0; i < n; i++) {
        GElf_Dyn entry;
        if (!gelf_getdyn(data, (int)i, &entry) || entry.d_tag == DT_NULL)
            return;
        if (i >= DYNAMIC_MAX) {
            reader->limit = "too many dynamic entries";
            return;
        }
        read_dynamic_entry(reader, &entry);
    }
}

/* The file offset of an address that a loadable segment holds. */
static bool offset_of(struct elf_file_reader *reader, size_t segments, uint64_t address, uint64_t *offset)
{
    for (size_t i = 0; i < segments; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(reader->elf, (int)i, &segment) || segment.p_type != PT_LOAD)
            continue;
        if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
            continue;
        *offset = address - segment.p_vaddr + segment.p_offset;
        return true;
    }
    return false;
}

/* A text of the dynamic string table, at most 4096 bytes. */
static char *dynamic_string(struct elf_file_reader *reader, size_t segments, uint64_t at)
{
    uint64_t offset = 0;
    if (at > UINT32_MAX || !offset_of(reader, segments, reader->strings + at, &offset))
        return NULL;
    char text[4096 + 1] = {0};
    ssize_t n = pread(reader->fd, text, sizeof text - 1, (off_t)offset);
    return n > 0 ? g_strdup(text) : NULL;
}

/* ---- notes ---- */

static uint32_t read_u32(const struct elf_file_reader *reader, const unsigned char *p)
{
    if (reader->header.e_ident[EI_DATA] == ELFDATA2MSB)
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* As many as a note of NOTES_MAX bytes holds. */
static void read_properties(struct elf_file_reader *reader, const unsigned char *p, size_t n)
{
    size_t align = reader->header.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
    while (n >= 8) {
        uint32_t type = read_u32(reader, p), size = read_u32(reader, p + 4);
        if (size > n - 8)
            return;
        uint32_t bits = size >= 4 ? read_u32(reader, p + 8) : 0;
        bool x86 = reader->header.e_machine == EM_X86_64 || reader->header.e_machine == EM_386;
        if (x86 && type == GNU_PROPERTY_X86_FEATURE_1_AND) {
            reader->facts->ibt |= bits & 1;
            reader->facts->shstk |= (bits & 2) != 0;
        }
        if (reader->header.e_machine == EM_AARCH64 && type == GNU_PROPERTY_AARCH64_FEATURE_1_AND)
            reader->facts->ibt |= bits & 1;
        size_t step = 8 + (((size_t)size + align - 1) & ~(align - 1));
        if (step > n)
            return;
        p += step;
        n -= step;
    }
}

static void read_notes(struct elf_file_reader *reader, const GElf_Phdr *segment)
{
    if (segment->p_filesz > NOTES_MAX) {
        reader->limit = "too many notes";
        return;
    }
    Elf_Type type = segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
    Elf_Data *data = elf_getdata_rawchunk(reader->elf, (int64_t)segment->p_offset, segment->p_filesz, type);
    size_t at = 0, name = 0, body = 0, next = 0;
    GElf_Nhdr note;
    while (data && (next = gelf_getnote(data, at, &note, &name, &body)) > at) {
        const unsigned char *bytes = data->d_buf;
        bool gnu = note.n_namesz == 4 && memcmp(bytes + name, "GNU", 4) == 0;
        bool go = note.n_namesz >= 3 && memcmp(bytes + name, "Go", 3) == 0;
        if (gnu && note.n_type == NT_GNU_PROPERTY_TYPE_0)
            read_properties(reader, bytes + body, note.n_descsz);
        reader->facts->go |= go;
        at = next;
    }
}

/* ---- segments ---- */

static void read_segment(struct elf_file_reader *reader, const GElf_Phdr *segment)
{
    switch (segment->p_type) {
    case PT_INTERP:
        reader->interp = true;
        break;
    case PT_DYNAMIC:
        read_dynamic(reader, segment);
        break;
    case PT_GNU_RELRO:
        reader->relro = true;
        break;
    case PT_GNU_STACK:
        reader->facts->stack = segment->p_flags & PF_X ? ELF_STACK_EXEC : ELF_STACK_NX;
        break;
    case PT_LOAD:
        reader->facts->rwx |= (segment->p_flags & (PF_W | PF_X)) == (PF_W | PF_X);
        break;
    case PT_NOTE:
    case PT_GNU_PROPERTY:
        read_notes(reader, segment);
        break;
    default:
        break;
    }
}

static bool read_segments(struct elf_file_reader *reader)
{
    size_t n = 0;
    if (elf_getphdrnum(reader->elf, &n) != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(reader->elf, (int)i, &segment))
            return false;
        read_segment(reader, &segment);
    }
    if (reader->has_rpath)
        reader->facts->rpath = dynamic_string(reader, n, reader->rpath);
    if (reader->has_runpath)
        reader->facts->runpath = dynamic_string(reader, n, reader->runpath);
    return true;
}

/* ---- symbols ---- */

/* Functions of libc that have a checking twin (glibc, _FORTIFY_SOURCE), sorted. */
static const char *const fortifiable[] = {
    "asprintf",  "confstr",   "dprintf",       "explicit_bzero", "fgets",       "fgetws",     "fprintf",  "fread",
    "fwprintf",  "getcwd",    "getdomainname", "getgroups",      "gethostname", "gets",       "getwd",    "mbsnrtowcs",
    "mbsrtowcs", "mbstowcs",  "memcpy",        "memmove",        "mempcpy",     "memset",     "poll",     "ppoll",
    "pread",     "pread64",   "printf",        "read",           "readlink",    "readlinkat", "realpath", "recv",
    "recvfrom",  "snprintf",  "sprintf",       "stpcpy",         "stpncpy",     "strcat",     "strcpy",   "strncat",
    "strncpy",   "swprintf",  "syslog",        "ttyname_r",      "vasprintf",   "vdprintf",   "vfprintf", "vfwprintf",
    "vprintf",   "vsnprintf", "vsprintf",      "vswprintf",      "vsyslog",     "vwprintf",   "wcpcpy",   "wcscat",
    "wcscpy",    "wcsncat",   "wcsncpy",       "wcstombs",       "wctomb",      "wmemcpy",    "wmemset",  "wprintf",
};

static int compare_name(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static void read_symbol(struct elf_facts *facts, const char *name)
{
    if (name[0] == '_' && name[1] == '_') {
        size_t n = strlen(name);
        facts->canary |= g_str_has_prefix(name, "__stack_chk_fail") || g_str_equal(name, "__stack_chk_guard");
        facts->fortify |= n > 6 && g_str_equal(name + n - 4, "_chk");
        return;
    }
    facts->fortifiable |=
        bsearch(name, fortifiable, G_N_ELEMENTS(fortifiable), sizeof *fortifiable, compare_name) != NULL;
}

/* The names of a table of symbols; NULL unless every one of them ends inside. */
static const Elf_Data *names_of(const struct elf_file_reader *reader, const GElf_Shdr *header)
{
    Elf_Scn *section = elf_getscn(reader->elf, header->sh_link);
    GElf_Shdr names;
    if (!section || !gelf_getshdr(section, &names) || names.sh_type != SHT_STRTAB)
        return NULL;
    const Elf_Data *data = elf_getdata(section, NULL);
    bool ends = data && data->d_buf && data->d_size && ((const char *)data->d_buf)[data->d_size - 1] == '\0';
    return ends ? data : NULL;
}

/* Of the symbols from the second on; with `imports` only those that are undefined. */
static void read_names(struct elf_file_reader *reader, Elf_Data *data, const Elf_Data *names, size_t n, bool imports)
{
    for (size_t i = 1; i < n; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol))
            return;
        reader->facts->has_symbols = true;
        if (imports && symbol.st_shndx != SHN_UNDEF)
            continue;
        if (symbol.st_name < names->d_size)
            read_symbol(reader->facts, (const char *)names->d_buf + symbol.st_name);
    }
}

/* What a program gets from libraries are its undefined symbols. Those that it defines, tens of thousands in
 * interpreters and browsers, are functions of its own, whatever their names. */
static void read_symbols(struct elf_file_reader *reader, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    const Elf_Data *names = names_of(reader, header);
    bool imports = header->sh_type == SHT_DYNSYM && reader->needed && !reader->soname;
    size_t n = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    if (n > SYMBOLS_MAX)
        reader->limit = "too many symbols";
    else if (data && names)
        read_names(reader, data, names, n, imports);
}

static void read_sections(struct elf_file_reader *reader)
{
    size_t names = 0;
    bool has_names = elf_getshdrstrndx(reader->elf, &names) == 0;
    for (Elf_Scn *section = elf_nextscn(reader->elf, NULL); section; section = elf_nextscn(reader->elf, section)) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return;
        /* The full table only matters where nothing is imported. */
        bool wanted = header.sh_type == SHT_DYNSYM || (header.sh_type == SHT_SYMTAB && !reader->needed);
        if (wanted)
            read_symbols(reader, section, &header);
        const char *name = has_names ? elf_strptr(reader->elf, names, header.sh_name) : NULL;
        if (name && (g_str_equal(name, ".go.buildinfo") || g_str_equal(name, ".note.go.buildid")))
            reader->facts->go = true;
    }
}

/* ---- conclusions ---- */

static enum elf_kind kind_of(const struct elf_file_reader *reader)
{
    switch (reader->header.e_type) {
    case ET_EXEC:
        return ELF_FILE_EXEC;
    case ET_REL:
        return ELF_FILE_RELOCATABLE;
    case ET_CORE:
        return ELF_FILE_CORE;
    default:
        return reader->pie_flag || (reader->interp && !reader->soname) ? ELF_FILE_PIE : ELF_FILE_LIBRARY;
    }
}

static void conclude(struct elf_file_reader *reader)
{
    struct elf_facts *facts = reader->facts;
    facts->kind = kind_of(reader);
    facts->machine = reader->header.e_machine;
    bool program = facts->kind == ELF_FILE_EXEC || facts->kind == ELF_FILE_PIE;
    facts->is_static = program && !reader->interp && !reader->needed;
    /* Without procedure linkage nothing is left to be bound late. */
    bool bound = reader->dynamic && (reader->now || !reader->jmprel);
    if (reader->relro)
        facts->relro = bound ? ELF_RELRO_FULL : ELF_RELRO_PARTIAL;
}

static bool fail(const char *name, enum pl_error code, const char *text, GError **error)
{
    g_set_error(error, PL_ERROR, (gint)code, "%s: %s", name, text);
    return false;
}

static bool read_all(struct elf_file_reader *reader, const char *name, GError **error)
{
    if (elf_kind(reader->elf) != ELF_K_ELF)
        return fail(name, PL_ERROR_KIND, "not an ELF file", error);
    if (!gelf_getehdr(reader->elf, &reader->header))
        return fail(name, PL_ERROR_PARSE, elf_errmsg(-1), error);
    if (!read_segments(reader))
        return fail(name, PL_ERROR_PARSE, elf_errmsg(-1), error);
    read_sections(reader);
    if (reader->limit)
        return fail(name, PL_ERROR_LIMIT, reader->limit, error);
    conclude(reader);
    return true;
}

bool elf_facts_read(int fd, const char *name, struct elf_facts *facts, GError **error)
{
    *facts = (struct elf_facts){.stack = ELF_STACK_UNSTATED};
    if (elf_version(EV_CURRENT) == EV_NONE)
        return fail(name, PL_ERROR_UNSUPPORTED, "libelf is too old", error);
    struct elf_file_reader reader = {.fd = fd, .elf = elf_begin(fd, ELF_C_READ, NULL), .facts = facts};
    if (!reader.elf)
        return fail(name, PL_ERROR_PARSE, elf_errmsg(-1), error);
    bool ok = read_all(&reader, name, error);
    elf_end(reader.elf);
    if (!ok)
        elf_facts_clear(facts);
    return ok;
}
