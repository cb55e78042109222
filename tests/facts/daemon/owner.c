/* Processes that look like dockerd, and whose they are. */
#include "settings.h"

#include "host/notes.h"

#define REAL "- {pid: 9, comm: dockerd, exe: /usr/bin/dockerd, argv: [/usr/bin/dockerd]}\n"
#define IDC  "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

/* The subjects of one process beside root's, "" for none. */
static void assert_beside_root(const char *process, const char *files, const char *subject)
{
    g_autofree char *host = g_strconcat("processes:\n" REAL, process, files ? "files:\n" : "", files, NULL);
    pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
    if (items->list->len != (*subject ? 2U : 1U))
        fail_msg("%u items: %s", items->list->len, process);
    assert_string_equal(item_at(items, 0)->subject,
                        *subject && !strstr(subject, " of ") ? "dockerd (pid 9)" : "dockerd");
    if (*subject)
        assert_string_equal(item_at(items, 1)->subject, subject);
    assert_int_equal(items->problems->len, 0);
}

static void what_a_process_calls_itself_makes_no_engine(void **state)
{
    (void)state;
    /* argv[0] alone, with the name that it gave itself too */
    assert_beside_root("- {pid: 20, uid: 1000, comm: dockerd, exe: /usr/bin/python3, argv: [dockerd, -H, "
                       "'unix:///tmp/s']}\n",
                       NULL, "");
    /* a program of the user's own that bears the name, and one that others can write */
    assert_beside_root("- {pid: 20, uid: 1000, comm: dockerd, exe: /tmp/dockerd, argv: [dockerd]}\n",
                       "  /tmp/dockerd: {content: x, mode: '0755', uid: 1000}\n", "");
    assert_beside_root("- {pid: 20, uid: 1000, comm: dockerd, exe: /srv/dockerd, argv: [dockerd]}\n",
                       "  /srv/dockerd: {content: x, mode: '0777'}\n", "");
    /* the same as an account of the system, that is, a service that was taken over */
    assert_beside_root("- {pid: 20, uid: 33, comm: dockerd, exe: /tmp/dockerd, argv: [dockerd]}\n",
                       "  /tmp/dockerd: {content: x, mode: '0755', uid: 33}\n", "");
    /* what sudo runs as root for a user has the user's arguments */
    assert_beside_root("- {pid: 20, comm: dockerd, exe: /usr/bin/su, argv: [dockerd], files: {status: \"Name:\\tdockerd"
                       "\\nState:\\tS\\nPPid:\\t1\\nUid:\\t1000\\t0\\t0\\t0\\nGid:\\t0\\t0\\t0\\t0\\n\"}}\n",
                       NULL, "");
}

#define UNIX_TABLE                                                                                                     \
    "  /proc/net/unix: \"Num RefCount Protocol Flags Type St Inode Path\\n0: 00000002 00000000 00010000 0001 01 900 "  \
    "/run/user/1000/docker.sock\\n\"\n  /etc/passwd: 'ann:x:1000:1000::/home/ann:/bin/sh'\n"
#define OWN_COPY(more)                                                                                                 \
    "- {pid: 20, uid: 1000, comm: dockerd, exe: /home/ann/bin/dockerd, argv: [dockerd], environ: {HOME: "              \
    "/home/ann}" more "}\n"
#define OWN_FILE "  /home/ann/bin/dockerd: {content: x, mode: '0755', uid: 1000}\n"

/* What an ordinary user unpacked into his home and what listens is his engine. */
static void a_copy_that_listens_is_an_engine_of_its_user(void **state)
{
    (void)state;
    assert_beside_root(OWN_COPY(", fd: {'3': 'socket:[900]'}"), OWN_FILE UNIX_TABLE, "dockerd of ann (pid 20)");
    assert_beside_root(OWN_COPY(", fd: {'3': 'socket:[901]'}"), OWN_FILE UNIX_TABLE, "");
    /* a service of the system that was taken over is nobody's engine */
    assert_beside_root("- {pid: 20, uid: 33, comm: dockerd, exe: /tmp/dockerd, argv: [dockerd], fd: {'3': "
                       "'socket:[900]'}}\n",
                       "  /tmp/dockerd: {content: x, mode: '0755', uid: 33}\n" UNIX_TABLE, "");
}

