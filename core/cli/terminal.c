#include "cli/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>

static bool wants_color(const struct options *options, bool terminal)
{
    const char *none = g_getenv("NO_COLOR");
    const char *force = g_getenv("CLICOLOR_FORCE");
    const char *term = g_getenv("TERM");
    const char *when = options->color ? options->color : "auto";
    if (!g_str_equal(when, "auto"))
        return g_str_equal(when, "always");
    if (none && *none)
        return false;
    if (force && !g_str_equal(force, "0"))
        return true;
    return terminal && term && !g_str_equal(term, "dumb");
}

/* Terminals that are known to follow OSC 8 links say so in one of these. */
static bool knows_hyperlinks(void)
{
    const char *vte = g_getenv("VTE_VERSION");
    const char *program = g_getenv("TERM_PROGRAM");
    return (vte && g_ascii_strtoull(vte, NULL, 10) >= 5000) ||
           (program && (g_str_equal(program, "iTerm.app") || g_str_equal(program, "WezTerm"))) ||
           g_getenv("KITTY_WINDOW_ID");
}

struct report_options terminal_options(const struct options *options, int fd)
{
    bool terminal = isatty(fd);
    struct winsize size = {0};
    if (terminal)
        ioctl(fd, TIOCGWINSZ, &size);
    return (struct report_options){
        .color = wants_color(options, terminal),
        .utf8 = g_str_equal(nl_langinfo(CODESET), "UTF-8"),
        .hyperlinks = terminal && knows_hyperlinks(),
        .safe_palette = options->palette && g_str_equal(options->palette, "safe"),
        .verbose = options->verbose,
        .quiet = options->quiet,
        .difference = options->difference,
        .width = size.ws_col,
    };
}
