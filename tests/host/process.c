#include "host/process.h"
#include "host/fs_inline.h"
#include "host/host.h"
#include "host/private.h"
#include "model/error.h"

#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

static struct host *make(const char *json)
{
    json_object *spec = json_tokener_parse(json);
    assert_non_null(spec);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    return host;
}

static void table(void **state)
{
    (void)state;
    pl_auto(host) host = make(
        "{\"processes\":[{\"pid\":300,\"ppid\":7,\"argv\":[\"/usr/bin/dockerd\",\"--a\",\"\",\"b "
        "c\"],\"uid\":5,\"gid\":6,"
        "\"caps\":{\"effective\":[\"CAP_KILL\",\"CAP_CHOWN\"],\"bounding\":\"all\",\"permitted\":[]},\"seccomp\":2,"
        "\"no_new_privs\":1,\"label\":\"docker-default (enforce)\",\"cgroup\":\"0::/x\\n\",\"oom_score_adj\":-500,"
        "\"ns\":{\"mnt\":4026532000},\"uid_map\":\"0 100000 65536\\n\",\"start\":4242},"
        "{\"pid\":50,\"comm\":\"kworker/0:1 (x)\",\"kernel\":true},"
        "{\"pid\":60,\"comm\":\"gone\",\"state\":\"Z\"}]}");
    g_autoptr(GError) error = NULL;
    const GPtrArray *processes = host_processes(host, &error);
    assert_null(error);
    assert_int_equal(processes->len, 5); /* with 1 and 999 */
    assert_int_equal(((struct process *)g_ptr_array_index(processes, 0))->pid, 1);
    const struct process *dockerd = host_process(host, 300);
    assert_int_equal(dockerd->ppid, 7);
    assert_string_equal(dockerd->comm, "dockerd");
    assert_int_equal(dockerd->state, 'S');
    assert_false(dockerd->kernel);
    assert_int_equal(g_strv_length(dockerd->argv), 4);
    assert_string_equal(dockerd->argv[2], "");
    assert_string_equal(dockerd->argv[3], "b c");
    assert_string_equal(dockerd->exe, "/usr/bin/dockerd");
    assert_string_equal(dockerd->root, "/");
    assert_string_equal(dockerd->cgroup, "0::/x\n");
    assert_true(dockerd->ids_known && dockerd->uid[1] == 5 && dockerd->gid[3] == 6);
    assert_true(dockerd->caps_known && dockerd->caps[CAPSET_EFFECTIVE] == 0x21);
    assert_true(dockerd->caps[CAPSET_PERMITTED] == 0 && dockerd->caps[CAPSET_BOUNDING] == 0x1ffffffffffULL);
    assert_int_equal(dockerd->seccomp, 2);
    assert_int_equal(dockerd->no_new_privs, 1);
    assert_string_equal(dockerd->label, "docker-default (enforce)");
    assert_int_equal(dockerd->oom_score_adj, -500);
    assert_true(dockerd->ns[NS_MNT] == 4026532000U && dockerd->ns[NS_PID] == 4026531836U);
    assert_int_equal(dockerd->start_ticks, 4242);
    const struct process *worker = host_process(host, 50);
    assert_true(worker->kernel && worker->argv && !*worker->argv && !worker->exe);
    assert_string_equal(worker->comm, "kworker/0:1 (x)");
    assert_int_equal(worker->ppid, 2);
    const struct process *zombie = host_process(host, 60);
    assert_true(zombie->state == 'Z' && zombie->argv && !*zombie->argv && !zombie->exe);
    assert_null(host_process(host, 61));
}

static void unreadable_parts_are_not_guessed(void **state)
{
    (void)state;
    pl_auto(host) host = make(
        "{\"processes\":[{\"pid\":70,\"comm\":\"x\",\"exe\":null,\"root\":null,\"ns\":{\"net\":null}}],"
        "\"files\":{\"/proc/70/cgroup\":{\"content\":\"x\",\"denied\":true},\"/proc/70/oom_score_adj\":\"many\\n\","
        "\"/proc/70/cmdline\":{\"content\":\"x\",\"denied\":true},\"/proc/70/attr/current\":{\"denied\":true},"
        "\"/proc/70/uid_map\":null,\"/proc/71/status\":\"Name:\\tbare\\nUid:\\tx\\ty\\tz\\tw\\nCapEff:\\tzz\\n\","
        "\"/proc/72/status\":{\"content\":\"x\",\"denied\":true}}}");
    const struct process *hidden = host_process(host, 70);
    assert_null(hidden->exe);
    assert_null(hidden->root);
    assert_null(hidden->cgroup);
    assert_null(hidden->argv);
    assert_null(hidden->label);
    assert_true(hidden->ns[NS_NET] == 0 && hidden->ns[NS_MNT] != 0);
    assert_int_equal(hidden->oom_score_adj, G_MININT);
    const struct process *bare = host_process(host, 71);
    assert_string_equal(bare->comm, "bare");
    assert_false(bare->ids_known);
    assert_false(bare->caps_known);
    assert_int_equal(bare->seccomp, -1);
    assert_int_equal(bare->no_new_privs, -1);
    assert_null(bare->uid_map);
    const struct process *closed = host_process(host, 72);
    assert_string_equal(closed->comm, "");
    assert_false(closed->caps_known);
}

