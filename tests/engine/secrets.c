/* The corpus of tests/secrets/ through the whole engine and every report: what is planted on a host is in none of them,
 * and what only looks like a secret stays readable. */
#include "engine/engine.h"
#include "engine_test.h"
#include "facts/image/redact.h"
#include "model/audit.h"
#include "reports/report.h"

#define OPEN  "⟦"
#define CLOSE "⟧"

static struct content *content;

static char *corpus(const char *name)
{
    g_autofree char *path = g_build_filename(TEST_SOURCE_DIR, "tests", "secrets", name, NULL);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static int open_content(void **state)
{
    (void)state;
    g_autofree char *folder = g_build_filename(TEST_SOURCE_DIR, "tests", "secrets", "checks", NULL);
    content = folder_load(folder);
    g_autofree char *mistakes = diagnostics_text(content);
    if (*mistakes)
        fail_msg("%s", mistakes);
    return 0;
}

static int close_content(void **state)
{
    (void)state;
    content_free(content);
    return 0;
}

/* The text without the marks; what stood between them goes into `secrets`. */
static char *unmarked(const char *text, GPtrArray *secrets)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *p = text;
    for (const char *open = strstr(p, OPEN); open; open = strstr(p, OPEN)) {
        const char *start = open + strlen(OPEN), *close = strstr(start, CLOSE);
        assert_non_null(close);
        g_string_append_len(out, p, open - p);
        g_string_append_len(out, start, close - start);
        g_ptr_array_add(secrets, g_strndup(start, (gsize)(close - start)));
        p = close + strlen(CLOSE);
    }
    g_string_append(out, p);
    return g_strdup(out->str);
}

static void put(json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, json_object_new_string(text));
}

static json_object *process_of(const char *kind, const char *text)
{
    json_object *process = json_object_new_object(), *argv = json_object_new_array(), *env = json_object_new_object();
    g_auto(GStrv) words = g_strsplit(g_str_equal(kind, "argv") ? text : "planted", " ", -1);
    for (char **word = words; *word; word++)
        json_object_array_add(argv, json_object_new_string(*word));
    const char *equals = strchr(text, '=');
    if (g_str_equal(kind, "env") && equals) {
        g_autofree char *name = g_strndup(text, (gsize)(equals - text));
        put(env, name, equals + 1);
    }
    json_object_object_add(process, "pid", json_object_new_int(100));
    put(process, "comm", "planted");
    json_object_object_add(process, "argv", argv);
    json_object_object_add(process, "environ", env);
    return process;
}

static void put_files(json_object *files, const char *kind, const char *text)
{
    bool json = g_str_equal(kind, "json");
    g_autofree char *line = g_strdup_printf("# a comment\n%s\n", text);
    put(files, "/etc/planted/line", line);
    put(files, "/etc/planted/json", json ? text : "{}");
    g_autofree char *single = g_strdelimit(g_strdup(text), "\n", ' ');
    bool assigns = g_str_equal(kind, "env") || g_str_has_prefix(single, "Environment=");
    const char *key = g_str_has_prefix(single, "Environment=") ? "" : assigns ? "Environment=" : "ExecStart=";
    g_autofree char *unit = g_strdup_printf("[Service]\n%s%s\n", key, single);
    put(files, "/etc/planted/pairs", g_str_equal(kind, "line") ? line : "");
    put(files, "/etc/systemd/system/planted.service", unit);
}

static void put_array(json_object *object, const char *key, const char *text)
{
    json_object *array = json_object_new_array();
    json_object_array_add(array, json_object_new_string(text));
    json_object_object_add(object, key, array);
}

static char *coded(const char *text)
{
    return g_base64_encode((const guchar *)text, strlen(text));
}

/* An engine: its settings, its own answers, and in a label the same in base64. */
static void put_engine(json_object *files, json_object *processes, json_object *http, const char *text)
{
    pl_autojson json_object *settings = json_object_new_object();
    json_object *options = json_object_new_object(), *info = json_object_new_object();
    json_object *network = json_object_new_object(), *networks = json_object_new_array();
    json_object *labels = json_object_new_object(), *process = json_object_new_object();
    g_autofree char *code = coded(text);
    put(options, "tag", text);
    put_array(settings, "labels", text);
    json_object_object_add(settings, "log-opts", options);
    put(files, "/etc/docker/daemon.json", json_object_to_json_string(settings));
    json_object_object_add(files, "/run/docker.sock", json_tokener_parse("{\"type\": \"socket\", \"mode\": \"0660\"}"));
    json_object_object_add(process, "pid", json_object_new_int(50));
    put(process, "comm", "dockerd");
    put(process, "exe", "/usr/bin/dockerd");
    json_object_object_add(process, "argv",
                           json_tokener_parse("[\"/usr/bin/dockerd\", \"-H\", \"unix:///run/docker.sock\"]"));
    json_object_array_add(processes, process);
    put(labels, "note", text);
    put(labels, "coded", code);
    put_array(info, "Labels", text);
    put_array(info, "Warnings", text);
    put(network, "Name", "planted");
    json_object_object_add(network, "Labels", labels);
    json_object_array_add(networks, network);
    static const char *const calls[] = {"_ping", "info", "networks"};
    json_object *const answers[] = {NULL, info, networks};
    for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
        json_object *answer = json_object_new_object();
        g_autofree char *url = g_strconcat("unix:/run/docker.sock http://localhost/", calls[i], NULL);
        put(answer, "body", answers[i] ? json_object_to_json_string(answers[i]) : "OK");
        json_object_object_add(http, url, answer);
        json_object_put(answers[i]);
    }
}

