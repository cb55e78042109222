#include "facts/file/sqlite_log.h"

#include "model/error.h"

GPtrArray *sqlite_logs(struct host *host, const char *path)
{
    static const char *const endings[] = {"-wal", "-journal"};
    GPtrArray *logs = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *real = host_resolve(host, path, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        char *log = g_strconcat(real ? real : path, endings[i], NULL);
        struct host_stat st = {.size = 0};
        g_autoptr(GError) error = NULL;
        if (host_stat(host, log, &st, &error) ? st.size > 0 : !g_error_matches(error, PL_ERROR, PL_ERROR_ABSENT))
            g_ptr_array_add(logs, log);
        else
            g_free(log);
    }
    return logs;
}
