/* Nothing here looks at a host. */
#include "host/process_text.h"

#include "model/value.h"

#include <limits.h>
#include <string.h>

struct process *process_new(pid_t pid)
{
    struct process *process = g_new0(struct process, 1);
    process->pid = pid;
    process->comm = g_strdup("");
    process->state = '?';
    process->seccomp = process->no_new_privs = -1;
    process->oom_score_adj = G_MININT;
    return process;
}

void process_share_groups(struct process *process, gid_t **groups, unsigned *n_groups)
{
    bool same = *groups && process->groups && *n_groups == process->n_groups &&
                memcmp(*groups, process->groups, process->n_groups * sizeof *process->groups) == 0;
    if (same) {
        g_rc_box_release(process->groups);
        process->groups = g_rc_box_acquire(*groups);
        return;
    }
    g_clear_pointer(groups, g_rc_box_release);
    *groups = process->groups ? g_rc_box_acquire(process->groups) : NULL;
    *n_groups = process->n_groups;
}

static bool parse_ids(const char *text, guint32 ids[4])
{
    g_auto(GStrv) words = g_strsplit(text, "\t", 5);
    if (g_strv_length(words) < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        uint64_t id = 0;
        if (!value_parse_u64(g_strstrip(words[i]), UINT32_MAX, &id))
            return false;
        ids[i] = (guint32)id;
    }
    return true;
}

/* The kernel allows 65,536 of them; a line of that many is read whole. */
static void parse_groups(struct process *process, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_clear_pointer(&process->groups, g_rc_box_release);
    process->groups = g_rc_box_alloc0(sizeof *process->groups * (g_strv_length(words) + 1));
    process->n_groups = 0;
    for (char **word = words; *word; word++) {
        uint64_t id = 0;
        if (**word && value_parse_u64(*word, UINT32_MAX, &id))
            process->groups[process->n_groups++] = (gid_t)id;
    }
}

static bool parse_mask(const char *text, uint64_t *out)
{
    guint64 mask = 0;
    if (!g_ascii_string_to_unsigned(text, 16, 0, G_MAXUINT64, &mask, NULL))
        return false;
    *out = mask;
    return true;
}

static int parse_small(const char *text)
{
    uint64_t value = 0;
    return value_parse_u64(text, 9, &value) ? (int)value : -1;
}

static const struct status_mask {
    const char *key;
    enum capset set;
} status_masks[] = {
    {"CapInh", CAPSET_INHERITABLE}, {"CapPrm", CAPSET_PERMITTED}, {"CapEff", CAPSET_EFFECTIVE},
    {"CapBnd", CAPSET_BOUNDING},    {"CapAmb", CAPSET_AMBIENT},
};

struct status_seen {
    bool uid, gid;
    unsigned caps; /* sets, as bits */
};

static void parse_mask_line(struct process *process, const char *key, const char *value, struct status_seen *seen)
{
    for (size_t i = 0; i < G_N_ELEMENTS(status_masks); i++) {
        if (g_str_equal(key, status_masks[i].key) && parse_mask(value, &process->caps[status_masks[i].set]))
            seen->caps |= 1U << status_masks[i].set;
    }
}

static void parse_status_line(struct process *process, const char *key, const char *value, struct status_seen *seen)
{
    uint64_t number = 0;
    if (g_str_equal(key, "Name") && !*process->comm) {
        g_free(process->comm);
        process->comm = g_strdup(value);
    } else if (g_str_equal(key, "State")) {
        process->state = *value;
    } else if (g_str_equal(key, "PPid") && value_parse_u64(value, INT_MAX, &number)) {
        process->ppid = (pid_t)number;
        process->ppid_known = true;
    } else if (g_str_equal(key, "Uid")) {
        seen->uid = parse_ids(value, process->uid);
    } else if (g_str_equal(key, "Gid")) {
        seen->gid = parse_ids(value, process->gid);
    } else if (g_str_equal(key, "Groups")) {
        parse_groups(process, value);
    } else if (g_str_equal(key, "NoNewPrivs")) {
        process->no_new_privs = parse_small(value);
    } else if (g_str_equal(key, "Seccomp")) {
        process->seccomp = parse_small(value);
    } else {
        parse_mask_line(process, key, value, seen);
    }
}

void process_parse_status(struct process *process, char *text)
{
    struct status_seen seen = {.caps = 0};
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        char *colon = strchr(line, ':');
        if (colon && colon[1] == '\t') {
            *colon = '\0';
            parse_status_line(process, line, colon + 2, &seen);
        }
        line = end ? end + 1 : NULL;
    }
    /* The ambient set is younger (Linux 4.3) than the others. */
    const unsigned needed =
        1U << CAPSET_INHERITABLE | 1U << CAPSET_PERMITTED | 1U << CAPSET_EFFECTIVE | 1U << CAPSET_BOUNDING;
    process->caps_known = (seen.caps & needed) == needed;
    process->ids_known = seen.uid && seen.gid;
}

void process_set_stat(struct process *process, char state, uint64_t flags)
{
    process->kernel = flags & PF_KTHREAD;
    process->state = state ? state : process->state;
    /* It has let go of its namespaces and memory, and only its parent was not told yet. */
    if (flags & PF_EXITING)
        process->state = 'Z';
}

void process_parse_stat(struct process *process, const char *text)
{
    const char *close = strrchr(text, ')');
    g_auto(GStrv) fields = close ? g_strsplit(close + 1, " ", 22) : NULL;
    uint64_t flags = 0, start = 0, threads = 0;
    if (!fields || g_strv_length(fields) < 21)
        return;
    /* fields[0] is empty, fields[1] is field 3 of proc(5). */
    if (!value_parse_u64(fields[7], UINT32_MAX, &flags))
        flags = process->kernel ? PF_KTHREAD : 0;
    process_set_stat(process, *fields[1], flags);
    process->threads = value_parse_u64(fields[18], INT_MAX, &threads) ? (unsigned)threads : 0;
    process->start_known = value_parse_u64(fields[20], G_MAXUINT64, &start);
    process->start_ticks = process->start_known ? start : 0;
}

void process_take_row(struct process *process, const struct process_row *row)
{
    bool same = row->pid == process->pid && process->start_known && row->start == process->start_ticks;
    /* What became a program or ended since then is what it is now. */
    if (!same || process->kernel != ((row->flags & PF_KTHREAD) != 0) || process->state == 'Z')
        return;
    process_set_stat(process, row->state, row->flags);
    process->ppid = row->ppid;
    process->ppid_known = true;
}

char **process_parse_argv(GBytes *bytes)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    while (size && data[size - 1] == '\0')
        size--;
    GPtrArray *argv = g_ptr_array_new();
    for (gsize start = 0; start < size;) {
        const char *word = data + start;
        gsize length = strnlen(word, size - start);
        g_ptr_array_add(argv, g_strndup(word, length));
        start += length + 1;
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

uint64_t process_parse_ns(const char *target)
{
    const char *open = target ? strchr(target, '[') : NULL;
    const char *close = open ? strchr(open, ']') : NULL;
    g_autofree char *digits = close ? g_strndup(open + 1, (gsize)(close - open - 1)) : NULL;
    uint64_t inode = 0;
    return digits && value_parse_u64(digits, UINT32_MAX, &inode) ? inode : 0;
}
