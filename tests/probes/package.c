#include "facts/package/readers.h"

#include "looking.h"

#include <sqlite3.h>

#define GOOD "Package: a\\nStatus: install ok installed\\nVersion: 1\\n\\n"

static void only_installed_ones(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /var/lib/dpkg/status: |\n"
                                "    Package: telnet\n"
                                "    Status: deinstall ok config-files\n"
                                "    Version: 1\n"
                                "\n"
                                "    Package: telnetd\n"
                                "    Status: hold ok installed\n"
                                "    Architecture: amd64\n"
                                "    Source: netkit-telnet (0.17)\n"
                                "    Version: 0.17-44\n"
                                "    Description: text\n"
                                "     Package: nonsense\n"
                                "\n"
                                "    Package: telnetx\n"
                                "    Status: install ok triggers-pending\n"
                                "    Version: 2\n",
                                "package", "{name: 'telnet*'}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    const struct item *item = item_at(items, 0);
    assert_field(item, "name", "\"telnetd\"");
    assert_field(item, "version", "\"0.17-44\"");
    assert_field(item, "arch", "\"amd64\"");
    assert_field(item, "source", "\"netkit-telnet\"");
    assert_field(item, "manager", "\"dpkg\"");
    assert_declared(item, "package");
    assert_source(item, "/var/lib/dpkg/status", 0);
    assert_field(item_at(items, 1), "name", "\"telnetx\"");
}

static void names_are_whole(void **state)
{
    (void)state;
    pl_auto(items) items =
        look("packages: [openssh-server, openssh-client]", "package", "{name: [openssh, openssh-client]}");
    assert_field(only_item(items), "name", "\"openssh-client\"");
}

static void no_database_is_not_applicable(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/etc/hostname: x}", "package", "{name: a}");
    assert_int_equal(items->list->len, 0);
    assert_problem(items, PROBLEM_NOTAPPLICABLE, "no package database");
}

static void an_empty_database_is_an_answer(void **state)
{
    (void)state;
    pl_auto(items) items = look("packages: []", "package", "{name: a}");
    assert_nothing(items);
}

static void denied_is_unknown(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/var/lib/dpkg/status: {content: '', denied: true}}", "package", "{name: a}");
    assert_problem(items, PROBLEM_UNKNOWN, "/var/lib/dpkg/status");
}

/* A database that dpkg itself would refuse, or that is not the last word, proves no absence. */
static void dpkg_databases_that_prove_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *files, *says;
    } hosts[] = {
        {"/var/lib/dpkg/status: {base64: 'UGFja2FnZTogYQoKAFBhY2thZ2U6IHRlbG5ldGQK'}", "NUL bytes"},
        {"/var/lib/dpkg/status: \"" GOOD "Package: telne\"", "middle of a line"},
        {"/var/lib/dpkg/status: \"" GOOD "Package: b\\nStatus: install ok installed\\n\"", "without a version: b"},
        {"/var/lib/dpkg/status: \"" GOOD "Package: b\\nStatus:\\n install ok installed\\nVersion: 1\\n\"", "status"},
        {"/var/lib/dpkg/status: \"" GOOD "Package: b\\nStatus: install ok there\\nVersion: 1\\n\"", "status"},
        {"/var/lib/dpkg/status: \"" GOOD "Package: b\\nStatus: install ok\\nVersion: 1\\n\"", "status"},
        {"/var/lib/dpkg/status: \"" GOOD "Status: install ok installed\\nVersion: 1\\n\"", "without a package name"},
        {"/var/lib/dpkg/status: \"Package: a\\r\\nVersion: 1\\r\\n\\r\\nPackage: b\\r\\n\"", "twice"},
        {"/var/lib/dpkg/status: \"" GOOD "\"\n  /var/lib/dpkg/updates/0001: x", "updates/0001"},
        {"/var/lib/dpkg/status: \"" GOOD "\"\n  /var/lib/dpkg/updates/tmp.i: x\n"
         "  /var/lib/dpkg/info/telnetd.list: x",
         "the package telnetd is not in it"},
        {"/var/lib/dpkg/info/telnetd:amd64.list: x", "the package telnetd is not in it"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *text = g_strdup_printf("files:\n  %s\n", hosts[i].files);
        pl_auto(items) items = look(text, "package", "{name: telnetd}");
        assert_problem(items, PROBLEM_ERROR, hosts[i].says);
    }
    pl_auto(items) sound =
        look("files:\n"
             "  /var/lib/dpkg/status: \"" GOOD "Package: b\\nStatus: deinstall ok config-files\\n\"\n"
             "  /var/lib/dpkg/updates/tmp.i: x\n"
             "  /var/lib/dpkg/info/a:amd64.list: x\n"
             "  /var/lib/dpkg/info/b.list: x\n",
             "package", "{name: telnetd}");
    assert_nothing(sound);
}

