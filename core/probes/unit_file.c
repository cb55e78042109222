#include "probes/unit_file.h"

#include "probes/lines.h"

struct state {
    char *section;
    const char *path;
    unit_line_visitor visit;
    gpointer data;
};

static void take(struct state *state, char *text, unsigned line)
{
    g_strstrip(text);
    size_t n = strlen(text);
    if (n > 2 && *text == '[' && text[n - 1] == ']') {
        g_free(state->section);
        state->section = g_strndup(text + 1, n - 2);
        return;
    }
    char *equals = strchr(text, '=');
    if (!equals || !state->section)
        return;
    *equals = '\0';
    const struct unit_line found = {.section = state->section,
                                    .key = g_strchomp(text),
                                    .value = g_strchug(equals + 1),
                                    .path = state->path,
                                    .line = line};
    state->visit(&found, state->data);
}

static bool is_comment(const char *line)
{
    line += strspn(line, " \t\r");
    return *line == '#' || *line == ';';
}

static void cut(struct state *state, char *text)
{
    g_autoptr(GString) whole = g_string_new(NULL);
    unsigned number = 0, first = 0;
    char *cursor = text;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        number++;
        /* A comment between continued lines is skipped, it does not end them. */
        if (is_comment(line))
            continue;
        g_strchomp(line);
        size_t n = strlen(line);
        bool goes_on = n > 0 && line[n - 1] == '\\';
        if (!first)
            first = number;
        g_string_append_len(whole, line, (gssize)(goes_on ? n - 1 : n));
        if (goes_on) {
            g_string_append_c(whole, ' ');
            continue;
        }
        take(state, whole->str, first);
        g_string_truncate(whole, 0);
        first = 0;
    }
    if (first)
        take(state, whole->str, first);
}

bool unit_file_visit(struct host *host, const char *path, unit_line_visitor visit, gpointer data, GError **error)
{
    g_autofree char *text = host_read_text(host, path, error);
    if (!text)
        return false;
    struct state state = {.path = path, .visit = visit, .data = data};
    cut(&state, text);
    g_free(state.section);
    return true;
}
