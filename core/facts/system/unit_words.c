#include "facts/system/unit_words.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\n\r"

/* ---- words ---- */

struct cut {
    const char *at;
    GString *word;
    char quote; /* the one that is open, NUL: none */
};

/* A number of `digits` digits to the base; false when there are fewer. */
static bool take_number(struct cut *cut, const char *from, unsigned digits, unsigned base)
{
    guint value = 0;
    for (unsigned i = 0; i < digits; i++) {
        int digit = g_ascii_xdigit_value(from[i]);
        if (digit < 0 || digit >= (int)base)
            return false;
        value = value * base + (guint)digit;
    }
    if (!value || (digits <= 3 && value > 255))
        return false;
    if (digits <= 3)
        g_string_append_c(cut->word, (char)value);
    else if (g_unichar_validate(value))
        g_string_append_unichar(cut->word, value);
    cut->at = from + digits;
    return true;
}

/* At a backslash. What is no escape stays as it is written. */
static void take_escape(struct cut *cut)
{
    static const char from[] = "abfnrtvs\\\"';", to[] = "\a\b\f\n\r\t\v \\\"';";
    const char *next = cut->at + 1;
    const char *simple = *next ? strchr(from, *next) : NULL;
    if (simple) {
        g_string_append_c(cut->word, to[simple - from]);
        cut->at = next + 1;
        return;
    }
    bool taken = (*next == 'x' && take_number(cut, next + 1, 2, 16)) ||
                 (*next == 'u' && take_number(cut, next + 1, 4, 16)) ||
                 (*next == 'U' && take_number(cut, next + 1, 8, 16)) || take_number(cut, next, 3, 8);
    if (!taken)
        g_string_append_c(cut->word, *cut->at++);
}

/* One word; false when its quote stays open. */
static bool take_word(struct cut *cut)
{
    while (*cut->at && (cut->quote || !strchr(BLANKS, *cut->at))) {
        if (*cut->at == '\\') {
            take_escape(cut);
        } else if (*cut->at == cut->quote) {
            cut->quote = '\0';
            cut->at++;
        } else if (!cut->quote && (*cut->at == '"' || *cut->at == '\'')) {
            cut->quote = *cut->at++;
        } else {
            g_string_append_c(cut->word, *cut->at++);
        }
    }
    return !cut->quote;
}

char **unit_words(const char *text)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    struct cut cut = {.at = text + strspn(text, BLANKS)};
    while (*cut.at) {
        g_autoptr(GString) word = g_string_new(NULL);
        cut.word = word;
        if (!take_word(&cut))
            return NULL;
        g_strv_builder_add(words, word->str);
        cut.at += strspn(cut.at, BLANKS);
    }
    return g_strv_builder_end(words);
}

/* ---- specifiers ---- */

/* The instance of "foo@bar.service", NULL of another name. Caller frees. */
static char *instance_of(const char *unit)
{
    const char *at = strchr(unit, '@'), *dot = strrchr(unit, '.');
    return at && dot && dot > at ? g_strndup(at + 1, (gsize)(dot - at - 1)) : NULL;
}

static char *prefix_of(const char *unit)
{
    const char *dot = strrchr(unit, '.');
    return g_strndup(unit, MIN(strcspn(unit, "@"), dot ? (gsize)(dot - unit) : strlen(unit)));
}

/* What one specifier stands for. Caller frees; NULL: not known. */
static char *specifier(char letter, const char *unit)
{
    static const struct {
        char letter;
        const char *text;
    } fixed[] = {{'%', "%"}, {'t', "/run"}, {'S', "/var/lib"}, {'C', "/var/cache"}, {'L', "/var/log"}, {'E', "/etc"}};
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (fixed[i].letter == letter)
            return g_strdup(fixed[i].text);
    const char *dot = strrchr(unit, '.');
    g_autofree char *instance = instance_of(unit);
    if (letter == 'n')
        return g_strdup(unit);
    if (letter == 'N')
        return g_strndup(unit, dot ? (gsize)(dot - unit) : strlen(unit));
    if (letter == 'p')
        return prefix_of(unit);
    /* %I is the same without systemd's escapes. */
    bool plain = letter == 'i' || (letter == 'I' && instance && !strpbrk(instance, "-\\"));
    return plain ? g_steal_pointer(&instance) : NULL;
}

char *unit_expand(const char *text, const char *unit)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (; *text; text++) {
        if (*text != '%') {
            g_string_append_c(out, *text);
            continue;
        }
        g_autofree char *value = specifier(*++text, unit);
        if (!value)
            return NULL;
        g_string_append(out, value);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