/* The program is there for everyone who can reach it, set up or not. */
static void half_of_a_package_is_there(void **state)
{
    (void)state;
    static const char *const states[] = {"unpacked", "half-configured", "half-installed"};
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *text = g_strdup_printf("files: {/var/lib/dpkg/status: \"Package: telnetd\\nVersion: 1\\n"
                                                "Status: install reinstreq %s\\n\"}",
                                                states[i]);
        pl_auto(items) items = look(text, "package", "{name: telnetd}");
        assert_int_equal(items->list->len, 1);
        assert_problem(items, PROBLEM_UNKNOWN, "there in part");
        pl_auto(items) others = look(text, "package", "{name: other}");
        assert_nothing(others);
    }
}

static void images_without_dpkg(void **state)
{
    (void)state;
    pl_auto(items) items = look("files:\n"
                                "  /var/lib/dpkg/status.d/base: \"Package: base-files\\nVersion: 12\\n\"\n"
                                "  /var/lib/dpkg/status.d/base.md5sums: \"Package: wrong\\n\"\n",
                                "package", "{name: '*'}");
    assert_field(only_item(items), "name", "\"base-files\"");
}

static void old_rpm_formats_are_errors(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/var/lib/rpm/Packages: x}", "package", "{name: a}");
    assert_problem(items, PROBLEM_ERROR, "Berkeley DB");
    pl_auto(items) ndb = look("files: {/usr/lib/sysimage/rpm/Packages.db: x}", "package", "{name: a}");
    assert_problem(ndb, PROBLEM_ERROR, "NDB");
}

/* --- an rpm database --- */

struct blob {
    GByteArray *index, *data;
    guint entries;
};

static void put32(GByteArray *to, guint32 value)
{
    const guint8 bytes[4] = {(guint8)(value >> 24), (guint8)(value >> 16), (guint8)(value >> 8), (guint8)value};
    g_byte_array_append(to, bytes, 4);
}

static void add_entry(struct blob *blob, guint32 tag, guint32 type, guint32 count, const void *data, gsize n)
{
    put32(blob->index, tag);
    put32(blob->index, type);
    put32(blob->index, blob->data->len);
    put32(blob->index, count);
    g_byte_array_append(blob->data, data, (guint)n);
    blob->entries++;
}

