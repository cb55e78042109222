/* Values that may be secrets never leave this file. */
#include "facts/image/redact.h"

#include "model/secret.h"

#include <glib.h>
#include <string.h>

#define SHOWN_MAX 160
#define BLANKS    " \t\r\n"

static char *value_after(const char *equals, char *quote)
{
    *quote = equals[1] == '"' || equals[1] == '\'' ? equals[1] : '\0';
    const char *start = equals + 1 + (*quote ? 1 : 0);
    gsize n = *quote ? strcspn(start, *quote == '"' ? "\"" : "'") : strcspn(start, BLANKS ";&|\"'");
    return g_strndup(start, n);
}

/* Where the name that ends at `equals` begins. */
static const char *name_start(const char *text, const char *equals)
{
    const char *start = equals;
    while (start > text && (g_ascii_isalnum(start[-1]) || strchr("_-.", start[-1])))
        start--;
    return start + strspn(start, "-.");
}

static void add_secret(const char *verb, const char *name, json_object *out)
{
    g_autofree char *text = g_strconcat(verb, " ", name, NULL);
    for (size_t i = 0; i < json_object_array_length(out); i++)
        if (g_str_equal(json_object_get_string(json_object_array_get_idx(out, i)), text))
            return;
    if (json_object_array_length(out) <= IMAGE_SECRETS_MAX)
        json_object_array_add(out, json_object_new_string(text));
}

static void append_hidden(GString *out, gsize n)
{
    g_autofree char *hidden = secret_placeholder(n);
    g_string_append(out, hidden);
}

/* Copies `text` with what may be a secret hidden, and names those that were. */
static char *redact(const char *verb, const char *text, json_object *secrets)
{
    GString *out = g_string_new(NULL);
    const char *from = text;
    for (const char *p = strchr(text, '='); p; p = strchr(MAX(p + 1, from), '=')) {
        const char *start = name_start(text, p);
        g_autofree char *name = g_strndup(start, (gsize)(p - start));
        if (!*name || !secret_variable(name))
            continue;
        char quote = '\0';
        g_autofree char *value = value_after(p, &quote);
        const char *end = p + 1 + strlen(value) + (quote ? 1 : 0);
        end += quote && *end == quote ? 1 : 0;
        bool secret = secret_value_possible(value);
        if (secret)
            add_secret(verb, name, secrets);
        g_string_append_len(out, from, (secret ? p + 1 : end) - from);
        if (secret)
            append_hidden(out, strlen(value));
        from = end;
    }
    g_string_append(out, from);
    return g_string_free(out, FALSE);
}

/* "ENV NAME value": the form with a blank. */
static char *redact_blank_form(const struct image_instruction *instruction, json_object *secrets)
{
    size_t n = strcspn(instruction->text, BLANKS "=");
    bool blank = g_str_equal(instruction->verb, "ENV") && instruction->text[n] && instruction->text[n] != '=';
    g_autofree char *name = g_strndup(instruction->text, n);
    if (!blank || !secret_variable(name))
        return NULL;
    add_secret(instruction->verb, name, secrets);
    g_autofree char *hidden = secret_placeholder(strlen(instruction->text + n));
    return g_strconcat(name, " ", hidden, NULL);
}

static char *shorten(const char *text)
{
    if (g_utf8_strlen(text, -1) <= SHOWN_MAX)
        return g_strdup(text);
    g_autofree char *cut = g_utf8_substring(text, 0, SHOWN_MAX);
    return g_strconcat(cut, "...", NULL);
}

char *image_instruction_redact(const struct image_instruction *instruction, json_object *secrets)
{
    if (instruction->args)
        g_free(redact("ARG", instruction->args, secrets));
    char *blank = redact_blank_form(instruction, secrets);
    g_autofree char *text = blank ? blank : redact(instruction->verb, instruction->text, secrets);
    g_autofree char *joined = g_strconcat(instruction->verb, " ", text, NULL);
    secret_hide_in(&joined, SECRET_RAW);
    g_strdelimit(joined, "\t\r\n", ' ');
    return shorten(joined);
}
