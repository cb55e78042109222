/* Records of both of Podman's databases, and what is said where one cannot be read. */
#include "facts/container/podman_database.h"
#include "model/error.h"
#include "model/tree.h"

#include "looking.h"

#include <sqlite3.h>

#define ROOT "/var/lib/containers/storage"
#define SOUND                                                                                                          \
    "CREATE TABLE ContainerConfig(ID TEXT PRIMARY KEY NOT NULL, Name TEXT, JSON TEXT NOT NULL);"                       \
    "CREATE TABLE ContainerState(ID TEXT PRIMARY KEY NOT NULL, State INTEGER, JSON TEXT NOT NULL);"                    \
    "CREATE TABLE VolumeConfig(Name TEXT PRIMARY KEY NOT NULL, JSON TEXT NOT NULL);"                                   \
    "INSERT INTO ContainerConfig VALUES('one', 'web', '{\"spec\": {}}');"                                              \
    "INSERT INTO ContainerState VALUES('one', 3, '{\"state\": 3}');"                                                   \
    "INSERT INTO VolumeConfig VALUES('data', '{\"volumeDriver\": \"local\"}');"

/* A host with db.sql made by these statements, and further files. */
static struct host *host_with(const char *sql, const char *more)
{
    sqlite3 *database = NULL;
    sqlite3_open(":memory:", &database);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(database, "main", &size, 0);
    g_autofree char *base64 = g_base64_encode(bytes, (gsize)size);
    sqlite3_free(bytes);
    sqlite3_close(database);
    g_autofree char *text = g_strdup_printf("files:\n  " ROOT "/db.sql: {base64: '%s'}\n%s", base64, more);
    return inline_host(text);
}

static void assert_record(const struct podman_database *database, enum podman_record kind, const char *name,
                          const char *wanted)
{
    g_autoptr(GError) error = NULL;
    pl_autojson json_object *record = podman_database_record(database, kind, name, &error);
    if (!record)
        fail_msg("%s", error->message);
    g_autofree char *text = tree_canonical(record);
    assert_string_equal(text, wanted);
}

static void assert_none(const struct podman_database *database, enum podman_record kind, const char *name, int code)
{
    g_autoptr(GError) error = NULL;
    assert_null(podman_database_record(database, kind, name, &error));
    if (!g_error_matches(error, PL_ERROR, code))
        fail_msg("%s", error ? error->message : "no error");
}

static void records_of_tables(void **state)
{
    (void)state;
    pl_auto(host) host = host_with(SOUND, "");
    struct podman_database *database = podman_database_open(host, ROOT);
    assert_record(database, PODMAN_CONFIG, "one", "{\"spec\":{}}");
    assert_record(database, PODMAN_STATE, "one", "{\"state\":3}");
    assert_record(database, PODMAN_VOLUME, "data", "{\"volumeDriver\":\"local\"}");
    assert_none(database, PODMAN_CONFIG, "two", PL_ERROR_ABSENT);
    assert_string_equal(podman_database_path(database), ROOT "/db.sql");
    podman_database_close(database);
}

static void nothing_is_there(void **state)
{
    (void)state;
    pl_auto(host) host = inline_host("files: {/var/lib/containers/storage: {type: dir}}");
    struct podman_database *database = podman_database_open(host, ROOT);
    assert_none(database, PODMAN_CONFIG, "one", PL_ERROR_ABSENT);
    podman_database_close(database);
}

/* A record that cannot be found is none only where all of the database is read. */
static void what_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *more;
        int code;
    } rows[] = {
        {SOUND, "  " ROOT "/db.sql-journal: pages\n", PL_ERROR_READ},
        {SOUND, "  " ROOT "/db.sql-wal: pages\n", PL_ERROR_READ},
        {SOUND, "  " ROOT "/db.sql-wal: {content: pages, denied: true}\n", PL_ERROR_READ},
        {"CREATE TABLE Other(ID TEXT)", "", PL_ERROR_PARSE},
        {"CREATE TABLE t(ID TEXT, JSON TEXT); CREATE VIEW ContainerConfig AS SELECT ID, JSON FROM t", "",
         PL_ERROR_PARSE},
        {"CREATE TABLE ContainerConfig(ID TEXT, JSON TEXT GENERATED ALWAYS AS ('{}'))", "", PL_ERROR_PARSE},
        {"CREATE TABLE ContainerConfig(ID TEXT, JSON TEXT); INSERT INTO ContainerConfig VALUES('one', '{')", "",
         PL_ERROR_PARSE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pl_auto(host) host = host_with(rows[i].sql, rows[i].more);
        struct podman_database *database = podman_database_open(host, ROOT);
        assert_none(database, PODMAN_CONFIG, "one", rows[i].code);
        podman_database_close(database);
    }
    static const char *const files[] = {"{/var/lib/containers/storage/db.sql: garbage}",
                                        "{/var/lib/containers/storage/db.sql: {content: '', denied: true}}"};
    static const int codes[] = {PL_ERROR_PARSE, PL_ERROR_DENIED};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = g_strconcat("files: ", files[i], NULL);
        pl_auto(host) host = inline_host(text);
        struct podman_database *database = podman_database_open(host, ROOT);
        assert_none(database, PODMAN_CONFIG, "one", codes[i]);
        podman_database_close(database);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_tables),
        cmocka_unit_test(nothing_is_there),
        cmocka_unit_test(what_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
