#include "host/totals.h"

#include "host/private.h"
#include "host/process_library.h"
#include "model/value.h"

#include <string.h>

#define MEMORY "/proc/meminfo"
#define STAT   "/proc/stat"

/* The number behind a word at the beginning of a line. */
static bool number_of(const char *text, const char *word, uint64_t *out)
{
    size_t length = strlen(word);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, word, length) != 0)
            continue;
        const char *number = line + length + strspn(line + length, " \t");
        g_autofree char *digits = g_strndup(number, strspn(number, "0123456789"));
        return value_parse_u64(digits, G_MAXINT64 / 2, out);
    }
    return false;
}

/* Lines "cpu0 ..." are those that are online; "cpu  ..." is their sum. */
static uint64_t count_processors(const char *text)
{
    uint64_t n = 0;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        n += strncmp(line, "cpu", 3) == 0 && g_ascii_isdigit(line[3]);
    }
    return n;
}

static GError *unsaid(const char *path, const char *what)
{
    return g_error_new(PL_ERROR, PL_ERROR_PARSE, "%s does not say %s", path, what);
}

static void read_memory(struct host *host, struct host_totals *totals)
{
    g_autofree char *text = host_read_text(host, MEMORY, &totals->memory_error);
    if (text && !(number_of(text, "MemTotal:", &totals->memory) && number_of(text, "SwapTotal:", &totals->swap)))
        totals->memory_error = unsaid(MEMORY, "how much memory there is");
}

static void read_stat(struct host *host, struct host_totals *totals)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = host_read_text(host, STAT, &error);
    if (text && !number_of(text, "btime ", &totals->boot))
        totals->boot_error = unsaid(STAT, "when the machine started");
    totals->cpus = text ? count_processors(text) : 0;
    if (text && !totals->cpus)
        totals->cpus_error = unsaid(STAT, "which processors there are");
    if (!text) {
        totals->boot_error = g_error_copy(error);
        totals->cpus_error = g_error_copy(error);
    }
}

/* What libproc2 does not say, the texts are asked for: they say why, too. */
static gpointer make_totals(struct host *host, gpointer unused)
{
    (void)unused;
    struct host_totals *totals = g_new0(struct host_totals, 1);
    struct process_totals said = {0};
    bool asked = host->library && process_library_totals(&said);
    if (asked && said.memory) {
        totals->memory = said.memory;
        totals->swap = said.swap;
    } else {
        read_memory(host, totals);
    }
    if (asked && said.boot && said.cpus) {
        totals->boot = said.boot;
        totals->cpus = said.cpus;
    } else {
        read_stat(host, totals);
    }
    return totals;
}

static void totals_free(gpointer data)
{
    struct host_totals *totals = data;
    g_clear_error(&totals->memory_error);
    g_clear_error(&totals->boot_error);
    g_clear_error(&totals->cpus_error);
    g_free(totals);
}

const struct host_totals *host_totals(struct host *host)
{
    return host_memo(host, "host/totals", make_totals, NULL, totals_free);
}
