/* The end of memory, with words. GLib ends the program by a trap then, and most libraries go on with a NULL: an auditor
 * that dies without a word looks like one that was never started. So the program's own malloc() family, which all
 * libraries use, says it and ends with exit code 3. What asks for very much at once is refused as ever: callers of that
 * kind know how to do without. */
#include "cli/memory.h"

#include "cli/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MUCH ((size_t)64 << 20)

static _Noreturn void end(const char *why)
{
    static const char head[] = "plumbline: the audit cannot go on: ";
    (void)!write(STDERR_FILENO, head, sizeof head - 1);
    (void)!write(STDERR_FILENO, why, strlen(why));
    (void)!write(STDERR_FILENO, "\n", 1);
    _exit(EXIT_INCOMPLETE);
}

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    (void)data;
    if (!(level & G_LOG_LEVEL_ERROR))
        return g_log_writer_default(level, fields, n, NULL);
    for (gsize i = 0; i < n; i++)
        if (g_str_equal(fields[i].key, "MESSAGE") && fields[i].length < 0)
            end(fields[i].value);
    end("a library gave up");
}

void memory_say_end(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

/* Sanitizers have a family of their own. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define OTHER_FAMILY 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_FAMILY 1
#endif
#endif

#if defined __GLIBC__ && !defined OTHER_FAMILY

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static void *given(void *memory, size_t size)
{
    if (!memory && size && size < MUCH)
        end("out of memory");
    return memory;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return given(__libc_malloc(size), size);
}

__attribute__((visibility("default"))) void *calloc(size_t n, size_t size)
{
    size_t all = 0;
    bool fits = !__builtin_mul_overflow(n, size, &all);
    return given(__libc_calloc(n, size), fits ? all : MUCH);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    return given(__libc_realloc(old, size), size);
}

#endif