static void vanished_is_left_out(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"files\":{\"/proc/80\":{\"type\":\"dir\"},\"/proc/0/status\":\"Name:\\tx\\n\","
                              "\"/proc/80x/status\":\"Name:\\tx\\n\"}}");
    const GPtrArray *processes = host_processes(host, NULL);
    assert_int_equal(processes->len, 2);
}

static void offline_has_none(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = make("{\"live\":false}");
    assert_null(host_processes(host, &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT));
    assert_null(host_process(host, 1));
}

static void environment(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("{\"processes\":[{\"pid\":70,\"comm\":\"x\",\"environ\":{\"AB\":\"1\",\"A\":\"2\",\"E\":\"\"}},"
             "{\"pid\":71,\"comm\":\"y\"}],"
             "\"files\":{\"/proc/71/environ\":{\"content\":\"A=b\",\"denied\":true}}}");
    g_autoptr(GError) error = NULL;
    g_autofree char *a = host_process_env(host, &(struct process){.pid = 70}, "A", &error);
    assert_null(error);
    assert_string_equal(a, "2");
    g_autofree char *empty = host_process_env(host, &(struct process){.pid = 70}, "E", &error);
    assert_string_equal(empty, "");
    assert_null(host_process_env(host, &(struct process){.pid = 70}, "B", &error));
    assert_null(error);
    assert_null(host_process_env(host, &(struct process){.pid = 71}, "A", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
}

/* What a user fills it with is neither read nor kept, and nothing in it is taken for unset. */
static void a_huge_environment_is_unreadable(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *filler = g_strnfill((gsize)300 << 10, 'x');
    g_autofree char *text =
        g_strdup_printf("{\"processes\":[{\"pid\":70,\"comm\":\"x\",\"environ\":{\"A\":\"2\",\"B\":\"%s\"}}]}", filler);
    pl_auto(host) host = make(text);
    assert_null(host_process_env(host, &(struct process){.pid = 70}, "A", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_LIMIT));
}

static void assert_path(struct host *host, pid_t pid, const char *wanted)
{
    g_autofree char *path = host_process_path(host, host_process(host, pid), "/etc/x");
    assert_string_equal(path, wanted);
}

static void paths_as_a_process_sees_them(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"processes\":[{\"pid\":70,\"comm\":\"same\"},"
                              "{\"pid\":71,\"comm\":\"chroot\",\"root\":\"/var/chroot\"},"
                              "{\"pid\":72,\"comm\":\"container\",\"ns\":{\"mnt\":5}},"
                              "{\"pid\":73,\"comm\":\"unseen\",\"ns\":{\"mnt\":null}}]}");
    assert_path(host, 70, "/etc/x");
    assert_path(host, 71, "/proc/71/root/etc/x");
    assert_path(host, 72, "/proc/72/root/etc/x");
    assert_path(host, 73, "/proc/73/root/etc/x");
    /* Two that are not known are not the same. */
    pl_auto(host) unseen = make("{\"processes\":[{\"pid\":999,\"comm\":\"plumbline\",\"ns\":{\"mnt\":null}},"
                                "{\"pid\":73,\"comm\":\"unseen\",\"ns\":{\"mnt\":null}}]}");
    assert_path(unseen, 73, "/proc/73/root/etc/x");
}

static void what_cannot_be_read_has_not_ended(void **state)
{
    (void)state;
    pl_auto(host) host = make("{\"processes\":[{\"pid\":70,\"comm\":\"x\"}]}");
    const struct process *process = host_process(host, 70);
    assert_false(host_process_ended(host, process));
    fs_inline_find(host->fs, "/proc/70/stat")->denied = true;
    assert_false(host_process_ended(host, process));
}

static void capability_names(void **state)
{
    (void)state;
    g_auto(GStrv) names = host_capability_names(1ULL << 0 | 1ULL << 21 | 1ULL << 63);
    g_autofree char *joined = g_strjoinv(" ", names);
    assert_string_equal(joined, "CAP_CHOWN CAP_SYS_ADMIN CAP_63");
    g_auto(GStrv) none = host_capability_names(0);
    assert_null(none[0]);
}

static void links_to_files_that_are_gone(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path;
        bool deleted;
    } rows[] = {
        {"/usr/bin/x (deleted)", "/usr/bin/x", true},
        {"/usr/bin/x", "/usr/bin/x", false},
        {" (deleted)", "", true},
        {"/x (deleted) y", "/x (deleted) y", false},
        {"", "", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = host_link_path(rows[i].target);
        assert_string_equal(path, rows[i].path);
        assert_int_equal(host_link_is_deleted(rows[i].target), rows[i].deleted);
    }
}

/* The live table knows this very process, and its child with all that it was given. */
static void live(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "odd ) name");
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (write(ready[1], "x", 1) == 1)
            pause();
        _exit(0);
    }
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    pl_auto(host) host = host_new(NULL, NULL);
    const struct process *own = host_process(host, getpid());
    const struct process *other = host_process(host, child);
    bool fine = own && other && other->ppid == getpid() && g_str_equal(other->comm, "odd ) name") &&
                other->no_new_privs == 1 && own->no_new_privs == 0 && own->ids_known && own->uid[1] == geteuid() &&
                own->caps_known && own->start_ticks > 0 && other->start_ticks >= own->start_ticks && own->ns[NS_MNT] &&
                own->ns[NS_MNT] == other->ns[NS_MNT] && g_strcmp0(own->exe, other->exe) == 0 && own->argv &&
                strstr(own->argv[0], "test_host_process") && own->cgroup && own->uid_map &&
                own->oom_score_adj != G_MININT && !own->kernel && g_strcmp0(own->root, "/") == 0;
    g_autofree char *path = fine ? host_process_path(host, other, "/etc/x") : NULL;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(fine);
    assert_string_equal(path, "/etc/x");
    assert_ptr_equal(host_processes(host, NULL), host_processes(host, NULL));
}

