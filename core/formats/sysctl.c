/* sysctl.d(5) files. Names come out as sysctl(8) prints them: net.ipv4.conf.eth0/100.rp_filter, whichever separator the
 * line begins with. A line with a - and no value takes names out of earlier globs; its value is null. */
#include "formats/format.h"
#include "formats/parse.h"

#include "model/sysctl_name.h"

#include <string.h>

static bool take_line(struct parse_budget *budget, json_object *root, const char *line, unsigned number)
{
    const char *p = skip_blanks(line);
    if (!*p || *p == '#' || *p == ';')
        return true;
    bool ignore = *p == '-';
    const char *start = skip_blanks(ignore ? p + 1 : p), *sign = strchr(start, '=');
    if (!sign && !ignore)
        return true; /* no assignment: sysctl and systemd-sysctl pass over it */
    g_autofree char *key = sign ? g_strndup(start, (gsize)(sign - start)) : g_strdup(start);
    g_strchomp(key);
    sysctl_dotted(key);
    struct tree_mark mark = {.line = number, .column = (unsigned)(start - line) + 1};
    if (!parse_spend(budget, 4, mark))
        return false;
    json_object *entry = parse_object(mark);
    json_object_array_add(root, entry);
    json_object_object_add(entry, "key", parse_string(key, strlen(key), mark));
    json_object *value = NULL;
    if (sign) {
        const char *from = skip_blanks(sign + 1);
        gsize n = strlen(from);
        while (n && g_ascii_isspace(from[n - 1]))
            n--;
        value = parse_string(from, n, (struct tree_mark){number, (unsigned)(from - line) + 1, number, mark.column});
    }
    json_object_object_add(entry, "value", value);
    json_object_object_add(entry, "ignore_errors", json_object_new_boolean(ignore));
    return true;
}

static json_object *parse(const char *name, const char *text, gsize n, GError **error)
{
    struct parse_budget budget = {.name = name, .error = error};
    return parse_lines(&budget, LINES_APART, text, n, take_line);
}

const struct format format_sysctl = {
    .name = "sysctl",
    .summary = "sysctl.conf and sysctl.d; array of {key, value, ignore_errors} in order, value null for an exclusion",
    .shape = FORMAT_LIST,
    .parse = parse,
};
