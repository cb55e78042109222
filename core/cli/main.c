/* plumbline: the command line. Finds the command, parses its options, runs it. */
#include "cli/command.h"
#include "cli/help.h"
#include "cli/memory.h"
#include "cli/message.h"
#include "cli/separate.h"
#include "cli/standard_output.h"
#include "cli/unknown.h"
#include "host/process_library.h"
#include "sandbox/guard.h"

#include <libxml/parser.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static void print_version(void)
{
    g_autoptr(GError) error = NULL;
    printf("plumbline %s\n", PLUMBLINE_VERSION);
    if (process_library_load(&error))
        printf("processes of a running machine: %s and /proc\n", process_library_name());
    else
        printf("processes of a running machine: /proc (%s)\n", error->message);
}

static enum exit_code run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    g_autoptr(GError) error = NULL;
    enum exit_code code = EXIT_USAGE;
    bool parsed = options_parse(&options, command, argc, argv, &error);
    g_autofree char *hint = parsed && options.arguments ? unknown_argument(command, options.arguments) : NULL;
    if (!parsed) {
        message("%s", error->message);
    } else if (options.help) {
        help_command(command);
        code = EXIT_MET;
    } else if (options.version) {
        print_version();
        code = EXIT_MET;
    } else if (options.arguments && !command->arguments) {
        message("%s takes no argument, but got \"%s\"", command->name, options.arguments[0]);
    } else if (hint) {
        message("%s", hint);
    } else {
        if (command->run != command_audit && command->run != command_report && command->run != command_diff)
            confine_here();
        code = command->run(&options);
    }
    options_clear(&options);
    return code;
}

static enum exit_code dispatch(int argc, char **argv)
{
    static const char *const version[] = {"--version", "-V", "version", NULL};
    if (argc < 2) {
        help_bare();
        return EXIT_MET;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h") || g_str_equal(argv[1], "help")) {
        const struct command *topic = argc > 2 ? command_find(argv[2]) : NULL;
        if (argc > 2 && g_str_equal(argv[2], "exit"))
            help_exit();
        else if (topic)
            help_command(topic);
        else
            help_general();
        return EXIT_MET;
    }
    if (g_strv_contains(version, argv[1])) {
        print_version();
        return EXIT_MET;
    }
    const struct command *command = command_find(argv[1]);
    if (command)
        return run_command(command, argc - 1, argv + 1);
    g_autofree char *hint = unknown_command(argc, argv);
    message("%s", hint);
    return EXIT_USAGE;
}

/* Heap counts in both. */
static bool memory_is_bounded(void)
{
    static const __rlimit_resource_t kinds[] = {RLIMIT_AS, RLIMIT_DATA};
    struct rlimit space;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (getrlimit(kinds[i], &space) != 0 || space.rlim_cur != RLIM_INFINITY)
            return true;
    return false;
}

/* A short run that builds many small trees: memory is taken in one large step, in huge pages where the kernel gives
 * them, and not given back piece by piece. Page faults were a third of a run's time before. */
static void tune_memory(void)
{
    enum { HEAP = 128 << 20, HUGE = 2 << 20 };
    mallopt(M_ARENA_MAX, 2);
    /* Where it is bounded such steps could be all there is. */
    if (memory_is_bounded())
        return;
    mallopt(M_TOP_PAD, HEAP);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_THRESHOLD, HEAP);
    uintptr_t start = (uintptr_t)sbrk(0);
    void *volatile grow = malloc(HUGE);
    uintptr_t end = (uintptr_t)sbrk(0);
    free(grow);
    start = (start + HUGE - 1) / HUGE * HUGE;
    if (end != UINTPTR_MAX && end > start)
        madvise((void *)start, end - start, MADV_HUGEPAGE); /* advice: a refusal costs time alone */
}

int main(int argc, char **argv)
{
    memory_say_end();
    g_autoptr(GError) error = NULL;
    if (!sandbox_guard(argc, argv, &error)) {
        message("%s", error->message);
        return EXIT_INCOMPLETE;
    }
    tune_memory();
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* where it was ignored nobody would be told how the judge ended */
    signal(SIGXFSZ, SIG_IGN); /* a report that is larger than may be written is one that could not be written */
    xmlInitParser();
    enum exit_code code = dispatch(argc, argv);
    if (!output_flush())
        code = EXIT_INCOMPLETE;
    return (int)code;
}
