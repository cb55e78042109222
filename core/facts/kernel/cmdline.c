#include "facts/kernel/cmdline.h"

#include "model/error.h"

static void arg_free(gpointer data)
{
    struct cmdline_arg *arg = data;
    g_free(arg->name);
    g_free(arg->value);
    g_free(arg);
}

static void cmdline_free(gpointer data)
{
    struct cmdline *cmdline = data;
    g_ptr_array_unref(cmdline->args);
    g_clear_error(&cmdline->error);
    g_free(cmdline);
}

static char folded(char c)
{
    return (char)(c == '-' ? '_' : c);
}

bool cmdline_same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (folded(*a) != folded(*b))
            return false;
    return *a == *b;
}

/* Strips the quotes that surround a whole text, as the kernel's next_arg() does; others are kept. */
static char *unquoted(const char *text, size_t n)
{
    if (n && text[0] == '"') {
        text++;
        n--;
        if (n && text[n - 1] == '"')
            n--;
    }
    return g_strndup(text, n);
}

static void add_arg(struct cmdline *cmdline, const char *text, size_t n)
{
    /* "name=va lue" quoted as a whole loses its quotes before the cut. */
    g_autofree char *whole = text[0] == '"' ? unquoted(text, n) : g_strndup(text, n);
    const char *equals = strchr(whole, '=');
    struct cmdline_arg *arg = g_new0(struct cmdline_arg, 1);
    arg->name = equals ? g_strndup(whole, (gsize)(equals - whole)) : g_strdup(whole);
    arg->value = equals ? unquoted(equals + 1, strlen(equals + 1)) : NULL;
    g_ptr_array_add(cmdline->args, arg);
}

static void cut(struct cmdline *cmdline, const char *text)
{
    while (*text) {
        text += strspn(text, " \t\n");
        size_t n = 0;
        bool quoted = false;
        for (; text[n] && (quoted || !strchr(" \t\n", text[n])); n++)
            quoted ^= text[n] == '"';
        if (n == 2 && text[0] == '-' && text[1] == '-')
            return;
        if (n)
            add_arg(cmdline, text, n);
        text += n;
    }
}

static gpointer make(struct host *host, gpointer data)
{
    (void)data;
    struct cmdline *cmdline = g_new0(struct cmdline, 1);
    cmdline->args = g_ptr_array_new_with_free_func(arg_free);
    g_autofree char *text = host_read_text(host, "/proc/cmdline", &cmdline->error);
    if (text)
        cut(cmdline, text);
    return cmdline;
}

const struct cmdline *cmdline_get(struct host *host)
{
    return host_memo(host, "kernel-cmdline", make, NULL, cmdline_free);
}
