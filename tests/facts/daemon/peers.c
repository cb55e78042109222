/* What listeners on Unix sockets do for their peers, by descriptions that anybody may add to. */
#include "described.h"

#include "facts/daemon/peers.h"

static const char jobd[] =
    "daemon: jobd\n"
    "title: Jobs\n"
    "peers:\n"
    "- {program: jobd, path: [stats, 'plugin/*'], flag: state, folder: /run/jobd, does: serves}\n"
    "- {program: 'jobd*', does: commands}\n"
    "- {program: jobweb, does: serves}\n"
    "- {path: '/run/jobd*.sock', does: commands}\n";
static const char other[] = "daemon: other\n"
                            "title: Other\n"
                            "peers:\n"
                            "- {program: [jobweb, asks], path: /run/own, does: commands-own}\n";

static void add(struct daemons *daemons, const char *text)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *tree = yaml(text);
    if (!daemons_add(daemons, "d.yaml", tree, &error))
        fail_msg("%s", error->message);
}

static enum peer_power power_of(const char *exe, const char *comm, const char *argument, const char *path)
{
    pl_auto(daemons) daemons = daemons_new();
    add(daemons, jobd);
    add(daemons, other);
    g_autofree char *program = g_strdup(exe), *own = g_strdup(comm), *word = g_strdup(argument);
    char *words[] = {own, word, NULL};
    const struct process holder = {.pid = 7, .exe = program, .comm = own, .argv_seen = words};
    return daemon_peers_power(daemons, comm ? &holder : NULL, path);
}

static void by_the_program_that_runs(void **state)
{
    (void)state;
    assert_int_equal(power_of("/usr/bin/jobd", "jobd", NULL, "/x"), PEER_COMMANDS);
    assert_int_equal(power_of("/usr/bin/jobd-shim", "x", NULL, "/x"), PEER_COMMANDS);
    assert_int_equal(power_of("/usr/bin/jobd (deleted)", "x", NULL, "/x"), PEER_COMMANDS);
    assert_int_equal(power_of("/usr/bin/jobweb", "jobweb", NULL, "/x"), PEER_SERVES);
    assert_int_equal(power_of("/usr/bin/unheard", "unheard", NULL, "/x"), PEER_UNTOLD);
}

static void a_name_may_only_make_more_of_it(void **state)
{
    (void)state;
    assert_int_equal(power_of("/usr/bin/unheard", "jobweb", NULL, "/x"), PEER_UNTOLD);
    assert_int_equal(power_of("/usr/bin/jobweb", "jobd", NULL, "/x"), PEER_COMMANDS);
    assert_int_equal(power_of(NULL, "jobweb", NULL, "/x"), PEER_SERVES);
}

static void by_the_path_and_the_most_powerful_description(void **state)
{
    (void)state;
    assert_int_equal(power_of("/usr/bin/jobweb", "jobweb", NULL, "/run/own"), PEER_COMMANDS_OWNS);
    assert_int_equal(power_of("/usr/bin/unheard", "unheard", NULL, "/run/jobd.sock"), PEER_COMMANDS);
    assert_int_equal(power_of(NULL, NULL, NULL, "/run/jobd.2.sock"), PEER_COMMANDS);
    assert_int_equal(power_of(NULL, NULL, NULL, "/run/own"), PEER_UNTOLD);
    assert_int_equal(power_of("/usr/bin/jobweb", "jobweb", NULL, "/run/jobd.sock"), PEER_SERVES);
}

static void in_a_folder_of_a_flag(void **state)
{
    (void)state;
    assert_int_equal(power_of("/bin/jobd", "jobd", NULL, "/run/jobd/stats"), PEER_SERVES);
    assert_int_equal(power_of("/bin/jobd", "jobd", NULL, "/run/jobd/plugin/a"), PEER_SERVES);
    assert_int_equal(power_of("/bin/jobd", "jobd", NULL, "/run/jobd/control"), PEER_COMMANDS);
    assert_int_equal(power_of("/bin/jobd", "jobd", "--state=/srv", "/srv/stats"), PEER_SERVES);
    assert_int_equal(power_of("/bin/jobd", "jobd", "--state=/srv", "/run/jobd/stats"), PEER_COMMANDS);
    assert_int_equal(power_of("/bin/jobd", "jobd", "--stateless", "/run/jobd/stats"), PEER_SERVES);
}

