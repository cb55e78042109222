#include "facts/docker/engines.h"

#include "described.h"

#define DOCKERD "processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: dockerd, argv: [/usr/bin/dockerd%s]}]"
#define AT      "unix:/run/docker.sock http://localhost"
#define PING    "'" AT "/_ping': {body: OK}"

/* A host with one dockerd, `flags` beginning with a comma, and the members of its `http`. */
static struct host *with_engine(const char *flags, const char *http)
{
    g_autofree char *processes = g_strdup_printf(DOCKERD, flags);
    g_autofree char *text = g_strdup_printf("{%s, http: {%s}}", processes, http);
    return inline_host(text);
}

static struct daemons *dockerd; /* the shipped description */

/* What is found first is kept by the host: all looks at one host have to be with the description. */
static struct items *look_in(struct host *host, const char *object)
{
    return look_at_described(dockerd, host, "docker", object);
}

static struct items *look_once(const char *host_text, const char *object)
{
    pl_auto(host) host = inline_host(host_text);
    return look_in(host, object);
}

static struct items *ask(const char *http, const char *object)
{
    pl_auto(host) host = with_engine("", http);
    return look_in(host, object);
}

static const struct docker_engines *engines_of(struct host *host)
{
    const struct fact_context context = {.host = host, .daemons = dockerd};
    return docker_engines_find(&context);
}

static const struct docker_engine *only_engine(struct host *host)
{
    const GPtrArray *engines = engines_of(host)->list;
    assert_int_equal(engines->len, 1);
    return engines->pdata[0];
}

static void what_it_says_about_itself(void **state)
{
    (void)state;
    pl_auto(items) items = ask(PING ", '" AT "/info': {json: {Debug: true, Swarm: {ControlAvailable: false}}}",
                               "{list: info, key: Debug}");
    const struct item *item = only_item(items);
    assert_string_equal(item->subject, "/run/docker.sock");
    assert_string_equal(item->source.api, "GET /info on /run/docker.sock");
    assert_field(item, "value", "true");
    assert_field(item, "engine", "\"/run/docker.sock\"");
    assert_field(item, "pid", "100");
    assert_field(item, "api", "null");
    assert_field(item, "manager", "false");
    assert_field(item, "name", "null");
    assert_declared(item, "docker");
}

static void elements_of_lists(void **state)
{
    (void)state;
    pl_auto(items) items =
        ask(PING ", '" AT "/networks': {json: [{Name: \"a\\nb\", Driver: bridge, Ingress: true}, {Id: x}, 7]}",
            "{list: networks}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 0), "name", "\"a\\u000ab\"");
    assert_field(item_at(items, 0), "driver", "\"bridge\"");
    assert_field(item_at(items, 0), "ingress", "true");
    assert_declared(item_at(items, 0), "docker");
    assert_string_equal(item_at(items, 1)->subject, "network x");
    assert_field(item_at(items, 1), "driver", "(unread)");
    assert_string_equal(item_at(items, 2)->subject, "network 2");
    assert_field(item_at(items, 2), "value", "(unread)");
}

static void members_one_by_one(void **state)
{
    (void)state;
    pl_auto(items) items =
        ask(PING ", '" AT "/info': {json: {R: {a: {S: true}, b: {S: false}, c: 1}}}", "{list: info, key: R.*.S}");
    assert_int_equal(items->list->len, 3);
    assert_field(item_at(items, 1), "name", "\"b\"");
    assert_field(item_at(items, 1), "value", "false");
    assert_field(item_at(items, 2), "value", "null");
}

