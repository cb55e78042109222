/* Secrets that show by the name in front of them. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <string.h>

#define NAME_MAX_BYTES 128
#define BLANKS         " \t"

static bool is_name_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || (c & 0x80);
}

static const char *line_end(const char *p)
{
    return p + strcspn(p, "\r\n");
}

/* Up to the bracket that closes the one at `p`, or the end of the text. */
static const char *bracket_end(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        depth += *p == '[' || *p == '{';
        depth -= *p == ']' || *p == '}';
        if (depth == 0)
            return p + 1;
    }
    return p;
}

/* A name in front of a sign, and how it is written there. */
struct assigned {
    const char *name, *name_end; /* without quotes */
    const char *value;           /* behind the sign and blanks */
    char sign;                   /* = : > , */
    char around;                 /* the quote that opens before the name and not behind it: "NAME=VALUE" */
    bool first;                  /* nothing but blanks before it on its line */
    bool spaced;                 /* blanks around the sign */
};

static bool is_first(const char *text, const char *p)
{
    while (p > text && strchr(BLANKS, p[-1]))
        p--;
    return p == text || p[-1] == '\n' || p[-1] == '\r';
}

/* Where the text in front of a sign ends: NAME => VALUE, NAME += VALUE, NAME := VALUE. */
static const char *end_before(const char *text, const char *sign)
{
    const char *end = *sign == '>' && sign > text && sign[-1] == '=' ? sign - 1 : sign;
    while (end > text && strchr(BLANKS "+:?", end[-1]))
        end--;
    return end;
}

static const char *name_start(const char *text, const char *end)
{
    const char *start = end;
    while (start > text && end - start < NAME_MAX_BYTES && is_name_char(start[-1]))
        start--;
    return start;
}

/* The name that ends before the sign at `sign`, quoted or not, also as ["NAME"]; false when there is none. */
static bool find_name(const char *text, const char *sign, struct assigned *out)
{
    const char *end = end_before(text, sign);
    bool index = end > text && end[-1] == ']';
    end -= index;
    bool quoted = end > text && secret_quote(end[-1]);
    end -= quoted;
    const char *start = name_start(text, end);
    char before = start > text ? secret_quote(start[-1]) : '\0';
    *out = (struct assigned){.name = start,
                             .name_end = end,
                             .sign = *sign,
                             .around = quoted ? '\0' : before,
                             .first = is_first(text, start - (before != '\0')),
                             .spaced = sign > text && strchr(BLANKS, sign[-1])};
    return start < end;
}

static const char *value_of(const struct assigned *a)
{
    return a->value + (secret_quote(*a->value) ? 1 : 0);
}

/* Of a list the first. */
static const char *first_value(const struct assigned *a)
{
    const char *p = a->value + strspn(a->value, "[ \t");
    return p + (secret_quote(*p) ? 1 : 0);
}

static bool names_secret(const struct assigned *a)
{
    g_autofree char *name = g_strndup(a->name, (gsize)(a->name_end - a->name));
    return secret_name(name + strspn(name, "-.")) ||
           g_str_equal(name, "KEY"); /* a variable; "key=" is an audit rule's */
}

/* A bare credential behind the header's name; words like "required" have no digit. */
static bool is_bare(const char *value)
{
    gsize n = strcspn(value, BLANKS "\r\n\"'`,;");
    gsize letters = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,-_");
    return n >= 12 && letters < n && (!value[n] || strchr("\r\n\"'`", value[n]));
}

/* "authorization: Bearer X": a secret only with a scheme behind it. */
static bool is_authorization(const struct assigned *a)
{
    static const char *const schemes[] = {"bearer ", "basic ", "digest ", "token ", "negotiate ", "apikey ", "aws4"};
    gsize n = (gsize)(a->name_end - a->name), word = strlen("authorization");
    if (n < word || g_ascii_strncasecmp(a->name_end - word, "authorization", word) != 0)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(first_value(a), schemes[i], strlen(schemes[i])) == 0)
            return true;
    return a->sign == ':' && is_bare(value_of(a));
}

static bool is_cookie(const struct assigned *a)
{
    gsize n = (gsize)(a->name_end - a->name);
    return a->sign == ':' && n >= 6 && g_ascii_strncasecmp(a->name_end - 6, "cookie", 6) == 0 && strchr(a->value, '=');
}

/* BASIC_AUTH=user:X; not host:port and not a path. NULL: it is none. */
static const char *login_password(const char *value)
{
    gsize user = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-");
    const char *rest = value + user + 1;
    if (!user || value[user] != ':' || !*rest || strchr(" \t\r\n/\"'`", *rest))
        return NULL;
    gsize n = strcspn(rest, " \t\r\n\"'`");
    return strspn(rest, "0123456789") < n ? rest : NULL;
}