/* A host of processes with so many bytes of arguments each, of this user; the last is short. */
static struct host *long_winded(unsigned n, size_t bytes, int uid)
{
    g_autoptr(GString) json = g_string_new("{\"processes\":[");
    g_autofree char *filler = g_strnfill(bytes / 10, 'A');
    for (unsigned i = 0; i < n; i++) {
        g_string_append_printf(json, "{\"pid\":%u,\"uid\":%d,\"argv\":[\"/bin/x\"", 1000 + i, uid);
        for (int k = 0; k < 10; k++)
            g_string_append_printf(json, ",\"%s\"", filler);
        g_string_append(json, "]},");
    }
    g_string_append(json, "{\"pid\":90000,\"uid\":1000,\"argv\":[\"/bin/y\",\"--flag\"]}]}");
    return make(json->str);
}

/* What is kept of a longer command line tells what program it is, and nothing about flags. */
static void long_command_lines_are_cut(void **state)
{
    (void)state;
    pl_auto(host) host = long_winded(1, HOST_ARGV_MAX + 1000, 0);
    const struct process *process = host_process(host, 1000);
    assert_null(process->argv);
    assert_non_null(process->argv_seen);
    assert_string_equal(process->argv_seen[0], "/bin/x");
    assert_int_equal(g_strv_length(process->argv_seen), 10); /* whole ones */
    g_autoptr(GError) why = host_process_argv_failure(process);
    assert_non_null(strstr(why->message, "longer than what is kept"));
    pl_auto(host) whole = long_winded(1, HOST_ARGV_MAX - 1000, 0);
    process = host_process(whole, 1000);
    assert_non_null(process->argv);
    assert_int_equal(g_strv_length(process->argv), 11);
}

/* The sum is bounded, and nobody with a short command line, nor root, pays for it. */
static void their_sum_is_bounded(void **state)
{
    (void)state;
    const unsigned n = 400;
    for (int uid = 0; uid <= 1000; uid += 1000) {
        pl_auto(host) host = long_winded(n, HOST_ARGV_MAX - 1000, uid);
        gsize kept = 0, whole = 0;
        for (unsigned i = 0; i < n; i++) {
            const struct process *process = host_process(host, (pid_t)(1000 + i));
            whole += process->argv != NULL;
            for (char **argument = process->argv_seen; *argument; argument++)
                kept += strlen(*argument);
        }
        if (uid)
            assert_true(kept <= HOST_ARGV_ALL_MAX + HOST_ARGV_MAX + n * HOST_ARGV_SHORT);
        assert_int_equal(whole == n, uid == 0);
        assert_true(whole > 0);
        const struct process *other = host_process(host, 90000);
        assert_non_null(other->argv);
        assert_string_equal(other->argv[1], "--flag");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(unreadable_parts_are_not_guessed),
        cmocka_unit_test(vanished_is_left_out),
        cmocka_unit_test(offline_has_none),
        cmocka_unit_test(environment),
        cmocka_unit_test(a_huge_environment_is_unreadable),
        cmocka_unit_test(paths_as_a_process_sees_them),
        cmocka_unit_test(what_cannot_be_read_has_not_ended),
        cmocka_unit_test(links_to_files_that_are_gone),
        cmocka_unit_test(capability_names),
        cmocka_unit_test(long_command_lines_are_cut),
        cmocka_unit_test(their_sum_is_bounded),
        cmocka_unit_test(live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
