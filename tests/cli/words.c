/* Spellings of options, and words of other programs: every row of the tables is tried. */
#include "cli/command.h"
#include "cli/config.h"
#include "cli/foreign.h"
#include "cli/options_words.h"
#include "cli/unknown.h"
#include "model/error.h"

#include "cmocka_all.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What the table of commands names; none of them is run. */
#define STUB(name)                                                                                                     \
    enum exit_code command_##name(struct options *options)                                                             \
    {                                                                                                                  \
        (void)options;                                                                                                 \
        return EXIT_MET;                                                                                               \
    }
STUB(audit)
STUB(list)
STUB(explain)
STUB(waive)
STUB(attest)
STUB(probes)
STUB(lint)
STUB(test)
STUB(report)
STUB(diff)
STUB(fix)
STUB(completion)

/* The words of a line, by blanks; the first is the command. */
static bool parse(struct options *options, const char *line, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const struct command *command = command_find(words[0]);
    assert_non_null(command);
    return options_parse(options, command, (int)g_strv_length(words), words, error);
}

static void assert_refused(const char *line, const char *words)
{
    struct options options;
    g_autoptr(GError) error = NULL;
    if (parse(&options, line, &error))
        fail_msg("taken: %s", line);
    options_clear(&options);
    assert_int_equal(error->code, PL_ERROR_USAGE);
    assert_null(strchr(error->message, '\n'));
    if (!strstr(error->message, words))
        fail_msg("%s: \"%s\" is not in \"%s\"", line, words, error->message);
}

/* "{NAME}" as it is shown where nothing was typed with the word. */
static char *filled(const char *text)
{
    g_auto(GStrv) open = g_strsplit_set(text, "{}", -1);
    return g_strjoinv("", open);
}

static bool has_option(const struct command *command, const char *word)
{
    g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "= "));
    g_autofree char *value = NULL;
    return options_row(command->groups, name, &value) != NULL;
}

/* Every option of a hint is one that its command has. */
static void check_hint(const struct command *command, const char *ours)
{
    g_auto(GStrv) words = g_strsplit(ours, " ", -1);
    char **word = words;
    if (g_str_equal(*word, "plumbline"))
        word++;
    const struct command *named = *word ? command_find(*word) : NULL;
    if (!command && !named)
        fail_msg("no command in \"%s\"", ours);
    for (command = named ? named : command; *word; word++)
        if (g_str_has_prefix(*word, "--") && !g_str_equal(*word, "--help") && !has_option(command, *word))
            fail_msg("\"%s\": %s has no %s", ours, command->name, *word);
}

/* Any command with the option that a hint begins with. */
static const struct command *owner_of(const char *ours)
{
    for (const struct command *command = command_table(); command->name; command++)
        if (ours[0] != '-' || has_option(command, ours))
            return command;
    fail_msg("no command has \"%s\"", ours);
    return NULL;
}

static void foreign_commands(const struct foreign *row)
{
    char program[] = "plumbline", *word = g_strdup(row->typed);
    char *argv[] = {program, word, NULL};
    assert_null(command_find(row->typed));
    g_autofree char *text = filled(row->ours ? row->ours : row->says), *said = unknown_command(2, argv);
    assert_non_null(strstr(said, text));
    if (row->ours)
        check_hint(NULL, row->ours);
    g_free(word);
}

static void foreign_arguments(const struct foreign *row)
{
    const struct command *command = command_find(row->place);
    char *arguments[] = {g_strdup(row->typed), NULL};
    assert_non_null(command);
    assert_true(g_str_has_prefix(row->ours, "plumbline "));
    check_hint(command, row->ours);
    g_autofree char *said = unknown_argument(command, arguments);
    assert_non_null(strstr(said, row->ours));
    g_free(arguments[0]);
}

static bool knows(const struct command *command, const char *typed)
{
    if (typed[1] == '-')
        return has_option(command, typed);
    for (const struct option_spec *spec = options_table(); spec->name; spec++)
        if ((command->groups & spec->group) && spec->letter == typed[1])
            return true;
    return false;
}