/* Where logins of registries are kept: user and password in base64. */
static bool is_login(const struct assigned *a)
{
    gsize n = (gsize)(a->name_end - a->name);
    if (n < 4 || g_ascii_strncasecmp(a->name_end - 4, "auth", 4) != 0 ||
        (n > 4 && (g_ascii_isalnum(a->name_end[-5]) || a->name_end[-5] == '-')))
        return false;
    const char *value = a->value + (secret_quote(*a->value) ? 1 : 0);
    g_autofree char *text = g_strndup(value, strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                           "0123456789+/="));
    gsize length = 0;
    if (login_password(value))
        return true;
    g_autofree guchar *decoded = strlen(text) >= 4 ? g_base64_decode(text, &length) : NULL;
    return decoded && memchr(decoded, ':', length);
}

/* Signatures in addresses that let whoever has them in. */
static bool is_signature(const struct assigned *a)
{
    static const char *const names[] = {"sig", "signature", "x-amz-signature", "x-goog-signature"};
    if (a->sign != '=' || strcspn(a->value, " \t\"'&") < 16)
        return false;
    g_autofree char *name = g_ascii_strdown(a->name, a->name_end - a->name);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(name, names[i]))
            return true;
    return false;
}

/* user=NAME%X of smb and cifs */
static bool is_share_login(const char *text, const struct assigned *a)
{
    gsize n = (gsize)(a->name_end - a->name);
    bool user = (n == 4 && strncmp(a->name, "user", n) == 0) || (n == 8 && strncmp(a->name, "username", n) == 0);
    gsize name = strcspn(a->value, "%, \t\r\n");
    return user && a->sign == '=' && name && a->value[name] == '%' && (strstr(text, "cifs") || strstr(text, "smb"));
}

/* A scheme and what comes with it; some have parameters in quotes. */
static const char *authorization_end(const char *p)
{
    bool parameters = g_ascii_strncasecmp(p, "digest ", 7) == 0 || g_ascii_strncasecmp(p, "aws4", 4) == 0;
    return parameters ? line_end(p) : p + strcspn(p, "\r\n\"'`");
}

static const char *unquoted_end(const struct assigned *a, bool raw)
{
    const char *p = a->value;
    if (a->sign == '>') /* <NAME>VALUE</NAME> */
        return p + strcspn(p, "<");
    if (is_authorization(a))
        return authorization_end(p);
    if (is_cookie(a))
        return p + strcspn(p, "\r\n\"'`");
    if (strchr("!&|>", *p)) /* YAML's tag, anchor, block: the value is behind it */
        return line_end(p);
    if (raw && (a->first || a->spaced || (a->sign == ':' && strchr(BLANKS, a->value[-1]))))
        return line_end(p);
    return p + strcspn(p, BLANKS "\r\n\"'`");
}

/* A shell and a few languages join what is quoted one behind the other: "a"'b', """a""". */
static const char *quoted_end(const char *value)
{
    const char *p = value, *end = p;
    while (secret_quote(*p)) {
        end = secret_quoted_end(p + 1, *p);
        p = end + (*end != '\0');
    }
    return end;
}

static const char *value_end(const struct assigned *a, bool raw)
{
    static const char data[] = "<![CDATA[";
    if (secret_quote(*a->value))
        return quoted_end(a->value);
    if (*a->value == '$' && secret_quote(a->value[1]))
        return quoted_end(a->value + 1);
    if (a->sign == '>' && g_str_has_prefix(a->value, data)) {
        const char *end = strstr(a->value, "]]>");
        return end ? end : a->value + strlen(a->value);
    }
    if (*a->value == '[' || *a->value == '{')
        return bracket_end(a->value);
    if (a->around)
        return secret_quoted_end(a->value, a->around);
    return unquoted_end(a, raw);
}

