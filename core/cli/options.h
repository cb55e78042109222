/* The command line's options, one table for parsing, help, completion, the configuration file and the manual. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Seconds that an audit may take where the command line does not say. */
#define TIMEOUT_DEFAULT 600

struct command;

/* Every option of every command; a command sees those of its groups. Vectors are NULL or NULL-terminated. */
struct options {
    gboolean help, version;
    char *color; /* auto, always, never; NULL: auto */
    char *palette;

    char **checks;
    gboolean only_checks;

    char **profiles, **layers, **modules, **rules, **skip, **references, **tags, **sets;
    char *severity;

    char *root;
    char **images;
    char *waivers;
    gboolean network;
    int threads;
    char *timeout_text;
    int timeout; /* seconds */
    char *confine;
    char *progress;
    char *config;
    gboolean show_config;

    char *fail_on;
    double min_score, min_coverage;
    gboolean allow_unknown, fail_on_new;
    char *baseline;
    gboolean difference; /* the text report tells the difference alone; set by the command */

    char **outputs;
    char *format; /* of outputs that name files alone; of fixes */
    gboolean verbose, quiet;
    char **show;
    gboolean undo, risky;

    gboolean json;
    gboolean list_profiles, list_benchmarks, list_tags, list_modules;
    gboolean man, formats, language, findings;
    gboolean strict;
    char *trees;
    char *audit, *score;
    char *reason, *owner, *until, *item, *answer;

    char **arguments; /* what is no option */

    const struct command *command;
    GHashTable *denied;  /* names of flags that the command line says no to (--quiet=no); NULL: none */
    GHashTable *origins; /* name of an option -> where the configuration file says it ("FILE:LINE"); NULL: nowhere */
};

enum option_group {
    OPTIONS_COMMON = 1 << 0,
    OPTIONS_CONTENT = 1 << 1,
    OPTIONS_SELECTION = 1 << 2,
    OPTIONS_HOST = 1 << 3,
    OPTIONS_GATE = 1 << 4,
    OPTIONS_OUTPUT = 1 << 5,
    OPTIONS_JSON = 1 << 6,
    OPTIONS_MAN = 1 << 7,
    OPTIONS_TREES = 1 << 8,
    OPTIONS_AUDIT_FILE = 1 << 9,
    OPTIONS_LISTS = 1 << 10,
    OPTIONS_DECISION = 1 << 11,
    OPTIONS_ITEM = 1 << 12,
    OPTIONS_ANSWER = 1 << 13,
    OPTIONS_CONFIG = 1 << 14,
    OPTIONS_SHOW_CONFIG = 1 << 15,
    OPTIONS_CHOICE = 1 << 16, /* rules by what a saved report knows of them as well */
    OPTIONS_FIX = 1 << 17,
    OPTIONS_BASELINE = 1 << 18,
};

enum option_trait {
    OPTION_COMMAS = 1 << 0, /* each value may be several, between commas */
    OPTION_FOLDS = 1 << 1,  /* values are words of ours, in any letter case */
    OPTION_HIDDEN = 1 << 2, /* neither in help nor in completion: another one says the same */
};

struct option_spec {
    const char *name;
    char letter;
    enum option_group group;
    GOptionArg kind;      /* NONE, STRING, FILENAME, STRING_ARRAY, FILENAME_ARRAY, INT, DOUBLE */
    gsize offset;         /* in struct options */
    const char *argument; /* placeholder; NULL for flags */
    const char *help;     /* one line */
    const char *choices;  /* words for completion and "did you mean"; NULL: free */
    unsigned traits;      /* enum option_trait */
    const char *names;    /* what `plumbline completion` calls its values ("rules"); NULL: no names of ours */
    const char *also;     /* other spellings, between blanks: "benchmark", or "no-colour=never" for a flag */
    const char *initial;  /* its value where nobody gives one, for --show-config; NULL: none */
    const char *alone;    /* the value where none of the choices follows; NULL: one has to */
};

/* All rows in the order of help; ends with a NULL name. */
const struct option_spec *options_table(void);
/* A heading for a group's options in help. */
const char *options_group_title(enum option_group group);
/* The row of that name among the groups, NULL. */
const struct option_spec *options_find(unsigned groups, const char *name);
/* Was it given, on the command line or by the configuration? A flag that was denied is not in force, but given. */
bool options_given(const struct options *options, const struct option_spec *spec);

/* Parses argv[1..] for the command. PL_ERROR_USAGE with one sentence and a suggestion. */
bool options_parse(struct options *options, const struct command *command, int argc, char **argv, GError **error);
/* Parses further arguments into the same options; those of array kind must not have been given. PL_ERROR_USAGE. */
bool options_parse_more(struct options *options, int argc, char **argv, GError **error);
void options_clear(struct options *options);
