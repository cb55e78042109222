/* Command lines, as three option parsers read them: pflag (Docker, Kubernetes), Go's own package (etcd), getopt_long.
 *
 * What they share: "--name=value"; a bool flag takes no separate value; "--" ends the flags. They differ in one dash
 * before a long name (Go only), in letters ("-l debug", pflag and getopt) and in cut names (getopt). */
#include "facts/daemon/flags.h"

#include <string.h>

struct parser {
    const struct daemon *daemon;
    const char *const *argv;
    GPtrArray *list;
};

static void flag_value_free(gpointer data)
{
    struct flag_value *value = data;
    g_free(value->name);
    g_free(value->text);
    g_free(value);
}

void flag_values_free(struct flag_values *values)
{
    if (!values)
        return;
    g_ptr_array_unref(values->list);
    g_free(values);
}

static void add(struct parser *parser, const struct daemon_key *key, const char *name, const char *text)
{
    struct flag_value *value = g_new0(struct flag_value, 1);
    value->key = key;
    value->name = g_strdup(name);
    value->text = g_strdup(text);
    g_ptr_array_add(parser->list, value);
}

static bool same_flag(const struct daemon *daemon, const char *declared, const char *written, bool *whole)
{
    size_t i = 0;
    for (; declared[i] && written[i]; i++) {
        bool same = written[i] == declared[i];
        if (!same && !(daemon->underscores && written[i] == '_' && declared[i] == '-'))
            return false;
    }
    *whole = declared[i] == '\0';
    return written[i] == '\0';
}

/* What a long name stands for: a key's flag, or one that names a file. */
struct daemon_flags_found {
    const struct daemon_key *key;
    const char *name;
    bool whole;
    unsigned count; /* names that begin as written */
};

static void look_in(const struct daemon *daemon, char **flags, const struct daemon_key *key, const char *written,
                    struct daemon_flags_found *found)
{
    for (char **flag = flags; flag && *flag; flag++) {
        bool whole = false;
        if (found->whole || !same_flag(daemon, *flag, written, &whole))
            continue;
        if (!whole && daemon->syntax != FLAGS_GETOPT)
            continue;
        found->count++;
        *found = (struct daemon_flags_found){key, *flag, whole, found->count};
    }
}

static bool find_long(const struct daemon *daemon, const char *written, struct daemon_flags_found *found)
{
    *found = (struct daemon_flags_found){0};
    GHashTableIter iter;
    gpointer key = NULL;
    g_hash_table_iter_init(&iter, daemon->keys);
    while (g_hash_table_iter_next(&iter, NULL, &key))
        look_in(daemon, ((struct daemon_key *)key)->flags, key, written, found);
    /* A flag may both be a key and name a file; the key carries its type. */
    if (!found->whole)
        look_in(daemon, daemon->config.flags, NULL, written, found);
    if (!found->whole)
        look_in(daemon, daemon->config.dropin_flags, NULL, written, found);
    return found->whole || found->count == 1;
}

static const char *flag_of_letter(char **flags, char letter)
{
    for (; flags && *flags; flags++)
        if ((*flags)[0] == letter && !(*flags)[1])
            return *flags;
    return NULL;
}

/* What a letter stands for: a key by its shorthand or by a flag of one letter, or a flag that names a file. */
static bool find_letter(const struct daemon *daemon, char letter, struct daemon_flags_found *found)
{
    *found = (struct daemon_flags_found){0};
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, daemon->keys);
    while (!found->name && g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct daemon_key *key = value;
        const char *flag = flag_of_letter(key->flags, letter);
        if (flag || key->shorthand == letter)
            *found = (struct daemon_flags_found){.key = key,
                                                 .name = flag         ? flag
                                                         : key->flags ? key->flags[0]
                                                                      : key->name};
    }
    if (!found->name)
        found->name = flag_of_letter(daemon->config.flags, letter);
    if (!found->name)
        found->name = flag_of_letter(daemon->config.dropin_flags, letter);
    return found->name != NULL;
}

/* Reads one "--name", "--name=value" or "--name value"; returns how many further arguments it took. */
static unsigned parse_long(struct parser *parser, const char *body, const char *next)
{
    const char *equals = strchr(body, '=');
    g_autofree char *name = equals ? g_strndup(body, (gsize)(equals - body)) : g_strdup(body);
    struct daemon_flags_found found;
    if (!find_long(parser->daemon, name, &found))
        return 0;
    if (equals) {
        add(parser, found.key, found.name, equals + 1);
        return 0;
    }
    if (found.key && found.key->type == VALUE_BOOL) {
        add(parser, found.key, found.name, "true");
        return 0;
    }
    if (next)
        add(parser, found.key, found.name, next);
    return next ? 1 : 0;
}

/* "-D", "-l debug", "-ldebug", "-l=debug", "-Dl debug". */
static unsigned parse_letters(struct parser *parser, const char *letters, const char *next)
{
    for (; *letters; letters++) {
        struct daemon_flags_found found;
        if (!find_letter(parser->daemon, *letters, &found))
            return 0;
        const char *rest = letters[1] == '=' ? letters + 2 : letters + 1;
        if (found.key && found.key->type == VALUE_BOOL && letters[1] != '=') {
            add(parser, found.key, found.name, "true");
            continue;
        }
        if (*rest || letters[1] == '=') {
            add(parser, found.key, found.name, rest);
            return 0;
        }
        if (next)
            add(parser, found.key, found.name, next);
        return next ? 1 : 0;
    }
    return 0;
}

static unsigned parse_one(struct parser *parser, const char *argument, const char *next)
{
    if (argument[0] != '-' || argument[1] == '\0')
        return 0;
    if (argument[1] == '-')
        return parse_long(parser, argument + 2, next);
    if (parser->daemon->syntax == FLAGS_GO)
        return parse_long(parser, argument + 1, next);
    return parse_letters(parser, argument + 1, next);
}

struct flag_values *daemon_flags_parse(const struct daemon *daemon, const char *const *argv)
{
    struct flag_values *values = g_new0(struct flag_values, 1);
    values->list = g_ptr_array_new_with_free_func(flag_value_free);
    struct parser parser = {daemon, argv, values->list};
    if (!argv || !argv[0])
        return values;
    for (size_t i = 1; argv[i] && !g_str_equal(argv[i], "--"); i++) {
        i += parse_one(&parser, argv[i], argv[i + 1]);
        if (!argv[i])
            break;
    }
    return values;
}

const char *flag_values_last(const struct flag_values *values, const char *const *names)
{
    const char *last = NULL;
    for (guint i = 0; names && i < values->list->len; i++) {
        const struct flag_value *value = g_ptr_array_index(values->list, i);
        if (g_strv_contains(names, value->name))
            last = value->text;
    }
    return last;
}

static void add_words(GPtrArray *words, const char *line)
{
    g_auto(GStrv) parts = g_strsplit_set(line, " \t\r", -1);
    for (char **part = parts; *part; part++) {
        size_t n = strlen(*part);
        bool quoted = n >= 2 && ((*part)[0] == '"' || (*part)[0] == '\'') && (*part)[n - 1] == (*part)[0];
        if (n)
            g_ptr_array_add(words, quoted ? g_strndup(*part + 1, n - 2) : g_strdup(*part));
    }
}

char **daemon_arguments_split(const char *text)
{
    GPtrArray *words = g_ptr_array_new();
    g_ptr_array_add(words, g_strdup("arguments"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        if (**line && **line != '#')
            add_words(words, *line);
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}