static GBytes *rpm_header(const char *name, guint32 epoch)
{
    struct blob blob = {.index = g_byte_array_new(), .data = g_byte_array_new()};
    static const char files[] = "setuid\0passwd";
    static const char dirs[] = "/opt/\0/usr/bin/";
    static const char changes[] = "- fix CVE-2024-21626\0- Resolves: RHEL-1";
    static const guint8 indexes[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    const guint8 number[4] = {0, 0, 0, (guint8)epoch};
    add_entry(&blob, 1000, 6, 1, name, strlen(name) + 1);
    add_entry(&blob, 1001, 6, 1, "5.1.8", 6);
    add_entry(&blob, 1002, 6, 1, "6.el9", 6);
    add_entry(&blob, 1003, 4, 1, number, 4);
    add_entry(&blob, 1022, 6, 1, "x86_64", 7);
    add_entry(&blob, 1044, 6, 1, "my-src-5.1.8-6.el9.src.rpm", 27);
    add_entry(&blob, 1082, 8, 2, changes, sizeof changes);
    add_entry(&blob, 1116, 4, 2, indexes, sizeof indexes);
    add_entry(&blob, 1117, 8, 2, files, sizeof files);
    add_entry(&blob, 1118, 8, 2, dirs, sizeof dirs);
    GByteArray *whole = g_byte_array_new();
    put32(whole, blob.entries);
    put32(whole, blob.data->len);
    g_byte_array_append(whole, blob.index->data, blob.index->len);
    g_byte_array_append(whole, blob.data->data, blob.data->len);
    g_byte_array_unref(blob.index);
    g_byte_array_unref(blob.data);
    return g_byte_array_free_to_bytes(whole);
}

static void insert(sqlite3 *database, GBytes *header, gsize cut)
{
    sqlite3_stmt *statement = NULL;
    gsize n = 0;
    const void *data = g_bytes_get_data(header, &n);
    assert_int_equal(sqlite3_prepare_v2(database, "INSERT INTO Packages(blob) VALUES(?)", -1, &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(statement, 1, data, (int)(n - cut), SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    g_bytes_unref(header);
}

static sqlite3 *new_database(void)
{
    sqlite3 *database = NULL;
    sqlite3_open(":memory:", &database);
    sqlite3_exec(database, "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)", NULL, NULL, NULL);
    return database;
}

/* A host with this rpm database, which claims to have a write-ahead log, as real ones do. Closes the database. */
static char *database_host(sqlite3 *database, const char *more)
{
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(database, "main", &size, 0);
    bytes[18] = bytes[19] = 2;
    g_autofree char *base64 = g_base64_encode(bytes, (gsize)size);
    sqlite3_free(bytes);
    sqlite3_close(database);
    return g_strdup_printf("files:\n  /usr/lib/sysimage/rpm/rpmdb.sqlite: {base64: '%s'}\n%s", base64, more);
}

static char *rpm_host(gsize cut, const char *more)
{
    sqlite3 *database = new_database();
    insert(database, rpm_header("bash", 0), 0);
    insert(database, rpm_header("shadow-utils", 2), cut);
    return database_host(database, more);
}

/* Whatever bytes a header has, it is read or refused. */
static void hostile_headers_are_survived(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int round = 0; round < 200; round++) {
        sqlite3 *database = new_database();
        for (int i = 0; i < 10; i++) {
            g_autoptr(GBytes) header = rpm_header("bash", 1);
            gsize n = 0;
            guint8 *bytes = g_memdup2(g_bytes_get_data(header, &n), g_bytes_get_size(header));
            for (gint flips = g_rand_int_range(random, 1, 6); flips > 0; flips--)
                bytes[g_rand_int_range(random, 0, (gint32)(flips % 2 ? n : 150))] =
                    (guint8)g_rand_int_range(random, 0, 256);
            insert(database, g_bytes_new_take(bytes, g_bytes_get_size(header)), 0);
        }
        g_autofree char *text = database_host(database, "  /opt/setuid: {content: x, mode: \"4755\"}\n");
        pl_auto(host) host = inline_host(text);
        assert_non_null(packages_get(host));
        packages_owner(host, "/opt/setuid", NULL);
    }
}

static void rpm_packages(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(0, "  /usr/lib/sysimage/rpm/rpmdb.sqlite-wal: \"\"\n");
    pl_auto(items) items = look(text, "package", "{name: '*'}");
    assert_int_equal(items->problems->len, 0);
    assert_int_equal(items->list->len, 2);
    assert_field(item_at(items, 0), "version", "\"5.1.8-6.el9\"");
    assert_field(item_at(items, 0), "source", "\"my-src\"");
    assert_field(item_at(items, 0), "manager", "\"rpm\"");
    assert_field(item_at(items, 1), "version", "\"2:5.1.8-6.el9\"");
    assert_source(item_at(items, 1), "/usr/lib/sysimage/rpm/rpmdb.sqlite", 0);
}

static void broken_headers_are_errors(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(100, "");
    pl_auto(items) items = look(text, "package", "{name: '*'}");
    assert_int_equal(items->list->len, 1);
    assert_problem(items, PROBLEM_ERROR, "1 package headers");
}

static void a_pending_log_is_an_error(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(0, "  /usr/lib/sysimage/rpm/rpmdb.sqlite-wal: \"pages\"\n");
    pl_auto(items) items = look(text, "package", "{name: nothing}");
    assert_problem(items, PROBLEM_ERROR, "-wal");
}

static void a_hot_journal_is_an_error(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(0, "  /usr/lib/sysimage/rpm/rpmdb.sqlite-journal: \"pages\"\n");
    pl_auto(items) items = look(text, "package", "{name: nothing}");
    assert_problem(items, PROBLEM_ERROR, "-journal");
    g_autofree char *behind = rpm_host(0, "  /var/lib/rpm/rpmdb.sqlite: {target: ../../../usr/lib/sysimage/rpm/"
                                          "rpmdb.sqlite}\n");
    pl_auto(items) linked = look(behind, "package", "{name: nothing}");
    assert_nothing(linked);
}

/* A log lies beside the file, not beside a link to it. */
static void a_pending_log_behind_a_link(void **state)
{
    (void)state;
    g_autofree char *moved = rpm_host(0, "  /var/lib/rpm/rpmdb.sqlite: {target: /srv/db}\n  /srv/db-wal: \"pages\"\n");
    char *at = strstr(moved, "/usr/lib/sysimage/rpm/rpmdb.sqlite");
    g_autofree char *text =
        g_strdup_printf("%.*s/srv/db%s", (int)(at - moved), moved, at + strlen("/usr/lib/sysimage/rpm/rpmdb.sqlite"));
    pl_auto(items) items = look(text, "package", "{name: nothing}");
    assert_problem(items, PROBLEM_ERROR, "/srv/db-wal");
}

/* Only rpm's macros tell which of two is in use. */
static void a_second_rpm_database_is_an_error(void **state)
{
    (void)state;
    static const char *const others[] = {"/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages",
                                         "/usr/lib/sysimage/rpm/Packages.db"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *more = g_strdup_printf("  %s: x\n", others[i]);
        g_autofree char *text = rpm_host(0, more);
        pl_auto(items) items = look(text, "package", "{name: nothing}");
        assert_problem(items, PROBLEM_ERROR, "a second rpm database");
    }
}

/* However much of its end is missing. */
static void a_cut_rpm_database_is_an_error(void **state)
{
    (void)state;
    sqlite3 *database = new_database();
    for (int i = 0; i < 40; i++)
        insert(database, rpm_header("bash", 1), 0);
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(database, "main", &size, 0);
    for (gsize kept = (gsize)size - 512; kept >= 512; kept -= 512) {
        g_autofree char *base64 = g_base64_encode(bytes, kept);
        g_autofree char *text = g_strdup_printf("files: {/var/lib/rpm/rpmdb.sqlite: {base64: '%s'}}", base64);
        pl_auto(items) items = look(text, "package", "{name: nothing}");
        assert_problem(items, PROBLEM_ERROR, "rpmdb.sqlite");
    }
    sqlite3_free(bytes);
    sqlite3_close(database);
}

static void garbage_is_an_error(void **state)
{
    (void)state;
    pl_auto(items) items = look("files: {/var/lib/rpm/rpmdb.sqlite: garbage}", "package", "{name: a}");
    assert_problem(items, PROBLEM_ERROR, "no SQLite database");
    g_autofree char *bytes = g_malloc0(4096);
    memcpy(bytes, "SQLite format 3", 16);
    g_autofree char *base64 = g_base64_encode((const guint8 *)bytes, 4096);
    g_autofree char *text = g_strdup_printf("files: {/var/lib/rpm/rpmdb.sqlite: {base64: '%s'}}", base64);
    pl_auto(items) zeroes = look(text, "package", "{name: a}");
    assert_problem(zeroes, PROBLEM_ERROR, "rpmdb.sqlite");
}

static void owners_of_files(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("packages: [passwd]\n"
                                     "files:\n"
                                     "  /usr/bin/passwd: {content: x, mode: \"4755\"}\n"
                                     "  /usr/bin/su: {content: x, mode: \"4755\"}\n"
                                     "  /usr/local/bin/own: {content: x, mode: \"4755\"}\n"
                                     "  /var/lib/dpkg/info/passwd.list: \"/.\\n/usr\\n/usr/bin\\n/usr/bin/passwd\\n\"\n"
                                     "  /var/lib/dpkg/info/login:amd64.list: \"/bin/su\"\n");
    assert_string_equal(packages_owner(host, "/usr/bin/passwd", NULL), "passwd");
    assert_string_equal(packages_owner(host, "/usr/bin/su", NULL), "login");
    assert_null(packages_owner(host, "/usr/local/bin/own", NULL));
}

/* A list that cannot be read may name any file: that nobody owns it is not known. */
static void owners_that_are_not_known(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files:\n"
                                     "  /usr/bin/su: {content: x, mode: \"4755\"}\n"
                                     "  /usr/bin/mine: {content: x, mode: \"4755\"}\n"
                                     "  /var/lib/dpkg/info/login.list: \"/usr/bin/su\\n\"\n"
                                     "  /var/lib/dpkg/info/other.list: {content: x, denied: true}\n");
    const GError *error = NULL;
    assert_string_equal(packages_owner(host, "/usr/bin/su", &error), "login");
    assert_null(error);
    assert_null(packages_owner(host, "/usr/bin/mine", &error));
    assert_non_null(strstr(error->message, "other.list"));
}

/* What could make a query run for ever, or every row a calculation, is refused before it is asked. */
static void rpm_databases_without_a_table(void **state)
{
    (void)state;
    static const char *const schemas[] = {
        "create table x(a); create view Packages as with recursive c(hnum, blob) as (select 1, zeroblob(100) union all "
        "select hnum + 1, zeroblob(1000000) from c) select * from c",
        "create table Packages(hnum, a, blob generated always as (zeroblob(1000)) virtual)",
        "create table Packages(hnum, other)",
        "create table Other(hnum, blob)",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(schemas); i++) {
        sqlite3 *database = NULL;
        assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
        assert_int_equal(sqlite3_exec(database, schemas[i], NULL, NULL, NULL), SQLITE_OK);
        g_autofree char *text = database_host(database, "");
        pl_auto(items) items = look(text, "package", "{name: a}");
        assert_problem(items, PROBLEM_ERROR, "has no table Packages");
    }
}

static void owners_of_files_in_rpm(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(0, "  /opt/setuid: {content: x, mode: \"4755\"}\n"
                                        "  /usr/bin/passwd: {content: x, mode: \"4755\"}\n"
                                        "  /usr/bin/setuid: {content: x, mode: \"4755\"}\n");
    pl_auto(host) host = inline_host(text);
    assert_string_equal(packages_owner(host, "/opt/setuid", NULL), "bash");
    assert_string_equal(packages_owner(host, "/usr/bin/passwd", NULL), "bash");
    assert_null(packages_owner(host, "/usr/bin/setuid", NULL));
}

static void changelogs_in_rpm(void **state)
{
    (void)state;
    g_autofree char *text = rpm_host(0, "");
    pl_auto(host) host = inline_host(text);
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) right = g_string_new(NULL), other = g_string_new(NULL);
    g_hash_table_insert(wanted, (gpointer)(uintptr_t) "shadow-utils 2:5.1.8-6.el9", right);
    g_hash_table_insert(wanted, (gpointer)(uintptr_t) "bash 5.1.8-7.el9", other);
    rpm_read_changelogs(host, wanted, NULL);
    assert_string_equal(right->str, "- fix CVE-2024-21626\n- Resolves: RHEL-1\n");
    assert_string_equal(other->str, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_installed_ones),
        cmocka_unit_test(names_are_whole),
        cmocka_unit_test(no_database_is_not_applicable),
        cmocka_unit_test(an_empty_database_is_an_answer),
        cmocka_unit_test(denied_is_unknown),
        cmocka_unit_test(dpkg_databases_that_prove_nothing),
        cmocka_unit_test(half_of_a_package_is_there),
        cmocka_unit_test(images_without_dpkg),
        cmocka_unit_test(old_rpm_formats_are_errors),
        cmocka_unit_test(rpm_packages),
        cmocka_unit_test(broken_headers_are_errors),
        cmocka_unit_test(hostile_headers_are_survived),
        cmocka_unit_test(a_pending_log_is_an_error),
        cmocka_unit_test(a_hot_journal_is_an_error),
        cmocka_unit_test(a_pending_log_behind_a_link),
        cmocka_unit_test(a_second_rpm_database_is_an_error),
        cmocka_unit_test(a_cut_rpm_database_is_an_error),
        cmocka_unit_test(garbage_is_an_error),
        cmocka_unit_test(owners_of_files),
        cmocka_unit_test(owners_that_are_not_known),
        cmocka_unit_test(rpm_databases_without_a_table),
        cmocka_unit_test(owners_of_files_in_rpm),
        cmocka_unit_test(changelogs_in_rpm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
