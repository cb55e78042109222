#include "cli/progress.h"

#include "cli/message.h"

#include <stdio.h>

void progress_init(struct progress *progress, const char *how)
{
    bool none = how && g_str_equal(how, "none");
    bool lines = how && g_str_equal(how, "lines");
    *progress = (struct progress){
        .lines = lines,
        .terminal = !none && !lines && isatty(STDERR_FILENO),
        .started = g_get_monotonic_time(),
    };
}

void progress_step(void *data, unsigned done, unsigned total, const char *what)
{
    struct progress *progress = data;
    g_autofree char *safe = message_safe(what ? what : "");
    if (progress->lines) {
        fprintf(stderr, "%u/%u %s\n", done, total, safe);
        return;
    }
    gint64 now = g_get_monotonic_time();
    if (!progress->terminal || now - progress->started < G_USEC_PER_SEC || now - progress->drawn < G_USEC_PER_SEC / 10)
        return;
    fprintf(stderr, "\r\033[K%u of %u  %.60s", done, total, safe);
    fflush(stderr);
    progress->drawn = now;
    progress->shown = true;
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