static struct host *host_of(const char *kind, const char *text)
{
    pl_autojson json_object *spec = json_object_new_object();
    json_object *files = json_object_new_object(), *processes = json_object_new_array(),
                *http = json_object_new_object();
    json_object *answer = json_object_new_object(), *kernel = json_object_new_object();
    put_files(files, kind, text);
    json_object_array_add(processes, process_of(kind, text));
    put_engine(files, processes, http, text);
    put(answer, "body", text);
    json_object_object_add(http, "http://planted/x", answer);
    const char *value = strchr(text, '=');
    g_autofree char *cmdline =
        g_strdup_printf("quiet planted.password=%s", value && !strchr(text, ' ') ? value + 1 : "no");
    put(kernel, "cmdline", cmdline);
    json_object_object_add(spec, "files", files);
    json_object_object_add(spec, "processes", processes);
    json_object_object_add(spec, "http", http);
    json_object_object_add(spec, "kernel", kernel);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    if (!host)
        fail_msg("%s", error->message);
    return host;
}

static struct audit *audit_of(const char *kind, const char *text)
{
    pl_auto(host) host = host_of(kind, text);
    struct selection selection = {.network = true};
    struct gate gate = {.fail_on = SEVERITY_MEDIUM, .min_score = -1, .min_coverage = -1};
    struct engine_run run = {
        .content = content, .host = host, .gate = &gate, .now = 1800000000, .threads = 1, .selection = &selection};
    g_autoptr(GError) error = NULL;
    struct audit *audit = engine_audit(&run, &error);
    if (!audit)
        fail_msg("%s", error->message);
    return audit;
}

static guint leaks;

static void look_for(const struct audit *audit, const GPtrArray *secrets, const char *text)
{
    static const struct report_options options = {.utf8 = true, .verbose = true, .width = 0};
    size_t n = 0;
    const struct report *const *reports = report_all(&n);
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        assert_true(reports[i]->render(audit, &options, bytes, NULL));
        for (guint k = 0; k < secrets->len; k++) {
            const char *secret = g_ptr_array_index(secrets, k), *found = strstr(bytes->str, secret);
            if (found)
                print_error("%s in %s: %.200s\n", text, reports[i]->name, MAX(bytes->str, found - 150));
            leaks += found != NULL;
        }
    }
}

static void planted_secrets_are_in_no_report(void **state)
{
    (void)state;
    g_autofree char *text = corpus("planted.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint planted = 0, shown = 0;
    for (char **line = lines; *line; line++) {
        char *tab = **line == '#' ? NULL : strchr(*line, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        g_autoptr(GPtrArray) secrets = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *plain = unmarked(tab + 1, secrets);
        assert_true(secrets->len > 0);
        g_ptr_array_add(secrets, coded(plain));
        pl_auto(audit) audit = audit_of(*line, plain);
        look_for(audit, secrets, plain);
        planted += secrets->len;
        for (guint i = 0; i < audit->results->len; i++)
            shown += ((struct result *)audit->results->pdata[i])->items->len > 0;
    }
    assert_int_equal(leaks, 0);
    assert_true(planted > 130);
    assert_true(shown > planted * 4); /* the rules did look */
}

/* Instructions of images, which are shown in many fields. */
static void planted_secrets_are_in_no_instruction(void **state)
{
    (void)state;
    g_autofree char *text = corpus("planted.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint steps = 0;
    for (char **line = lines; *line; line++) {
        if (!g_str_has_prefix(*line, "step\t"))
            continue;
        g_autoptr(GPtrArray) secrets = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *plain = unmarked(*line + strlen("step\t"), secrets);
        pl_autojson json_object *names = json_object_new_array();
        struct image_instruction instruction;
        image_instruction_parse(plain, &instruction);
        g_autofree char *shown = image_instruction_redact(&instruction, names);
        image_instruction_clear(&instruction);
        for (guint i = 0; i < secrets->len; i++)
            if (strstr(shown, g_ptr_array_index(secrets, i)))
                fail_msg("%s: %s", plain, shown);
        steps++;
    }
    assert_true(steps >= 10);
}

/* In evidence, as it was. */
static void what_is_no_secret_is_shown(void **state)
{
    (void)state;
    g_autofree char *text = corpus("open.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!**line || **line == '#')
            continue;
        pl_auto(audit) audit = audit_of("line", *line);
        bool found = false;
        for (guint i = 0; i < audit->results->len; i++) {
            const struct result *result = audit->results->pdata[i];
            for (guint k = 0; g_str_equal(result->rule, "planted-all") && k < result->items->len; k++) {
                const struct item_result *item = result->items->pdata[k];
                found |= g_strcmp0(tree_string(item->observed, "text"), *line) == 0;
            }
        }
        if (!found)
            fail_msg("not shown as it is: %s", *line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(planted_secrets_are_in_no_report),
                                       cmocka_unit_test(planted_secrets_are_in_no_instruction),
                                       cmocka_unit_test(what_is_no_secret_is_shown)};
    return cmocka_run_group_tests(tests, open_content, close_content);
}