static void secrets_stay_with_the_engine(void **state)
{
    (void)state;
    pl_auto(items) items =
        ask(PING ", '" AT
                 "/info': {json: {Swarm: {ControlAvailable: true}, A: 'x http://a:b@c/ https://d:e@f, http://g'}}, '" AT
                 "/swarm': {json: {JoinTokens: {Worker: SWMTKN}}}, '" AT
                 "/services': {json: [{Spec: {Name: web, Env: [A=1, B]}}]}",
            "{list: info, key: A}");
    assert_field(only_item(items), "value",
                 "\"x http://a:<redacted, 1 bytes>@c/ https://d:<redacted, 1 bytes>@f, http://g\"");
    pl_auto(items) swarm = ask(PING ", '" AT "/info': {json: {Swarm: {ControlAvailable: true}}}, '" AT
                                    "/swarm': {json: {JoinTokens: {Worker: SWMTKN}}}",
                               "{list: swarm}");
    assert_field(only_item(swarm), "value", "{\"JoinTokens\":\"<redacted, 19 bytes>\"}");
    pl_auto(items) services = ask(PING ", '" AT "/info': {json: {Swarm: {ControlAvailable: true}}}, '" AT
                                       "/services': {json: [{Spec: {Name: web, Env: [A=1, B]}}]}",
                                  "{list: services, key: Spec.Env}");
    assert_field(only_item(services), "value", "[\"A\",\"B\"]");
    assert_string_equal(only_item(services)->subject, "service web");
}

static void only_managers_are_asked_about_the_swarm(void **state)
{
    (void)state;
    pl_auto(items) worker = ask(PING ", '" AT "/info': {json: {Swarm: {ControlAvailable: false}}}", "{list: nodes}");
    assert_nothing(worker);
    pl_auto(items) silent = ask(PING ", '" AT "/info': {error: timeout}", "{list: nodes}");
    assert_problem(silent, PROBLEM_UNKNOWN, "timeout");
}

static void failures(void **state)
{
    (void)state;
    static const struct {
        const char *http, *reason;
        enum problem_kind kind;
    } cases[] = {
        {"", "could not be asked", PROBLEM_UNKNOWN},
        {"'" AT "/_ping': {error: denied}", "denied", PROBLEM_UNKNOWN},
        {"'" AT "/_ping': {error: refused}", "refused", PROBLEM_UNKNOWN},
        {"'" AT "/_ping': {status: 500}", "HTTP status 500", PROBLEM_ERROR},
        {PING, "absent", PROBLEM_UNKNOWN},
        {PING ", '" AT "/info': {error: limit}", "limit", PROBLEM_ERROR},
        {PING ", '" AT "/info': {body: 'no json'}", "/info", PROBLEM_ERROR},
        {PING ", '" AT "/info': {body: ''}", "/info", PROBLEM_ERROR},
        {PING ", '" AT "/info': {json: [1]}", "no JSON object", PROBLEM_ERROR},
        {PING ", '" AT "/info': {body: '7'}", "no JSON object", PROBLEM_ERROR},
        {PING ", '" AT "/info': {status: 503, json: {message: busy}}", "503: busy", PROBLEM_ERROR},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(items) items = ask(cases[i].http, "{list: info}");
        assert_int_equal(items->list->len, 0);
        assert_problem(items, cases[i].kind, cases[i].reason);
    }
}

static void an_engine_that_failed_is_not_asked_again(void **state)
{
    (void)state;
    pl_auto(host) host = with_engine("", PING ", '" AT "/info': {json: {}}, '" AT "/volumes': {error: timeout}, '" AT
                                              "/plugins': {json: []}");
    pl_auto(items) volumes = look_in(host, "{list: volumes}");
    assert_problem(volumes, PROBLEM_UNKNOWN, "timeout");
    pl_auto(items) plugins = look_in(host, "{list: plugins}");
    assert_problem(plugins, PROBLEM_UNKNOWN, "/volumes: timeout");
    pl_auto(items) info = look_in(host, "{list: info}");
    assert_int_equal(info->list->len, 1);
}

static void optional_answers(void **state)
{
    (void)state;
    pl_auto(items) older = ask("", "{list: info, optional: true}");
    assert_nothing(older);
    pl_auto(items) newer =
        look_once("{processes: [{pid: 100, comm: dockerd, argv: [dockerd]}], files: {/etc/docker/daemon.json: "
                  "{content: '{}', mtime: 5000}, /proc/stat: \"cpu 1\\nbtime 4000\\n\"}}",
                  "{list: info, optional: true}");
    assert_problem(newer, PROBLEM_UNKNOWN, "absent");
    pl_auto(items) before =
        look_once("{processes: [{pid: 100, comm: dockerd, argv: [dockerd]}], files: {/etc/docker/daemon.json: "
                  "{content: '{}', mtime: 3999}, /proc/stat: \"cpu 1\\nbtime 4000\\n\"}}",
                  "{list: info, optional: true}");
    assert_nothing(before);
}

