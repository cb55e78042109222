#include "facts/pam/config.h"

#include "facts/file/lines.h"

#include <string.h>

static const char *const types[PAM_TYPES] = {"auth", "account", "password", "session"};

static const char *const returns[] = {
    "success",
    "open_err",
    "symbol_err",
    "service_err",
    "system_err",
    "buf_err",
    "perm_denied",
    "auth_err",
    "cred_insufficient",
    "authinfo_unavail",
    "user_unknown",
    "maxtries",
    "new_authtok_reqd",
    "acct_expired",
    "session_err",
    "cred_unavail",
    "cred_expired",
    "cred_err",
    "no_module_data",
    "conv_err",
    "authtok_err",
    "authtok_recover_err",
    "authtok_lock_busy",
    "authtok_disable_aging",
    "try_again",
    "ignore",
    "abort",
    "authtok_expired",
    "module_unknown",
    "bad_item",
    "conv_again",
    "incomplete",
    "default",
};
G_STATIC_ASSERT(G_N_ELEMENTS(returns) == PAM_RETURNS + 1);

static const struct {
    const char *name;
    int action;
} actions[] = {{"ignore", PAM_ACTION_IGNORE}, {"ok", PAM_ACTION_OK},   {"done", PAM_ACTION_DONE},
               {"bad", PAM_ACTION_BAD},       {"die", PAM_ACTION_DIE}, {"reset", PAM_ACTION_RESET}};

const char *pam_type_name(enum pam_type type)
{
    return types[type];
}

enum pam_type pam_type_find(const char *name)
{
    enum pam_type type = PAM_AUTH;
    while (type < PAM_TYPES && g_ascii_strcasecmp(types[type], name) != 0)
        type++;
    return type;
}

int pam_return_find(const char *name)
{
    for (int i = 0; i < PAM_RETURNS; i++)
        if (g_str_equal(returns[i], name))
            return i;
    return -1;
}

static void line_free(gpointer data)
{
    struct pam_line *line = data;
    g_free(line->control);
    g_free(line->module);
    g_strfreev(line->arguments);
    g_free(line);
}

/* ---- controls ---- */

static void set_rest(int *of, int action)
{
    for (int i = 0; i < PAM_RETURNS; i++)
        if (of[i] == PAM_ACTION_UNSET)
            of[i] = action;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Cuts one of the names off the text; -1 when none stands there. */
static int cut_return(const char **text)
{
    for (int i = 0; i <= PAM_RETURNS; i++)
        if (g_str_has_prefix(*text, returns[i])) {
            *text += strlen(returns[i]);
            return i;
        }
    return -1;
}

static bool cut_action(const char **text, int *action)
{
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_str_has_prefix(*text, actions[i].name)) {
            *text += strlen(actions[i].name);
            *action = actions[i].action;
            return true;
        }
    gint64 jump = 0;
    for (; g_ascii_isdigit(**text) && jump < G_MAXINT16; (*text)++)
        jump = jump * 10 + (**text - '0');
    *action = (int)jump;
    return jump > 0;
}

static const char *after_blanks(const char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

/* "success=1 default=ignore"; false when libpam cannot read it. */
static bool parse_list(const char *text, int *of)
{
    for (text = after_blanks(text); *text; text = after_blanks(text)) {
        int action = 0, value = cut_return(&text);
        text = after_blanks(text);
        if (value < 0 || *text != '=')
            return false;
        text = after_blanks(text + 1);
        if (!cut_action(&text, &action))
            return false;
        if (value == PAM_RETURNS)
            set_rest(of, action);
        else
            of[value] = action;
    }
    return true;
}

static void set_actions(struct pam_line *line)
{
    static const struct {
        const char *name;
        int success, rest;
        bool ignores;
    } words[] = {{"required", PAM_ACTION_OK, PAM_ACTION_BAD, true},
                 {"requisite", PAM_ACTION_OK, PAM_ACTION_DIE, true},
                 {"optional", PAM_ACTION_OK, PAM_ACTION_IGNORE, false},
                 {"sufficient", PAM_ACTION_DONE, PAM_ACTION_IGNORE, false}};
    static const int new_authtok_reqd = 12;
    for (int i = 0; i < PAM_RETURNS; i++)
        line->actions[i] = PAM_ACTION_UNSET;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(words[i].name, line->control) != 0)
            continue;
        line->actions[PAM_RETURN_SUCCESS] = line->actions[new_authtok_reqd] = words[i].success;
        if (words[i].ignores)
            line->actions[PAM_RETURN_IGNORE] = PAM_ACTION_IGNORE;
        set_rest(line->actions, words[i].rest);
        return;
    }
    if (!parse_list(line->control, line->actions))
        for (int i = 0; i < PAM_RETURNS; i++)
            line->actions[i] = PAM_ACTION_BAD;
    set_rest(line->actions, PAM_ACTION_BAD);
}

