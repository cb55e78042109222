/* The command line's options, one table for parsing, help, completion and the manual. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Seconds that an audit may take where the command line does not say. */
#define TIMEOUT_DEFAULT 600

/* Every option of every command; a command sees those of its groups. Vectors are NULL or NULL-terminated. */
struct options {
    gboolean help;
    gboolean no_color;
    char *palette;

    char **checks;
    gboolean only_checks;

    char **profiles, **layers, **rules, **skip, **references, **tags, **sets;
    char *severity;

    char *root;
    char **images;
    char *waivers;
    gboolean network;
    int threads;
    int timeout; /* seconds */
    char *confine;
    char *progress;

    char *fail_on;
    double min_score, min_coverage;
    gboolean allow_unknown;

    char **outputs;
    gboolean verbose, quiet;

    gboolean json;
    gboolean man, formats, language, findings;
    gboolean strict;
    char *trees;
    char *audit;

    char **arguments; /* what is no option */
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
};

/* All rows in the order of help; ends with a NULL name. */
const struct option_spec *options_table(void);
/* A heading for a group's options in help. */
const char *options_group_title(enum option_group group);

/* Parses argv[1..] for a command with these groups. PL_ERROR_USAGE with one sentence and a suggestion. */
bool options_parse(struct options *options, unsigned groups, int argc, char **argv, GError **error);
void options_clear(struct options *options);
