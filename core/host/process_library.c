#include "host/process_library.h"

#include "host/process_text.h"
#include "model/error.h"

#ifdef PLUMBLINE_LIBPROC2

#include <dlfcn.h>
#include <libproc2/meminfo.h>
#include <libproc2/pids.h>
#include <libproc2/stat.h>
#include <string.h>
#include <unistd.h>

static enum pids_item items[] = {PIDS_ID_PID, PIDS_ID_PPID, PIDS_STATE, PIDS_FLAGS, PIDS_TICS_BEGAN};
enum { PID, PPID, STATE, FLAGS, START };

static struct {
    struct pids_info *pids; /* NULL until it is loaded */
    struct pids_fetch *(*select)(struct pids_info *info, unsigned *these, int count, enum pids_select_type which);
    int (*mem_new)(struct meminfo_info **info);
    struct meminfo_result *(*mem_get)(struct meminfo_info *info, enum meminfo_item item);
    int (*mem_unref)(struct meminfo_info **info);
    int (*stat_new)(struct stat_info **info);
    struct stat_result *(*stat_get)(struct stat_info *info, enum stat_item item);
    struct stat_reaped *(*stat_reap)(struct stat_info *info, enum stat_reap_type what, enum stat_item *items,
                                     int count);
    int (*stat_unref)(struct stat_info **info);
} library; /* libproc2 keeps its state a process, too */

static bool take(void *handle, const char *name, void *member)
{
    void *found = dlsym(handle, name);
    memcpy(member, &found, sizeof found); /* POSIX: an object pointer that stands for a function */
    return found != NULL;
}

static bool take_all(void *handle, int (**start)(struct pids_info **info, enum pids_item *items, int count))
{
    return take(handle, "procps_pids_new", start) && take(handle, "procps_pids_select", &library.select) &&
           take(handle, "procps_meminfo_new", &library.mem_new) &&
           take(handle, "procps_meminfo_get", &library.mem_get) &&
           take(handle, "procps_meminfo_unref", &library.mem_unref) &&
           take(handle, "procps_stat_new", &library.stat_new) && take(handle, "procps_stat_get", &library.stat_get) &&
           take(handle, "procps_stat_reap", &library.stat_reap) &&
           take(handle, "procps_stat_unref", &library.stat_unref);
}

/* A library that is not the one that plumbline was built for would say something else. */
static bool knows_itself(void)
{
    struct process_row row;
    pid_t self = getpid();
    return process_library_rows(&self, 1, &row) == 1 && row.pid == self && row.ppid == getppid() &&
           g_ascii_isupper(row.state) && row.start && !(row.flags & PF_KTHREAD);
}

/* A text that says why it is not there; NULL: it is. */
static gpointer load_once(gpointer unused)
{
    (void)unused;
    int (*start)(struct pids_info * *info, enum pids_item * items, int count) = NULL;
    void *handle = dlopen(PLUMBLINE_LIBPROC2, RTLD_NOW | RTLD_LOCAL);
    if (!handle || !take_all(handle, &start))
        return g_strdup_printf("%s could not be loaded: %s", PLUMBLINE_LIBPROC2, dlerror());
    if (start(&library.pids, items, G_N_ELEMENTS(items)) < 0)
        library.pids = NULL;
    if (library.pids && knows_itself())
        return NULL;
    library.pids = NULL;
    return g_strdup(PLUMBLINE_LIBPROC2 " does not say of a process what the kernel does");
}

bool process_library_load(GError **error)
{
    static GOnce once = G_ONCE_INIT;
    const char *why = g_once(&once, load_once, NULL);
    if (why)
        g_set_error_literal(error, PL_ERROR, PL_ERROR_UNSUPPORTED, why);
    return !why;
}

const char *process_library_name(void)
{
    return PLUMBLINE_LIBPROC2;
}

guint process_library_rows(const pid_t *pids, guint n, struct process_row *out)
{
    unsigned wanted[PROCESS_ROWS];
    guint said = 0;
    n = MIN(n, PROCESS_ROWS);
    for (guint i = 0; i < n; i++)
        wanted[i] = (unsigned)pids[i];
    const struct pids_fetch *fetched =
        library.pids && n ? library.select(library.pids, wanted, (int)n, PIDS_SELECT_PID) : NULL;
    for (int i = 0; fetched && i < fetched->counts->total && said < n; i++) {
        const struct pids_result *result = fetched->stacks[i]->head;
        out[said] = (struct process_row){.pid = result[PID].result.s_int,
                                         .ppid = result[PPID].result.s_int,
                                         .flags = result[FLAGS].result.ul_int,
                                         .start = result[START].result.ull_int,
                                         .state = result[STATE].result.s_ch};
        /* Of a text that it does not understand it leaves the state out. */
        said += out[said].state != '\0';
    }
    return said;
}

static void add_memory(struct process_totals *totals)
{
    struct meminfo_info *info = NULL;
    if (library.mem_new(&info) < 0)
        return;
    const struct meminfo_result *memory = library.mem_get(info, MEMINFO_MEM_TOTAL);
    totals->memory = memory ? memory->result.ul_int : 0;
    const struct meminfo_result *swap = library.mem_get(info, MEMINFO_SWAP_TOTAL);
    totals->swap = swap ? swap->result.ul_int : 0;
    if (!swap)
        totals->memory = 0;
    library.mem_unref(&info);
}

static void add_stat(struct process_totals *totals)
{
    enum stat_item item = STAT_TIC_ID;
    struct stat_info *info = NULL;
    if (library.stat_new(&info) < 0)
        return;
    const struct stat_result *boot = library.stat_get(info, STAT_SYS_TIME_OF_BOOT);
    totals->boot = boot ? boot->result.ul_int : 0;
    const struct stat_reaped *reaped = library.stat_reap(info, STAT_REAP_CPUS_ONLY, &item, 1);
    totals->cpus = reaped && reaped->cpus->total > 0 ? (uint64_t)reaped->cpus->total : 0;
    library.stat_unref(&info);
}

bool process_library_totals(struct process_totals *out)
{
    *out = (struct process_totals){0};
    if (!library.pids)
        return false;
    add_memory(out);
    add_stat(out);
    return true;
}

#else

bool process_library_load(GError **error)
{
    g_set_error_literal(error, PL_ERROR, PL_ERROR_UNSUPPORTED, "built without libproc2");
    return false;
}

const char *process_library_name(void)
{
    return NULL;
}

guint process_library_rows(const pid_t *pids, guint n, struct process_row *out)
{
    (void)pids;
    (void)n;
    (void)out;
    return 0;
}

bool process_library_totals(struct process_totals *out)
{
    (void)out;
    return false;
}

#endif