static void no_engine_is_no_item(void **state)
{
    (void)state;
    pl_auto(items) items = look_once("{files: {/etc/docker/daemon.json: '{}'}}", "{list: info}");
    assert_nothing(items);
    pl_auto(items) offline =
        look_once("{live: false, processes: [{pid: 9, comm: dockerd, argv: [dockerd]}]}", "{list: info}");
    assert_nothing(offline);
}

static void without_a_description_engines_are_unknown(void **state)
{
    (void)state;
    pl_auto(daemons) none = daemons_new();
    const struct daemons *const loaded[] = {NULL, none};
    for (size_t i = 0; i < G_N_ELEMENTS(loaded); i++) {
        pl_auto(host) host = with_engine("", PING);
        pl_auto(items) items = look_at_described(loaded[i], host, "docker", "{list: info, optional: true}");
        assert_problem(items, PROBLEM_UNKNOWN, "the daemon dockerd");
        assert_int_equal(items->list->len, 0);
    }
    pl_auto(host) offline = inline_host("{live: false}");
    pl_auto(items) items = look_at_described(NULL, offline, "docker", "{list: info}");
    assert_nothing(items);
}

/* A description of the user's own counts for engines too. */
static void engines_are_found_as_the_daemon_is_described(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    assert_true(describe(daemons, "d.yaml",
                         "daemon: dockerd\ntitle: D\nprograms: [{name: moored}]\nkeys:\n"
                         "  hosts: {type: list, flag: listen}\n",
                         &error));
    pl_auto(host) host =
        inline_host("{processes: [{pid: 9, comm: moored, argv: [moored, '--listen=unix:///srv/m.sock']}, "
                    "{pid: 10, comm: dockerd, argv: [dockerd]}]}");
    const struct fact_context context = {.host = host, .daemons = daemons};
    const struct docker_engines *engines = docker_engines_find(&context);
    assert_null(engines->unseen);
    assert_int_equal(engines->list->len, 1);
    assert_string_equal(((const struct docker_engine *)engines->list->pdata[0])->socket, "/srv/m.sock");
}