/* A row of every command stands where one of them knows the word: those that do say where it is. */
static void foreign_options(const struct foreign *row)
{
    unsigned tried = 0;
    for (const struct command *command = command_table(); command->name; command++) {
        bool here = g_str_equal(row->place, command->name);
        if (!here && !g_str_equal(row->place, "*"))
            continue;
        if (knows(command, row->typed)) {
            assert_false(here);
            continue;
        }
        const struct foreign *found = foreign_find(FOREIGN_OPTION, command->name, row->typed);
        g_autofree char *line = g_strdup_printf("%s %s", command->name, row->typed);
        g_autofree char *text = filled(found->ours ? found->ours : found->says);
        assert_refused(line, here || found == row ? text : "");
        tried++;
    }
    if (!tried)
        fail_msg("%s is an option everywhere", row->typed);
    if (row->ours)
        check_hint(g_str_equal(row->place, "*") ? owner_of(row->ours) : command_find(row->place), row->ours);
}

static const struct command *command_with(const struct option_spec *spec)
{
    for (const struct command *command = command_table(); command->name; command++)
        if (command->groups & spec->group)
            return command;
    return NULL;
}

static const struct option_spec *row_named(const char *name)
{
    const struct option_spec *spec = options_find(~0u, name);
    if (!spec)
        fail_msg("no option is called %s", name);
    return spec;
}

static bool is_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    return g_strv_contains((const char *const *)words, word);
}

static void foreign_values(const struct foreign *row)
{
    const struct option_spec *spec = row_named(row->place);
    const struct command *command = command_with(spec);
    assert_false(is_word(spec->choices, row->typed));
    if (row->kind == FOREIGN_SAME) {
        g_autofree char *lead = g_strndup(row->ours, strcspn(row->ours, "."));
        g_autofree char *ours = options_word(spec, row->typed);
        assert_true(is_word(spec->choices, lead));
        assert_string_equal(ours, row->ours);
        return;
    }
    g_autofree char *line = g_strdup_printf("%s --%s=%s", command->name, spec->name, row->typed);
    assert_refused(line, row->ours);
    check_hint(command, row->ours);
}

static void foreign_words(void **state)
{
    (void)state;
    static void (*const checks[])(const struct foreign *row) = {
        [FOREIGN_COMMAND] = foreign_commands, [FOREIGN_ARGUMENT] = foreign_arguments,
        [FOREIGN_OPTION] = foreign_options,   [FOREIGN_VALUE] = foreign_values,
        [FOREIGN_SAME] = foreign_values,
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gsize n = 0;
    const struct foreign *rows = foreign_all(&n);
    assert_true(n > 200);
    for (gsize i = 0; i < n; i++) {
        int kind = rows[i].kind == FOREIGN_SAME ? FOREIGN_VALUE : rows[i].kind;
        if (!g_hash_table_add(seen, g_strdup_printf("%d %s %s", kind, rows[i].place, rows[i].typed)))
            fail_msg("twice: %s", rows[i].typed);
        assert_true(strlen(rows[i].ours ? rows[i].ours : rows[i].says) < 100);
        checks[rows[i].kind](&rows[i]);
    }
}

/* A spelling is one option's, and none that another one is called by; values that stand for none are ours. */
static void other_spellings(void **state)
{
    (void)state;
    for (const struct command *command = command_table(); command->name; command++) {
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (const struct option_spec *spec = options_table(); spec->name; spec++) {
            if (!(command->groups & spec->group))
                continue;
            g_auto(GStrv) others = g_strsplit(spec->also ? spec->also : "", " ", -1);
            assert_true(g_hash_table_add(seen, g_strdup(spec->name)));
            for (char **other = others; *other; other++) {
                g_autofree char *name = g_strndup(*other, strcspn(*other, "=")), *value = NULL;
                if (!g_hash_table_add(seen, g_strdup(name)))
                    fail_msg("%s: two options are called %s", command->name, name);
                assert_ptr_equal(options_row(command->groups, name, &value), spec);
                assert_true(!value || is_word(spec->choices, value));
            }
            assert_true(!spec->alone || is_word(spec->choices, spec->alone));
            assert_true(!spec->initial || !spec->choices || is_word(spec->choices, spec->initial));
            assert_true(!(spec->traits & OPTION_HIDDEN) || !spec->also);
        }
    }
}

static const char *list_of(char *const *list, GString *out)
{
    g_string_truncate(out, 0);
    for (; list && *list; list++)
        g_string_append_printf(out, "%s%s", out->len ? "|" : "", *list);
    return out->str;
}

static void lists_and_case(void **state)
{
    (void)state;
    static const struct {
        const char *line, *layers, *rules, *severity;
    } rows[] = {
        {"audit --layer docker,CODE", "container|code", "", NULL},
        {"audit -l code -l k8s,Server", "code|cluster|cloud", "", NULL},
        {"audit --layer=code,,cloud,", "code|cloud", "", NULL},
        {"audit --layer ,", ",", "", NULL},
        {"audit --layer=", "", "", NULL},
        {"audit --severity HIGH,Critical", "", "", "high,critical"},
        {"audit --severity moderate..", "", "", "moderate.."},
        {"audit --severity crit,Moderate", "", "", "critical,medium"},
        {"audit --rule A-B,c*", "", "a-b|c*", NULL},
        {"audit --rule x[a,b]y,z[", "", "x[a,b]y|z[", NULL},
        {"audit --rule a B,c d", "", "a|b|c|d", NULL},
        {"list Cloud/SSHD", "", "cloud/sshd", NULL},
        {"test --only A,b --rule c f", "", "a|b|c", NULL},
    };
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options options;
        g_autoptr(GError) error = NULL;
        if (!parse(&options, rows[i].line, &error))
            fail_msg("%s: %s", rows[i].line, error->message);
        assert_string_equal(list_of(options.layers, text), rows[i].layers);
        assert_string_equal(list_of(options.rules, text), rows[i].rules);
        assert_true(g_strcmp0(options.severity, rows[i].severity) == 0);
        options_clear(&options);
    }
}

