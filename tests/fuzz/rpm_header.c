/* Headers of an rpm database that is whole otherwise: names, versions, file lists and changelogs in tagged entries. */
#include "look.h"

#include <sqlite3.h>

static GBytes *database_with(const uint8_t *data, size_t size)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    sqlite3_int64 n = 0;
    sqlite3_open(":memory:", &database);
    sqlite3_exec(database, "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)", NULL, NULL, NULL);
    sqlite3_prepare_v2(database, "INSERT INTO Packages(blob) VALUES(?)", -1, &statement, NULL);
    sqlite3_bind_blob(statement, 1, size ? (const void *)data : "", (int)size, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE)
        abort();
    sqlite3_finalize(statement);
    unsigned char *bytes = sqlite3_serialize(database, "main", &n, 0);
    GBytes *out = g_bytes_new(bytes, (gsize)n);
    sqlite3_free(bytes);
    sqlite3_close(database);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = database_with(data, size);
    json_object *spec = fuzz_stated("files: {/opt/setuid: {content: x, mode: '4755'}}");
    fuzz_put(spec, "/usr/lib/sysimage/rpm/rpmdb.sqlite", g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    pl_auto(host) host = fuzz_host(spec);
    fuzz_look(host, "package", "{name: '*'}");
    fuzz_look(host, "filesystem-scan", "{find: setuid}");
    fuzz_look(host, "vulnerability", "{software: runc, cve: [CVE-2024-21626], affected: ['<1.1.12']}");
    return 0;
}
