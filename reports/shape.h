/* The canonical JSON as a table: which member of which structure stands under which name. json.c writes by it and
 * from_json.c reads by it, so that the two cannot drift apart. plumbline-audit-2.schema.json says the same to others.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define SHAPE_FORMAT        "plumbline-audit/2"
#define SHAPE_FORMAT_BEFORE "plumbline-audit/1" /* still read */

/* items_failed of a result that is read from a document which does not count them. */
#define SHAPE_NOT_COUNTED G_MAXUINT64

enum field_kind {
    FIELD_CONSTANT,      /* always `constant` */
    FIELD_TEXT,          /* char *; NULL is written as "" */
    FIELD_TEXT_OR_NULL,  /* char *; NULL is null */
    FIELD_TEXT_OPTIONAL, /* char *; NULL is left out */
    FIELD_LINE,          /* unsigned; 0 is left out */
    FIELD_BOOL,
    FIELD_INT,
    FIELD_INT64,
    FIELD_UINT,
    FIELD_UINT64,
    FIELD_NUMBER,          /* double */
    FIELD_UINT64_OPTIONAL, /* guint64; 0 is left out */
    FIELD_COVERAGE,        /* double of a struct score at offset; null where nothing was judged */
    FIELD_SCORE_NOTE,      /* enum score_note; none is null */
    FIELD_SCORE_VALUE,     /* double of a struct score at offset; null when it is not known */
    FIELD_GRADE,           /* char[2] */
    FIELD_VERDICT,
    FIELD_SEVERITY,
    FIELD_LAYER,
    FIELD_ABILITY,          /* enum ability_grade */
    FIELD_INDEX,            /* int; -1 is left out */
    FIELD_TREE,             /* json_object *, an object */
    FIELD_COUNTS,           /* unsigned[VERDICT_COUNT] as an object by verdict name */
    FIELD_LAYERS,           /* `shape` by layer name, an array in memory */
    FIELD_STRUCT,           /* `shape` at offset */
    FIELD_STRUCT_OR_NULL,   /* pointer to `shape`, allocated with g_new0 */
    FIELD_STRUCT_OPTIONAL,  /* the same, of shape->make; NULL is left out */
    FIELD_TEXTS,            /* GPtrArray of char * */
    FIELD_STRUCTS,          /* GPtrArray of pointers to `shape`; NULL, when nullable, is null */
    FIELD_STRUCTS_OPTIONAL, /* the same; no array is left out */
    FIELD_FLAG,             /* bool; false is left out */
};

struct shape;

struct field {
    const char *name; /* NULL ends a table */
    enum field_kind kind;
    size_t offset;
    const struct shape *shape;
    const char *constant;
    const char *was;     /* its name, of a constant its value, in documents of the version before; NULL: the same */
    bool later;          /* a document of an earlier version may lack it */
    bool nullable;       /* elements may be null */
    bool lines;          /* each element on a line of its own, as at the top */
    GDestroyNotify free; /* of elements whose array is made when it is met */
};

struct shape {
    const struct field *fields;
    size_t size;         /* of the structure, for arrays in place and g_malloc0 */
    void *(*make)(void); /* NULL: g_malloc0(size) */
};

extern const struct shape shape_audit;

/* A document may be without it. */
bool field_may_lack(const struct field *field);