/* ---- lines ---- */

/* Cuts the next word off, in place: between blanks, or what [ ] enclose, where \] is ]. NULL after the last one. */
static char *next_token(char **cursor)
{
    char *from = *cursor;
    while (is_blank(*from))
        from++;
    if (!*from)
        return NULL;
    char *end = from, *to;
    if (*from == '[') {
        for (end = to = ++from; *end && *end != ']'; end++) {
            end += end[0] == '\\' && end[1] == ']';
            *to++ = *end;
        }
    } else {
        while (*end && !is_blank(*end))
            end++;
        to = end;
    }
    *cursor = *end ? end + 1 : end;
    *to = '\0';
    return from;
}

static void take_type(struct pam_line *line, const char *word)
{
    line->silent = *word == '-';
    line->type = pam_type_find(word + line->silent);
    if (line->type == PAM_TYPES) {
        line->every_type = true;
        line->kind = PAM_BROKEN;
    }
}

static struct pam_line *parse_line(char *text, unsigned number)
{
    char *cursor = text, *word = next_token(&cursor);
    if (!word)
        return NULL;
    struct pam_line *line = g_new0(struct pam_line, 1);
    line->line = number;
    if (g_ascii_strcasecmp(word, "@include") == 0) {
        line->kind = PAM_INCLUDE;
        line->every_type = true;
        line->control = g_strdup("include");
    } else {
        take_type(line, word);
        const char *control = next_token(&cursor);
        line->control = g_strdup(control ? control : "");
        if (line->kind == PAM_MODULE && g_ascii_strcasecmp(line->control, "include") == 0)
            line->kind = PAM_INCLUDE;
        else if (line->kind == PAM_MODULE && g_ascii_strcasecmp(line->control, "substack") == 0)
            line->kind = PAM_SUBSTACK;
    }
    set_actions(line);
    line->module = g_strdup(next_token(&cursor));
    line->kind = line->module ? line->kind : PAM_BROKEN;
    g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
    for (char *argument = next_token(&cursor); argument; argument = next_token(&cursor))
        g_strv_builder_add(arguments, argument);
    line->arguments = g_strv_builder_end(arguments);
    return line;
}

/* Appends the part before a comment; true when the line goes on in the next one. Blank lines and comments end it. */
static bool append(GString *whole, char *part)
{
    part += strspn(part, " \t");
    char *comment = strchr(part, '#');
    if (comment) {
        g_string_append_len(whole, part, comment - part);
        return false;
    }
    size_t n = strlen(part);
    while (n && is_blank(part[n - 1]))
        n--;
    bool goes_on = n && part[n - 1] == '\\';
    g_string_append_len(whole, part, (gssize)(n - goes_on));
    if (goes_on)
        g_string_append_c(whole, ' ');
    return goes_on;
}

static bool is_nothing(const char *part)
{
    part += strspn(part, " \t");
    return !*part || *part == '#';
}

GPtrArray *pam_config_read(struct host *host, const char *path, unsigned *unsure, GError **error)
{
    g_autofree char *text = host_read_text(host, path, error);
    if (!text)
        return NULL;
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    g_autoptr(GString) whole = g_string_new(NULL);
    char *cursor = text;
    unsigned number = 0;
    for (char *part = line_next(&cursor); part; part = line_next(&cursor)) {
        number++;
        if (whole->len && is_nothing(part) && !*unsure)
            *unsure = number;
        if (append(whole, part) && cursor)
            continue;
        struct pam_line *line = parse_line(whole->str, number);
        if (line)
            g_ptr_array_add(lines, line);
        g_string_truncate(whole, 0);
    }
    return lines;
}
