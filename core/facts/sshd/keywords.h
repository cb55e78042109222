/* The keywords of sshd_config(5): how each is read, which of several lines counts, and its built-in default by version
 * of OpenSSH. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum sshd_type {
    SSHD_TEXT,   /* words as they stand: paths, patterns, commands */
    SSHD_CHOICE, /* yes, no and other words of a closed list, in any case */
    SSHD_UPPER,  /* LogLevel, SyslogFacility: compared without case, written in capitals */
    SSHD_NUMBER,
    SSHD_TIME,
    SSHD_NAMES, /* a comma separated list that may begin with + - ^ */
};

enum sshd_merge {
    SSHD_FIRST, /* the first line counts */
    SSHD_LAST,  /* the last one */
    SSHD_GROWS, /* all do */
};

struct sshd_keyword {
    const char *name; /* as the manual writes it */
    enum sshd_type type;
    enum sshd_merge merge;
};

/* The row of a keyword in any case, also by its former name; NULL when sshd knows no such keyword. */
const struct sshd_keyword *sshd_keyword_find(const char *name);
/* The same for a name that a person wrote: NULL with PL_ERROR_CONTENT, which says what is near. */
const struct sshd_keyword *sshd_keyword_named(const char *name, GError **error);

enum sshd_default {
    SSHD_DEFAULT_VALUE,   /* *value is it */
    SSHD_DEFAULT_NONE,    /* nothing is set: no restriction, no such list, or this version has no such keyword */
    SSHD_DEFAULT_UNKNOWN, /* differs by distribution or version, and which one this is is not known */
};
/* `version`: "9.2", or NULL when it is not known: then only what is the same for all versions since 7.4 is said. */
enum sshd_default sshd_default_find(const struct sshd_keyword *keyword, const char *version, const char **value);

/* A list with + - or ^ in front, applied to the default. Caller frees. */
char *sshd_names_resolve(const char *names, const char *fallback);