static void sockets(void **state)
{
    (void)state;
    static const struct {
        const char *flags, *socket;
    } cases[] = {
        {"", "/run/docker.sock"},
        {", -H, 'unix:///var/run/docker.sock'", "/run/docker.sock"},
        {", '--host=unix:///srv/d.sock'", "/srv/d.sock"},
        {", '-Hunix:///srv/d.sock', -H, 'tcp://127.0.0.1:2375'", "/srv/d.sock"},
        {", -H, 'fd://'", "/run/docker.sock"},
        {", -H, 'unix://'", "/run/docker.sock"},
        {", -H, 'tcp://127.0.0.1:2375'", NULL},
        {", -H, 'unix://relative'", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        pl_auto(host) host = with_engine(cases[i].flags, "");
        const struct docker_engine *engine = only_engine(host);
        assert_int_equal(g_strcmp0(engine->socket, cases[i].socket), 0);
        assert_false(engine->reachable);
        assert_non_null(engine->error);
        assert_non_null(engine->info_error);
    }
}

static void the_first_socket_that_answers(void **state)
{
    (void)state;
    pl_auto(host) host = with_engine(", -H, 'unix:///run/a.sock', -H, 'unix:///run/b.sock'",
                                     "'unix:/run/b.sock http://localhost/_ping': {body: OK, server_version: '1.44'}, "
                                     "'unix:/run/b.sock http://localhost/v1.44/info': {json: {DockerRootDir: /data}}");
    const struct docker_engine *engine = only_engine(host);
    assert_true(engine->reachable);
    assert_null(engine->error);
    assert_string_equal(engine->socket, "/run/b.sock");
    assert_string_equal(engine->base, "http://localhost/v1.44");
    assert_string_equal(engine->data_root, "/data");
    assert_true(engine->unchanged);
    assert_null(engines_of(host)->unseen);
}

static void a_version_is_a_number(void **state)
{
    (void)state;
    pl_auto(host) host = with_engine("", "'" AT "/_ping': {body: OK, server_version: '1.44/../x?'}");
    assert_string_equal(only_engine(host)->base, "http://localhost");
}

static void rootless_and_files(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host(
        "{processes: [{pid: 100, comm: dockerd, argv: [dockerd], uid: 1000, gid: 1000, environ: {HOME: /home/ann}}]}");
    assert_string_equal(only_engine(host)->socket, "/run/user/1000/docker.sock");
    assert_string_equal(only_engine(host)->data_root, "/home/ann/.local/share/docker");
    pl_auto(host) file =
        inline_host("{processes: [{pid: 100, comm: dockerd, argv: [dockerd]}], files: {/etc/docker/daemon.json: "
                    "'{\"hosts\": [\"tcp://[::1]:1\", \"unix:///run/x.sock\"], \"data-root\": \"/d\"}'}}");
    assert_string_equal(only_engine(file)->socket, "/run/x.sock");
    assert_string_equal(only_engine(file)->data_root, "/d");
}

static void only_known_calls(void **state)
{
    (void)state;
    pl_auto(host) host =
        with_engine("", PING ", '" AT "/info': {json: {}}, '" AT "/containers/abc/json': {json: {Id: abc}}, '" AT
                             "/exec/x/json': {status: 404}");
    const struct docker_engine *engine = only_engine(host);
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = docker_get(host, engine, "/containers/abc/json", &error);
    assert_non_null(tree);
    assert_string_equal(tree_string(tree, "Id"), "abc");
    assert_null(docker_get(host, engine, "/exec/x/json", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    static const char *const wrong[] = {"/containers/../json",
                                        "/containers//json",
                                        "/containers/a/b/json",
                                        "/info?x",
                                        "/containers/a%2f/json",
                                        "/system/df",
                                        "info",
                                        "/containers/a/json?size=1",
                                        ""};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_clear_error(&error);
        assert_null(docker_get(host, engine, wrong[i], &error));
        assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_USAGE));
    }
}

static void too_many_engines_are_told_of(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new("{processes: [");
    for (int i = 100; i < 120; i++)
        g_string_append_printf(text, "{pid: %d, ppid: 1, comm: dockerd, argv: [dockerd, -H, 'unix:///run/%d.sock']}, ",
                               i, i);
    g_string_append(text, "]}");
    pl_auto(host) host = inline_host(text->str);
    assert_int_equal(engines_of(host)->list->len, 16);
    assert_non_null(engines_of(host)->unseen);
}

static void what_the_machine_shows(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host(
        "{processes: [{pid: 100, comm: dockerd, argv: [dockerd, '--http-proxy=http://a:b@c'], environ: {HTTPS_PROXY: "
        "'http://d:e@f'}}], files: {/run/docker.sock: {type: socket, mode: '0660', gid: 7}, /etc/group: "
        "\"root:x:0:\\nadm:x:7:ann\\n\", /etc/passwd: \"root:x:0:0::/:/bin/sh\\neve:x:5:7::/:/bin/sh\\n\"}}");
    pl_auto(items) access = look_in(host, "{list: access}");
    assert_field(only_item(access), "group", "\"adm\"");
    assert_field(only_item(access), "users", "[\"ann\",\"eve\"]");
    assert_declared(only_item(access), "docker");
    pl_auto(items) proxies = look_in(host, "{list: proxies}");
    assert_int_equal(proxies->list->len, 2);
    assert_field(item_at(proxies, 0), "value", "\"http://d:<redacted, 1 bytes>@f\"");
    assert_field(item_at(proxies, 1), "value", "\"http://a:<redacted, 1 bytes>@c\"");
    pl_auto(items) command = look_in(host, "{list: command}");
    assert_field(only_item(command), "value", "[\"dockerd\",\"--http-proxy=http://a:<redacted, 1 bytes>@c\"]");
    pl_auto(items) root = look_in(host, "{list: data-root}");
    assert_field(only_item(root), "value", "\"/var/lib/docker\"");
    assert_field(only_item(root), "separate", "false");
}

