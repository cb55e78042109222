#include "facts/daemon/match.h"

#include "facts/daemon/owner.h"

#include <string.h>

static char *program_name(const char *path)
{
    g_autofree char *clean = host_link_path(path);
    return g_path_get_basename(clean);
}

static bool in_list(char **list, const char *word)
{
    return g_strv_contains((const char *const *)list, word);
}

/* Without argv and exe only the name is left, which the kernel cuts at 15 bytes. */
static bool name_cut_matches(char **names, const char *comm)
{
    for (; *names; names++)
        if (strncmp(*names, comm, 15) == 0 && (strlen(*names) >= 15 || g_str_equal(*names, comm)))
            return true;
    return false;
}

/* A process of which too little could be read may be the daemon's. The smaller one of several counts. */
enum match { MATCHES_NOT, MATCHES_PERHAPS, MATCHES };

static enum match name_is_roots(const struct process *process)
{
    if (!process->ids_known)
        return MATCHES_PERHAPS;
    return daemon_name_is_roots(process) ? MATCHES : MATCHES_NOT;
}

/* The program's file says what runs. What a process calls itself counts where root chose it (a program that is several
 * daemons, or has another file name), and where nothing else can be seen. */
static enum match name_matches(const struct daemon_program *program, const struct process *process)
{
    if (!program->name)
        return name_is_roots(process);
    bool has_argv = process->argv_seen && process->argv_seen[0];
    g_autofree char *argv_name = has_argv ? program_name(process->argv_seen[0]) : NULL;
    g_autofree char *exe_name = process->exe ? program_name(process->exe) : NULL;
    if (exe_name && in_list(program->name, exe_name))
        return MATCHES;
    if (exe_name && name_is_roots(process) == MATCHES_NOT)
        return MATCHES_NOT;
    if (argv_name && in_list(program->name, argv_name))
        return exe_name ? name_is_roots(process) : MATCHES;
    if (!exe_name && !argv_name && name_cut_matches(program->name, process->comm))
        return MATCHES;
    /* The kernel took the command name from the program, where that could not be seen. */
    bool by_comm = !exe_name && (!*process->comm || name_cut_matches(program->name, process->comm));
    bool no_argv = !has_argv && !process->argv;
    return no_argv || by_comm ? MATCHES_PERHAPS : MATCHES_NOT;
}

static enum match comm_matches(const struct daemon_program *program, const struct process *process)
{
    if (!program->comm || in_list(program->comm, process->comm))
        return MATCHES;
    return *process->comm ? MATCHES_NOT : MATCHES_PERHAPS;
}

static enum match program_matches(const struct daemon_program *program, const struct process *process)
{
    enum match match = MIN(comm_matches(program, process), name_matches(program, process));
    if (!program->argument || !process->argv_seen)
        return match;
    if (process->argv_seen[0] && process->argv_seen[1])
        return in_list(program->argument, process->argv_seen[1]) ? match : MATCHES_NOT;
    /* What was cut off may be it, and an empty command line is that of a program in the middle of its start. */
    return process->argv && process->argv[0] ? MATCHES_NOT : MIN(match, MATCHES_PERHAPS);
}

const struct daemon_program *daemon_match(const struct daemon *daemon, const struct process *process, bool *perhaps)
{
    *perhaps = false;
    if (process->kernel || !process_is_alive(process))
        return NULL;
    for (guint i = 0; i < daemon->programs->len; i++) {
        const struct daemon_program *program = g_ptr_array_index(daemon->programs, i);
        enum match match = program->launches ? MATCHES_NOT : program_matches(program, process);
        if (match == MATCHES)
            return program;
        *perhaps |= match == MATCHES_PERHAPS;
    }
    return NULL;
}

bool daemon_is_launched(const struct daemon *daemon)
{
    for (guint i = 0; i < daemon->programs->len; i++)
        if (((const struct daemon_program *)g_ptr_array_index(daemon->programs, i))->launches)
            return true;
    return false;
}