/* In a sentence "X token: Permission denied" tells of a thing and no value. */
static bool is_prose(const struct assigned *a, bool raw)
{
    if (raw || a->sign != ':' || !strchr(BLANKS, a->value[-1]) || secret_quote(*a->value))
        return false;
    gsize n = strcspn(a->value, BLANKS "\r\n");
    bool more = a->value[n] != '\0' && a->value[n] != '\n';
    bool letters = strspn(a->value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,'") >= n;
    return more && letters;
}

/* A path's last part is a file, not a setting. */
static bool is_part_of_path(const char *text, const struct assigned *a)
{
    bool slash = a->name > text && a->name[-1] == '/' && a->sign == ':';
    bool option = slash && (a->name - text == 1 || strchr(BLANKS, a->name[-2])) &&
                  a->value == a->name_end + 1; /* "/password:X" */
    return slash && !option;
}

static const char *skip_to_value(const char *sign, char *kind)
{
    const char *p = sign + 1;
    if (*sign == '=' && *p == '>') {
        p++;
        *kind = '=';
    } else if (*p == '=' && strchr("=:", *sign)) { /* ==, := */
        p++;
    }
    return p + strspn(p, BLANKS);
}

/* Only a quoted name before a quoted value: define('DB_PASSWORD', 'X'). */
static bool is_argument(const char *text, const struct assigned *a)
{
    bool quoted = a->name > text && secret_quote(a->name[-1]) && secret_quote(*a->name_end);
    if (!quoted || !secret_quote(*a->value))
        return false;
    const char *end = secret_quoted_end(a->value + 1, *a->value);
    bool listed = a->name - text >= 2 && strchr("[,", a->name[-2]);
    if (listed && strspn(a->value + 1, "abcdefghijklmnopqrstuvwxyz-_ ") >= (gsize)(end - a->value - 1))
        return false; /* ["password", "publickey"]: a list of words */
    end += *end != '\0';
    return end[strspn(end, BLANKS)] != ':'; /* {"name": "PASSWORD", "value": ... */
}

/* "name": "DB_PASSWORD", "value": X */
static bool is_value_of_secret(const char *text, const struct assigned *a)
{
    static const char *const holding[] = {"value", "content", "val", "data"};
    g_autofree char *holder = g_ascii_strdown(a->name, a->name_end - a->name);
    bool holds = false;
    for (size_t i = 0; i < G_N_ELEMENTS(holding); i++)
        holds |= g_str_equal(holder, holding[i]);
    if (!holds)
        return false;
    const char *end = a->name;
    while (end > text && strchr(" \t\r\n\"',;", end[-1]))
        end--;
    const char *start = name_start(text, end);
    g_autofree char *name = g_strndup(start, (gsize)(end - start));
    return secret_variable(name) || g_ascii_strcasecmp(name, "authorization") == 0 ||
           g_ascii_strcasecmp(name, "proxy-authorization") == 0 || g_ascii_strcasecmp(name, "cookie") == 0;
}

/* <NAME>, <x:NAME> */
static bool is_tag(const char *text, const struct assigned *a)
{
    const char *before = a->name > text ? a->name - 1 : a->name;
    if (*before == ':') {
        before = name_start(text, before);
        before -= before > text;
    }
    return *before == '<' && a->name_end[0] == '>';
}

/* <x key="NAME">VALUE</x> */
static bool is_named_tag(const char *text, const struct assigned *a)
{
    static const char *const attributes[] = {" name=", " key=", " id=", " property="};
    if (a->sign != '>' || a->name <= text || !secret_quote(a->name[-1]) || secret_quote(*a->name_end) != a->name[-1])
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        gsize n = strlen(attributes[i]);
        if ((gsize)(a->name - 1 - text) >= n && g_ascii_strncasecmp(a->name - 1 - n, attributes[i], n) == 0)
            return a->name_end[1] == '>';
    }
    return false;
}

/* Whose name alone does not tell. */
static bool is_known_form(const char *text, const struct assigned *a)
{
    return is_authorization(a) || is_cookie(a) || is_signature(a) || is_login(a) || is_value_of_secret(text, a) ||
           is_share_login(text, a);
}

static bool holds_secret(const char *text, const struct assigned *a, bool raw)
{
    if (a->sign == ',' && !is_argument(text, a))
        return false;
    if (a->sign == '>' && !is_tag(text, a) && !is_named_tag(text, a))
        return false;
    if (is_known_form(text, a))
        return true;
    return names_secret(a) && !is_part_of_path(text, a) && !is_prose(a, raw);
}

/* credentials=/etc/x,uid=0: options of a mount. */
static bool is_listed_path(const char *value)
{
    g_autofree char *first = *value == '/' ? g_strndup(value, strcspn(value, ",")) : NULL;
    return first && strlen(first) < strlen(value) && secret_is_open(first);
}

/* The value of a name at this sign, as [*from, *end); false: there is none that may be a secret. */
static bool find_value(const char *text, const char *sign, bool raw, const char **from, const char **end)
{
    struct assigned a;
    char kind = *sign;
    if (!find_name(text, sign, &a))
        return false;
    a.value = skip_to_value(sign, &kind);
    a.sign = kind;
    a.spaced |= a.value > sign + 1 && kind == '=';
    if (!*a.value || *a.value == '\n' || !holds_secret(text, &a, raw))
        return false;
    *from = value_of(&a);
    gsize hidden = secret_hidden_length(*from);
    *end = hidden ? *from + hidden : value_end(&a, raw);
    return true;
}

void secret_find_assigned(const char *text, bool raw, GArray *spans)
{
    const char *done = text, *from = NULL, *end = NULL;
    for (const char *p = strpbrk(text, "=:>,"); p; p = strpbrk(MAX(p + 1, done), "=:>,")) {
        if (!find_value(text, p, raw, &from, &end))
            continue;
        if (secret_hidden_length(from)) {
            done = end;
            continue;
        }
        if (end > from && g_strstr_len(from, end - from, "<redacted, ")) {
            done = MAX(from + 1, end - 1); /* was hidden before */
            continue;
        }
        g_autofree char *value = g_strndup(from, end > from ? (gsize)(end - from) : 0);
        if (secret_is_open(g_strchomp(value)) || is_listed_path(value))
            continue;
        secret_span_add(spans, text, from, from + strlen(value));
        done = end;
    }
}
