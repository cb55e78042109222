/* Knows what other programs call things. */
#include "cli/foreign.h"

#include <stdbool.h>
#include <string.h>

static const struct foreign rows[] = {
#define COMMAND(typed, ours)              {FOREIGN_COMMAND, "", typed, ours, NULL},
#define COMMAND_SAYS(typed, says)         {FOREIGN_COMMAND, "", typed, NULL, says},
#define ARGUMENT(command, typed, ours)    {FOREIGN_ARGUMENT, command, typed, ours, NULL},
#define OPTION(command, typed, ours)      {FOREIGN_OPTION, command, typed, ours, NULL},
#define OPTION_SAYS(command, typed, says) {FOREIGN_OPTION, command, typed, NULL, says},
#define VALUE(option, typed, ours)        {FOREIGN_VALUE, option, typed, ours, NULL},
#define SAME(option, typed, ours)         {FOREIGN_SAME, option, typed, ours, NULL},
#include "cli/foreign.def"
};

const struct foreign *foreign_all(gsize *n)
{
    *n = G_N_ELEMENTS(rows);
    return rows;
}

const struct foreign *foreign_find(enum foreign_kind kind, const char *place, const char *typed)
{
    const struct foreign *found = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* -M and -m are two options. */
        bool same = typed[0] == '-' && typed[1] != '-' ? g_str_equal(rows[i].typed, typed)
                                                       : g_ascii_strcasecmp(rows[i].typed, typed) == 0;
        if (rows[i].kind != kind || !same)
            continue;
        if (g_str_equal(rows[i].place, place))
            return &rows[i];
        if (g_str_equal(rows[i].place, "*"))
            found = &rows[i];
    }
    return found;
}

/* {NAME} becomes the value, or NAME where there is none. */
static void fill(GString *out, const char *text, const char *value)
{
    const char *open = strchr(text, '{'), *close = open ? strchr(open, '}') : NULL;
    if (!close) {
        g_string_append(out, text);
        return;
    }
    g_string_append_len(out, text, open - text);
    if (value && *value)
        g_string_append(out, value);
    else
        g_string_append_len(out, open + 1, close - open - 1);
    g_string_append(out, close + 1);
}

char *foreign_hint(const struct foreign *row, const char *value)
{
    GString *out = g_string_new(row->ours ? "; did you mean \"" : "; ");
    fill(out, row->ours ? row->ours : row->says, value);
    g_string_append(out, row->ours ? "\"?" : "");
    return g_string_free(out, FALSE);
}