static const char on_ports[] =
    "daemon: ported\n"
    "title: Ported\n"
    "peers:\n"
    "- {program: jobd, address: '--on=tcp:*', certificates: verify, other_ports: ['7'], does: commands}\n"
    "- {program: 'jobd', path: '/run/own', does: serves}\n";

static enum peer_port port_of(const char *exe, const char *first, const char *second, unsigned port)
{
    pl_auto(daemons) daemons = daemons_new();
    add(daemons, other);
    add(daemons, on_ports);
    g_autofree char *program = g_strdup(exe), *a = g_strdup(first), *b = g_strdup(second), *comm = g_strdup("x");
    char *words[] = {comm, a, b, NULL};
    const struct process holder = {.pid = 7, .exe = program, .comm = comm, .argv_seen = words};
    /* What is said of its ports says nothing of its sockets. */
    assert_int_equal(daemon_peers_power(daemons, &holder, "/elsewhere"), PEER_UNTOLD);
    return daemon_peers_port(daemons, &holder, port);
}

static void on_a_port(void **state)
{
    (void)state;
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", NULL, 9), PEER_PORT_OPEN);
    assert_int_equal(port_of("/bin/jobd", "--on=unix:/x", NULL, 9), PEER_PORT_UNTOLD);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", NULL, 7), PEER_PORT_NONE);
    assert_int_equal(port_of("/bin/unheard", "--on=tcp:9", NULL, 9), PEER_PORT_NONE);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "--verify", 9), PEER_PORT_NONE);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "-verify=/ca", 9), PEER_PORT_NONE);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "--verify=0", 9), PEER_PORT_OPEN);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "--verify=", 9), PEER_PORT_OPEN);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "--verify-not", 9), PEER_PORT_OPEN);
    assert_int_equal(port_of("/bin/jobd", "--on=tcp:9", "verify", 9), PEER_PORT_OPEN);
    assert_int_equal(daemon_peers_port(NULL, NULL, 9), PEER_PORT_NONE);
}

static void paths_where_nobody_listens_yet(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    add(daemons, jobd);
    add(daemons, other);
    g_autofree const char **paths = daemon_peers_paths(daemons);
    assert_string_equal(paths[0], "/run/jobd*.sock");
    assert_null(paths[1]);
    g_autofree const char **none = daemon_peers_paths(NULL);
    assert_null(none[0]);
    assert_int_equal(daemon_peers_power(NULL, NULL, "/run/jobd.sock"), PEER_UNTOLD);
}

static void mistakes_are_refused(void **state)
{
    (void)state;
#define HEAD "daemon: d\ntitle: D\n"
    assert_refused(HEAD "peers: {}\n", "\"peers\" must be a list");
    assert_refused(HEAD "peers: [{program: d}]\n", "needs \"does\"");
    assert_refused(HEAD "peers: [{program: d, does: much}]\n", "commands, commands-own or serves");
    assert_refused(HEAD "peers: [{does: serves}]\n", "\"program\" or \"path\"");
    assert_refused(HEAD "peers: [{program: d, flag: f, does: serves}]\n", "go with each other");
    assert_refused(HEAD "peers: [{path: /x, flag: f, folder: /f, does: serves}]\n", "go with each other");
    assert_refused(HEAD "peers: [{path: /x, address: '*', does: commands}]\n", "\"address\" goes with");
    assert_refused(HEAD "peers: [{program: d, address: '*', does: serves}]\n", "\"address\" goes with");
    assert_refused(HEAD "peers: [{program: d, certificates: c, does: commands}]\n", "go with it");
    assert_refused(HEAD "peers: [{programs: d, does: serves}]\n", "did you mean program?");
    assert_refused(HEAD "peers: [{program: d, does: serves}]\nkeys: {}\n", "\"programs\" must be a list");
    assert_refused(HEAD "programs: [{name: d}]\npeers: [{program: d, does: serves}]\n", "\"keys\" must be");
}

static void sockets_alone_are_no_daemon(void **state)
{
    (void)state;
    pl_auto(daemons) daemons = daemons_new();
    g_autoptr(GError) error = NULL;
    add(daemons, jobd);
    assert_false(daemon_check_name(daemons, "jobd", &error));
    assert_non_null(strstr(error->message, "sockets alone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_program_that_runs),
        cmocka_unit_test(a_name_may_only_make_more_of_it),
        cmocka_unit_test(by_the_path_and_the_most_powerful_description),
        cmocka_unit_test(in_a_folder_of_a_flag),
        cmocka_unit_test(on_a_port),
        cmocka_unit_test(paths_where_nobody_listens_yet),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(sockets_alone_are_no_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
