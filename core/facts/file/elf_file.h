/* What an ELF file says about its own hardening. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum elf_kind { ELF_FILE_EXEC, ELF_FILE_PIE, ELF_FILE_LIBRARY, ELF_FILE_RELOCATABLE, ELF_FILE_CORE };
enum elf_relro { ELF_RELRO_NONE, ELF_RELRO_PARTIAL, ELF_RELRO_FULL };
enum elf_stack { ELF_STACK_NX, ELF_STACK_EXEC, ELF_STACK_UNSTATED };

struct elf_facts {
    enum elf_kind kind;
    enum elf_relro relro;
    enum elf_stack stack; /* PT_GNU_STACK */
    unsigned machine;     /* EM_... */
    bool is_static, textrel, rwx, ibt, shstk, go;
    bool has_symbols; /* a symbol table was there: the next three are known */
    bool canary, fortify, fortifiable;
    char *rpath, *runpath; /* NULL without */
};

/* Reads the file behind `fd`, which stays open. False with PL_ERROR_KIND when it is no ELF file, PL_ERROR_PARSE when it
 * is a broken one, PL_ERROR_LIMIT when it holds more than is read. Cleared by elf_facts_clear(). */
bool elf_facts_read(int fd, const char *name, struct elf_facts *facts, GError **error);
void elf_facts_clear(struct elf_facts *facts);
