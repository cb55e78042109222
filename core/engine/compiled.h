/* The stock rules as they are after loading, in one file that is mapped at start: written when plumbline is built, from
 * a folder in which nothing is wrong, and read instead of its YAML files as long as they are the same byte for byte and
 * plumbline knows the same probes, operators and formats. Checks, variants and daemons are made of it when somebody
 * asks for them. */
#pragma once

#include "engine/content.h"

/* What is found in it. */
struct compiled {
    GBytes *bytes;         /* what everything below was made of, and what is not made yet */
    GPtrArray *modules;    /* struct module, owned until it is taken (g_ptr_array_steal_index) */
    GPtrArray *benchmarks; /* struct benchmark, the same */
    GPtrArray *profiles;   /* struct profile, the same */
    GPtrArray *daemons;    /* struct compiled_daemon */
};

struct compiled_daemon {
    const char *name, *file; /* borrowed from the bytes; interned */
    struct unpack tree;
};

/* The bytes of the file for a folder; NULL with PL_ERROR_CONTENT where the folder has an error or a warning. */
GByteArray *compiled_write(const char *directory, GError **error);
/* Reads the file for a folder. NULL where it is not there, is of another plumbline or another state of the folder, or
 * is damaged: *why says which (static text, never NULL then). `unwanted`: layers whose modules are left out. */
struct compiled *compiled_read(const char *path, const char *directory, const bool unwanted[LAYER_COUNT],
                               const char **why);
void compiled_free(struct compiled *compiled);
PL_DEFINE_CLEANUP(compiled, compiled_free)

/* Private to the two sides: what both say of a folder and of this plumbline. */
#define COMPILED_MAGIC UINT64_C(0x35454c5552424c50) /* "PLBRULE5" */
/* A sum that shows other bytes, not one that resists somebody: who may write the file may write the rules. */
uint64_t compiled_sum(const void *bytes, size_t n, uint64_t sum);
/* Of everything that decides whether a rule is right and what it means: the version, probes, operators, formats. */
uint64_t compiled_program(void);
/* Of names and content of the folder's YAML files; 0 where one could not be read. */
uint64_t compiled_folder(const char *directory);
/* A place in `file`. */
struct position compiled_place(struct unpack *from, const char *file);