static void words_of_options(void **state)
{
    (void)state;
    static const struct {
        const char *line, *color, *progress, *fail_on;
        int timeout;
    } rows[] = {
        {"audit", NULL, NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --no-color", "never", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --no-colour --no-progress", "never", "none", NULL, TIMEOUT_DEFAULT},
        {"audit --color", "always", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --color never", "never", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --colour=AUTO", "auto", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --color off -q", "never", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --color -q", "always", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --color some-rule", "always", NULL, NULL, TIMEOUT_DEFAULT},
        {"audit --progress Lines --fail-on HIGH", NULL, "lines", "high", TIMEOUT_DEFAULT},
        {"audit -f Moderate", NULL, NULL, "medium", TIMEOUT_DEFAULT},
        {"audit --timeout 0", NULL, NULL, NULL, 0},
        {"audit --timeout 90s", NULL, NULL, NULL, 90},
        {"audit --timeout=5m", NULL, NULL, NULL, 300},
        {"audit --timeout 1H", NULL, NULL, NULL, 3600},
        {"audit -- --no-color", NULL, NULL, NULL, TIMEOUT_DEFAULT},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options options;
        g_autoptr(GError) error = NULL;
        if (!parse(&options, rows[i].line, &error))
            fail_msg("%s: %s", rows[i].line, error->message);
        assert_true(g_strcmp0(options.color, rows[i].color) == 0);
        assert_true(g_strcmp0(options.progress, rows[i].progress) == 0);
        assert_true(g_strcmp0(options.fail_on, rows[i].fail_on) == 0);
        assert_int_equal(options.timeout, rows[i].timeout);
        options_clear(&options);
    }
}

static void wrong_words(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"audit --ouput json", "audit has no option --ouput; did you mean --output?"},
        {"audit --zzzzz", "audit has no option --zzzzz; plumbline audit --help lists them"},
        {"audit --min-severity high", "; did you mean \"--severity high..\"?"},
        {"audit --min-severity=HIGH", "; did you mean \"--severity HIGH..\"?"},
        {"explain --exit-code 1", "; did you mean \"audit --fail-on SEVERITY\"?"},
        {"explain --root /x", "explain has no option --root, which is one of: audit"},
        {"audit --fail-on high,low", "takes one of: critical high medium low info none; not \"high,low\": one of them"},
        {"audit --fail-on hgih", "(did you mean high?)"},
        {"audit -f json", "did you mean \"--output json\"?"},
        {"audit --color=pink", "--color takes one of: auto always never; not \"pink\""},
        {"audit --confine no", "best require none"},
        {"audit --timeout soon", "as 600, 90s, 5m or 1h"},
        {"audit --timeout -1", "as 600, 90s, 5m or 1h"},
        {"audit --timeout 99999999999", "as 600, 90s, 5m or 1h"},
        {"audit --timeout 9999999h", "as 600, 90s, 5m or 1h"},
        {"audit --threads many", "many"},
        {"audit --output", "--output"},
        {"audit --allow-unknown=maybe", "--allow-unknown takes no value but true or false, not \"maybe\""},
        {"audit --quiet=", "--quiet takes no value but true or false"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_refused(rows[i][0], rows[i][1]);
    static const char *const early[][2] = {
        {"plumbline --no-color audit", "the command comes first: plumbline audit --no-color"},
        {"plumbline --json list", "the command comes first: plumbline list --json"},
        {"plumbline --json", "; did you mean \"audit --output json\"?"},
        {"plumbline --zzzzz", "there is no option --zzzzz"},
        {"plumbline audti", "did you mean \"audit\"?"},
        {"plumbline elephant", "plumbline --help lists them"},
        {"plumbline image nginx:1", "did you mean \"audit --image nginx:1\"?"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(early); i++) {
        g_auto(GStrv) words = g_strsplit(early[i][0], " ", -1);
        g_autofree char *said = unknown_command((int)g_strv_length(words), words);
        if (!strstr(said, early[i][1]))
            fail_msg("%s: %s", early[i][0], said);
    }
}

/* The file of a line's `--config @`. */
static char *with_config(const char *line, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(line, "@", 2);
    return g_strjoinv(path, parts);
}

static void configuration(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line, *layers, *fail_on, *color;
        bool quiet;
        double score;
    } rows[] = {
        {"", "audit --config @", "", NULL, NULL, false, -1},
        {"# a comment\n\nfail-on = HIGH\nlayer = docker, code\nquiet\nmin-score=80\n", "audit --config @",
         "container|code", "high", NULL, true, 80},
        {"layer = code\nlayer = cloud # two\nquiet = no\n", "audit --config=@", "code|cloud", NULL, NULL, false, -1},
        {"layer = code\nfail-on = high\n", "audit --config @ --layer cluster -f low", "cluster", "low", NULL, false,
         -1},
        {"--fail-on = high\r\nno-color\n", "audit --config @", "", "high", "never", false, -1},
        {"no-color\n", "audit --config @ --color", "", NULL, "always", false, -1},
        {"quiet\n", "audit --config @ --quiet=no", "", NULL, NULL, false, -1},
        {"", "audit --config @ --quiet=Yes", "", NULL, NULL, true, -1},
        {"", "audit --config @ --quiet=off", "", NULL, NULL, false, -1},
        {"layer = code\nfail-on = high\n", "list --config @", "code", NULL, NULL, false, -1},
        {"layer = code\n", "explain --config @ x", "", NULL, NULL, false, -1},
        {"layer = code\n", "audit --config none", "", NULL, NULL, false, -1},
    };
    g_autofree char *folder = g_dir_make_tmp("plumbline-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "plumbline.conf", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct options options;
        g_autoptr(GError) error = NULL;
        g_autofree char *line = with_config(rows[i].line, path);
        assert_true(g_file_set_contents(path, rows[i].text, -1, NULL));
        if (!parse(&options, line, &error))
            fail_msg("row %zu: %s", i, error->message);
        assert_string_equal(list_of(options.layers, text), rows[i].layers);
        assert_true(g_strcmp0(options.fail_on, rows[i].fail_on) == 0);
        assert_true(g_strcmp0(options.color, rows[i].color) == 0);
        assert_int_equal(options.quiet, rows[i].quiet);
        assert_true(options.min_score >= rows[i].score && options.min_score <= rows[i].score);
        options_clear(&options);
    }
    static const char *const wrong[][2] = {
        {"fial-on = high\n", "plumbline.conf:1: audit has no option \"fial-on\" (did you mean fail-on?)"},
        {"\nfail-on\n", "plumbline.conf:2: an option and its value"},
        {"quiet = perhaps\n", ":1: quiet is true or false, not \"perhaps\""},
        {"fail-on = hgih\n", "did you mean high"},
        {"threads = many\n", "plumbline.conf: "},
        {"config = /x\n", "has no option \"config\""},
        {"help\n", "has no option \"help\""},
        {"version\n", "has no option \"version\""},
        {"\xff\n", "not a text"},
    };
    g_autofree char *line = g_strdup_printf("audit --config %s", path);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        assert_true(g_file_set_contents(path, wrong[i][0], -1, NULL));
        assert_refused(line, wrong[i][1]);
    }
    assert_int_equal(g_chmod(path, 0666), 0);
    if (geteuid() == 0)
        assert_refused(line, path);
    assert_int_equal(g_unlink(path), 0);
    assert_refused(line, "No such file");
    g_autofree char *directory = g_strdup_printf("audit --config %s", folder);
    assert_refused(directory, "not a regular file");
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(foreign_words),  cmocka_unit_test(other_spellings),
                                       cmocka_unit_test(lists_and_case), cmocka_unit_test(words_of_options),
                                       cmocka_unit_test(wrong_words),    cmocka_unit_test(configuration)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