static void an_engine_is_whose_it_is(void **state)
{
    (void)state;
    assert_beside_root(
        "- {pid: 20, uid: 1000, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd], environ: {HOME: /h}}\n",
        "  /usr/bin/dockerd: {content: x, mode: '0755'}\n"
        "  /etc/passwd: 'ann:x:1000:1000::/home/ann:/bin/sh'\n",
        "dockerd of ann (pid 20)");
    assert_beside_root("- {pid: 20, comm: dockerd-ce, exe: /usr/bin/dockerd-ce, argv: [/usr/bin/dockerd]}\n", NULL,
                       "dockerd (pid 20)");
    assert_beside_root("- {pid: 20, uid: 33, comm: dockerd, exe: /opt/dockerd, argv: [dockerd], environ: {HOME: /h}}\n",
                       "  /opt/dockerd: {content: x, mode: '0755'}\n", "dockerd (pid 20)");
    /* in a container of root's engine, as another user: another file than the host's */
    assert_beside_root(
        "- {pid: 20, uid: 65532, comm: dockerd, exe: /tmp/dockerd, argv: [dockerd], environ: {HOME: /h}, cgroup: "
        "\"0::/system.slice/docker-" IDC ".scope\\n\"}\n",
        "  /tmp/dockerd: {content: x, mode: '0755', uid: 1000}\n"
        "  /sys/fs/cgroup/system.slice/docker-" IDC ".scope: {type: dir}\n",
        "dockerd (pid 20)");
    assert_beside_root(
        "- {pid: 20, uid: 1000, comm: dockerd, exe: /tmp/dockerd, argv: [dockerd], environ: {HOME: /h}, cgroup: "
        "\"0::/user.slice/docker-" IDC ".scope\\n\"}\n",
        "  /tmp/dockerd: {content: x, mode: '0755', uid: 1000}\n", "");
}

/* Whose the container is that it is in could not be seen: root may have put it there. */
static void an_unseen_container_is_unknown(void **state)
{
    (void)state;
    static const char *const groups[] = {"", "files: {/sys/fs/cgroup/system.slice: {type: dir, denied: true}}\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autofree char *host = g_strconcat(
            "processes:\n" REAL "- {pid: 20, uid: 1000, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd],"
            " cgroup: \"0::/system.slice/docker-" IDC ".scope\\n\"}\n",
            groups[i], NULL);
        pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
        assert_int_equal(items->problems->len, 1);
    }
}

static void an_unseen_program_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items =
        look_shipped("processes:\n" REAL "- {pid: 20, uid: 1000, comm: dockerd, exe: null, argv: [dockerd]}\n",
                     "setting", "{daemon: dockerd, key: icc}");
    assert_int_equal(items->problems->len, 1);
}

/* Whether a copy listens is not known without its descriptors, or without a table of sockets. */
static void unseen_sockets_leave_a_copy_open(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {OWN_COPY(", files: {fd: {type: dir, denied: true}}"), OWN_FILE UNIX_TABLE, "/proc/20/fd"},
        {OWN_COPY(", fd: {'3': 'socket:[900]'}"), OWN_FILE "  /proc/net/unix: {denied: true}\n", "/proc/net/unix"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *host = g_strconcat("processes:\n" REAL, rows[i][0], "files:\n", rows[i][1], NULL);
        pl_auto(items) items = look_shipped(host, "setting", "{daemon: dockerd, key: icc}");
        assert_int_equal(items->problems->len, 1);
        assert_problem(items, PROBLEM_UNKNOWN, rows[i][2]);
    }
}

/* A first argument beyond what is kept of a command line may name the daemon: the host's processes alone. */
static void a_cut_command_line_of_a_user_is_the_users(void **state)
{
    (void)state;
    g_autofree char *cut = g_strnfill(100000, 'x');
    for (unsigned uid = 0; uid <= 1000; uid += 1000) {
        g_autofree char *host = g_strdup_printf("processes:\n- {pid: 20, uid: %u, comm: hyperkube, exe: "
                                                "/srv/hyperkube, argv: [%s, apiserver], environ: {HOME: "
                                                "/h}}\nfiles:\n  /srv/hyperkube: {content: x, mode: '0755', uid: %u}\n",
                                                uid, cut, uid);
        pl_auto(host_notes) notes = host_notes_new();
        host_notes_swap(notes);
        pl_auto(items) items = look_shipped(host, "setting", "{daemon: kube-apiserver, key: profiling}");
        host_notes_swap(NULL);
        assert_int_equal(host_notes_list(notes)->len, uid == 0 ? 1 : 0);
        assert_int_equal(items->list->len, 0);
    }
}

/* Users' processes do not fill what is kept for the host's engines. */
static void users_come_last(void **state)
{
    (void)state;
    g_autoptr(GString) host = g_string_new("processes:\n");
    for (unsigned i = 0; i < 20; i++)
        g_string_append_printf(
            host,
            "- {pid: %u, uid: 1000, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd], environ: {HOME: /h}}\n",
            100 + i);
    g_string_append(host, "- {pid: 900, comm: dockerd, exe: /usr/bin/dockerd, argv: [dockerd], environ: {HOME: /h}}\n");
    pl_auto(items) items = look_shipped(host->str, "setting", "{daemon: dockerd, key: icc}");
    assert_int_equal(items->list->len, 21);
    assert_string_equal(item_at(items, 0)->subject, "dockerd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_process_calls_itself_makes_no_engine),
        cmocka_unit_test(an_engine_is_whose_it_is),
        cmocka_unit_test(a_copy_that_listens_is_an_engine_of_its_user),
        cmocka_unit_test(an_unseen_container_is_unknown),
        cmocka_unit_test(an_unseen_program_is_unknown),
        cmocka_unit_test(unseen_sockets_leave_a_copy_open),
        cmocka_unit_test(a_cut_command_line_of_a_user_is_the_users),
        cmocka_unit_test(users_come_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