static int load_dockerd(void **state)
{
    (void)state;
    dockerd = shipped_daemons();
    return 0;
}

static int free_dockerd(void **state)
{
    (void)state;
    daemons_free(dockerd);
    return 0;
}

/* An engine may say as many as it likes: what was seen stays, and that there is more is said. */
static void objects_are_bounded(void **state)
{
    (void)state;
    g_autoptr(GString) http = g_string_new(PING ", '" AT "/info': {json: {}}, '" AT "/networks': {json: [");
    for (int i = 0; i < 5001; i++)
        g_string_append_printf(http, "%s{Name: n%d}", i ? "," : "", i);
    g_string_append(http, "]}");
    pl_auto(items) items = ask(http->str, "{list: networks}");
    assert_int_equal(items->list->len, 5000);
    assert_int_equal(items->problems->len, 1);
}

static bool tells(const struct items *items, const char *part)
{
    for (guint i = 0; i < items->problems->len; i++) {
        const struct problem *problem = g_ptr_array_index(items->problems, i);
        if (strstr(problem->reason, part))
            return true;
    }
    return false;
}

/* A proxy or a profile may be where it could not be looked. */
static void settings_that_cannot_be_seen(void **state)
{
    (void)state;
    static const char *const lists[] = {"{list: proxies}", "{list: seccomp-profile}", "{list: conflicts}"};
    static const char answers[] = "http: {" PING ", '" AT "/info': {json: {}}}";
    static const char *const hosts[][2] = {
        {"{processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: dockerd, exe: /usr/bin/dockerd}], %s}",
         "the command line of dockerd (pid 100) is not known"},
        {"{processes: [{pid: 1, comm: init}, {pid: 100, ppid: 1, comm: dockerd, argv: [/usr/bin/dockerd]}], "
         "files: {/etc/docker/daemon.json: {content: '{}', denied: true}}, %s}",
         "/etc/docker/daemon.json"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hosts) * G_N_ELEMENTS(lists); i++) {
        const char *list = lists[i % G_N_ELEMENTS(lists)], *const *host = hosts[i / G_N_ELEMENTS(lists)];
        g_autoptr(GString) text = g_string_new(host[0]);
        g_string_replace(text, "%s", answers, 1);
        pl_auto(items) items = look_once(text->str, list);
        if (!tells(items, host[1]))
            fail_msg("%s is silent: %s", list, text->str);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_about_itself),
        cmocka_unit_test(elements_of_lists),
        cmocka_unit_test(members_one_by_one),
        cmocka_unit_test(secrets_stay_with_the_engine),
        cmocka_unit_test(only_managers_are_asked_about_the_swarm),
        cmocka_unit_test(failures),
        cmocka_unit_test(an_engine_that_failed_is_not_asked_again),
        cmocka_unit_test(optional_answers),
        cmocka_unit_test(no_engine_is_no_item),
        cmocka_unit_test(without_a_description_engines_are_unknown),
        cmocka_unit_test(engines_are_found_as_the_daemon_is_described),
        cmocka_unit_test(sockets),
        cmocka_unit_test(the_first_socket_that_answers),
        cmocka_unit_test(a_version_is_a_number),
        cmocka_unit_test(rootless_and_files),
        cmocka_unit_test(only_known_calls),
        cmocka_unit_test(too_many_engines_are_told_of),
        cmocka_unit_test(what_the_machine_shows),
        cmocka_unit_test(objects_are_bounded),
        cmocka_unit_test(settings_that_cannot_be_seen),
    };
    return cmocka_run_group_tests(tests, load_dockerd, free_dockerd);
}
