/* Secrets that show by what they look like. */
#include "model/secret.h"
#include "model/secret_span.h"

#include <stdint.h>
#include <string.h>

#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM  UPPER DIGITS "abcdefghijklmnopqrstuvwxyz"
#define WORD   ALNUM "_-"
#define BASE64 ALNUM "+/=_-"
#define CRYPT  BASE64 "./$,@"

/* What providers give out, by its beginning; `rest` at least `length` characters long. */
static const struct {
    const char *prefix, *rest;
    gsize length;
} tokens[] = {
    /* clouds */
    {"AKIA", UPPER DIGITS, 16},
    {"ASIA", UPPER DIGITS, 16},
    {"ABIA", UPPER DIGITS, 16},
    {"ACCA", UPPER DIGITS, 16},
    {"AIza", WORD, 30},
    {"ya29.", WORD ".", 20},
    {"GOCSPX-", WORD, 20},
    {"dop_v1_", HEX, 32},
    {"doo_v1_", HEX, 32},
    {"LTAI", ALNUM, 16},
    {"AKID", ALNUM, 24},
    /* forges and registries */
    {"ghp_", WORD, 20},
    {"gho_", WORD, 20},
    {"ghu_", WORD, 20},
    {"ghs_", WORD, 20},
    {"ghr_", WORD, 20},
    {"github_pat_", WORD, 20},
    {"glpat-", WORD, 20},
    {"gldt-", WORD, 20},
    {"glrt-", WORD, 20},
    {"glcbt-", WORD, 20},
    {"glptt-", WORD, 20},
    {"glsa_", WORD, 20},
    {"glc_", BASE64, 20},
    {"ATATT3", BASE64, 20},
    {"ATBB", ALNUM, 24},
    {"npm_", ALNUM, 30},
    {"pypi-AgE", WORD, 16},
    {"dckr_pat_", WORD, 20},
    {"dckr_oat_", WORD, 20},
    {"rubygems_", HEX, 32},
    {"cio", ALNUM, 32},
    {"oy2", "abcdefghijklmnopqrstuvwxyz" DIGITS, 43},
    /* services */
    {"xoxb-", WORD, 10},
    {"xoxp-", WORD, 10},
    {"xoxa-", WORD, 10},
    {"xoxo-", WORD, 10},
    {"xoxr-", WORD, 10},
    {"xoxs-", WORD, 10},
    {"xapp-", WORD, 10},
    {"hooks.slack.com/services/", ALNUM "/", 20},
    {"sk_live_", ALNUM, 16},
    {"sk_test_", ALNUM, 16},
    {"rk_live_", ALNUM, 16},
    {"whsec_", BASE64, 16},
    {"sk-ant-", WORD, 20},
    {"sk-proj-", WORD, 20},
    {"sk-", WORD, 32},
    {"hf_", ALNUM, 30},
    {"SG.", WORD ".", 30},
    {"key-", HEX, 32},
    {"shpat_", HEX, 32},
    {"shpss_", HEX, 32},
    {"dapi", HEX, 32},
    {"lin_api_", ALNUM, 30},
    {"sntrys_", BASE64, 20},
    {"NRAK-", ALNUM, 20},
    {"PMAK-", WORD, 20},
    {"tskey-", WORD, 16},
    {"EAAA", ALNUM, 40},
    /* tools */
    {"hvs.", WORD, 20},
    {"hvb.", WORD, 20},
    {"hvr.", WORD, 20},
    {"SWMTKN-1-", WORD, 20},
    {"SWMKEY-1-", BASE64, 20},
    {"AGE-SECRET-KEY-1", UPPER DIGITS, 30},
    {"pul-", HEX, 32},
    {"PuTTY-User-Key-File-", DIGITS, 1},
    /* JSON in base64: the header of a JWT, the logins of a registry */
    {"eyJ", BASE64 ".", 12},
    /* private keys in base64: "-----BEGIN " and R(SA), E(C), E(NCRYPTED), O(PENSSH), D(SA), PR(IVATE) */
    {"LS0tLS1CRUdJTiBS", BASE64, 8},
    {"LS0tLS1CRUdJTiBF", BASE64, 8},
    {"LS0tLS1CRUdJTiBP", BASE64, 8},
    {"LS0tLS1CRUdJTiBE", BASE64, 8},
    {"LS0tLS1CRUdJTiBQUk", BASE64, 8},
};

/* crypt(5) and those who write like it. */
static const struct {
    const char *prefix;
    gsize length;
} hashes[] = {
    {"$1$", 8},
    {"$2a$", 20},
    {"$2b$", 20},
    {"$2x$", 20},
    {"$2y$", 20},
    {"$3$", 20},
    {"$5$", 16},
    {"$6$", 16},
    {"$7$", 16},
    {"$y$", 16},
    {"$gy$", 16},
    {"$sm3$", 16},
    {"$md5", 8},
    {"$sha1$", 16},
    {"$apr1$", 8},
    {"$P$", 16},
    {"$H$", 16},
    {"$S$", 16},
    {"$argon2", 16},
    {"$scrypt$", 16},
    {"$pbkdf2", 16},
    {"$8$", 16},
    {"$9$", 16},
    {"$ml$", 16},
    {"{SHA}", 20},
    {"{SSHA}", 20},
    {"{SSHA256}", 20},
    {"{SSHA512}", 20},
    {"{SMD5}", 16},
    {"{MD5}", 16},
    {"{CRYPT}", 8},
    {"{PBKDF2}", 16},
    {"grub.pbkdf2.", 16},
    {"SCRAM-SHA-", 16},
    {"pbkdf2_sha256$", 16},
    {"pbkdf2:sha", 16},
    {"scrypt:", 30},
    {"bcrypt_sha256$", 16},
    {"PBKDF2$sha", 16},
};

static bool begins(const char *text, const char *p)
{
    return p == text || !(g_ascii_isalnum(p[-1]) || p[-1] == '_');
}

/* *shown: of its beginning, which says what it is. */
static gsize token_length(const char *p, gsize *shown)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++) {
        if (*p != *tokens[i].prefix || !g_str_has_prefix(p, tokens[i].prefix))
            continue;
        gsize prefix = strlen(tokens[i].prefix), rest = strspn(p + prefix, tokens[i].rest);
        if (rest < tokens[i].length)
            continue;
        *shown = prefix;
        return prefix + rest;
    }
    return 0;
}

static gsize hash_length(const char *p)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hashes); i++) {
        if (*p != *hashes[i].prefix || !g_str_has_prefix(p, hashes[i].prefix))
            continue;
        gsize prefix = strlen(hashes[i].prefix), rest = strspn(p + prefix, CRYPT ":");
        if (rest >= hashes[i].length)
            return g_ascii_isalpha(*p) ? prefix + rest : prefix + strspn(p + prefix, CRYPT);
    }
    return 0;
}

/* From the dashes before BEGIN to those after END, or to the end of the text. */
static void find_keys(const char *text, GArray *spans)
{
    static const char *const markers[] = {"PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "OpenVPN Static key V1-----"};
    for (gsize i = 0; i < G_N_ELEMENTS(markers); i++)
        for (const char *p = strstr(text, markers[i]); p;) {
            const char *begin = g_strrstr_len(text, p - text, "-----BEGIN");
            const char *after = p + strlen(markers[i]);
            const char *end = strstr(after, markers[i]);
            const char *stop = end ? end + strlen(markers[i]) : after + strlen(after);
            secret_span_add(spans, text, begin ? begin : p, stop);
            p = strstr(stop, markers[i]);
        }
}

static bool is_base64_like(const char *p, gsize n)
{
    bool upper = false, lower = false, other = false;
    for (gsize i = 0; i < n; i++) {
        upper |= g_ascii_isupper(p[i]);
        lower |= g_ascii_islower(p[i]);
        other |= !g_ascii_isalpha(p[i]);
    }
    return (upper && lower && (other || n >= 20)) || (other && (upper || lower) && n >= 12);
}

/* "Bearer X", "Basic X", as in headers. */
static void find_schemes(const char *text, const char *p, GArray *spans)
{
    static const char *const schemes[] = {"bearer ", "basic ", "negotiate ", "apikey "};
    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(p, schemes[i], strlen(schemes[i])) != 0)
            continue;
        const char *value = p + strlen(schemes[i]);
        value += strspn(value, " ");
        gsize n = strspn(value, BASE64 ".~");
        bool short_bearer = i == 0 && n >= 4 && strcspn(value, DIGITS) < n;
        if (short_bearer || (n >= 8 && is_base64_like(value, n)))
            secret_span_add(spans, text, value, value + n);
    }
}

/* "name:HASH:19000:0:99999:7:::": shadow, with a hash of the old kind, too. */
static void find_shadow(const char *line, const char *text, GArray *spans)
{
    const char *name = line + strcspn(line, ":\n");
    if (*name != ':')
        return;
    const char *hash = name + 1, *end = hash + strcspn(hash, ":\n");
    if (*end != ':')
        return;
    gsize days = strspn(end + 1, DIGITS);
    const char *next = end + 1 + days;
    gsize columns = 0;
    for (const char *p = next; *p && *p != '\n'; p++)
        columns += *p == ':';
    const char *first = hash + strspn(hash, "!*");
    if (columns >= 5 && columns <= 7 && *next == ':' && end - first > 1)
        secret_span_add(spans, text, first, end);
}

static void find_des(const char *line, const char *text, GArray *spans)
{
    /* htpasswd: "name:13 characters of crypt" */
    gsize n = strspn(line, WORD ".");
    const char *hash = line + n + 1;
    gsize length = line[n] == ':' && n ? strspn(hash, ALNUM "./") : 0;
    if (length == 13 && (!hash[13] || hash[13] == '\n') && is_base64_like(hash, 13))
        secret_span_add(spans, text, hash, hash + 13);
}

/* smbpasswd: LM and NT hash side by side. PostgreSQL: md5 and 32 digits. */
static gsize hex_length(const char *p)
{
    if (g_str_has_prefix(p, "md5") && strspn(p + 3, HEX) == 32)
        return 35;
    gsize n = strspn(p, HEX "X");
    return n == 32 && p[32] == ':' && strspn(p + 33, HEX) == 32 ? 65 : 0;
}

/* To the end of a field; a backslash keeps a colon in it. */
static const char *field_end(const char *p)
{
    while (*p && !strchr(": \t\r\n", *p))
        p += p[0] == '\\' && p[1] ? 2 : 1;
    return p;
}

/* pgpass: "host:port:base:user:X", where each but the last may be "*". */
static void find_pgpass(const char *line, const char *text, GArray *spans)
{
    const char *fields[5] = {line};
    for (gsize i = 1; i < G_N_ELEMENTS(fields); i++) {
        const char *end = field_end(fields[i - 1]);
        if (*end != ':')
            return;
        fields[i] = end + 1;
    }
    const char *port = fields[1], *end = field_end(fields[4]);
    gsize n = *port == '*' ? 1 : strspn(port, DIGITS);
    if (n && port[n] == ':' && strchr("\r\n", *end))
        secret_span_add(spans, text, fields[4], end);
}

static void find_logins(const char *line, const char *text, GArray *spans)
{
    find_shadow(line, text, spans);
    find_des(line, text, spans);
    find_pgpass(line, text, spans);
}

static gsize hash_or_hex_length(const char *p)
{
    gsize n = hash_length(p);
    return n ? n : hex_length(p);
}

void secret_find_shapes(const char *text, bool with_hashes, GArray *spans)
{
    find_keys(text, spans);
    for (const char *p = text; *p; p++) {
        bool word = begins(text, p);
        gsize from = 0, n = word ? token_length(p, &from) : 0;
        if (word)
            find_schemes(text, p, spans);
        if (with_hashes && (p == text || p[-1] == '\n'))
            find_logins(p, text, spans);
        if (with_hashes && !n && (word || *p == '$'))
            n = hash_or_hex_length(p);
        secret_span_add(spans, text, p + from, p + n);
        p += n ? n - 1 : 0;
    }
}

/* ---- addresses ---- */

static bool looks_random(const char *p, gsize n)
{
    gsize digits = 0;
    for (gsize i = 0; i < n; i++)
        digits += g_ascii_isdigit(p[i]) != 0;
    return n >= 16 && digits >= 2 && strspn(p, WORD) >= n;
}

static const char *last_at(const char *p, gsize n)
{
    return n ? memrchr(p, '@', n) : NULL;
}

/* A variable, or a gap to be filled. */
static bool is_gap(const char *from, const char *to)
{
    static const char *const gaps[][2] = {{"<", ">"}, {"{", "}"}, {"%(", ")s"}, {"%{", "}"}, {"[", "]"}};
    g_autofree char *value = g_strndup(from, (gsize)(to - from));
    for (gsize i = 0; i < G_N_ELEMENTS(gaps); i++)
        if (g_str_has_prefix(value, gaps[i][0]) && g_str_has_suffix(value, gaps[i][1]))
            return true;
    return secret_is_open(value) || strspn(value, "*") == strlen(value);
}

/* The password of user information that begins at `user` (RFC 3986, 3.2.1). What a variable or a gap stands for is
 * none. A password with a slash in it is no valid address, and met all the same: then what stands before the
 * slash is no port. */
static void find_password(const char *text, const char *user, GArray *spans)
{
    gsize whole = strcspn(user, " \t\r\n\"'`");
    gsize authority = strcspn(user, "/?# \t\r\n\"'`<>");
    const char *at = last_at(user, authority);
    const char *colon = memchr(user, ':', at ? (gsize)(at - user) : authority);
    if (!at && colon && colon[1 + strspn(colon + 1, DIGITS)] != '/' &&
        strspn(colon + 1, DIGITS) + colon + 1 < user + authority)
        at = last_at(user, whole);
    if (!at)
        return;
    if (colon && at - colon > 1 && !is_gap(colon + 1, at))
        secret_span_add(spans, text, colon + 1, at);
    else if (!colon && looks_random(user, (gsize)(at - user)))
        secret_span_add(spans, text, user, at);
}

/* "jdbc:oracle:thin:user/password@host" */
static void find_thin(const char *text, GArray *spans)
{
    for (const char *p = strstr(text, ":thin:"); p; p = strstr(p + 1, ":thin:")) {
        const char *slash = p + strcspn(p, "/@ \t\r\n\"'"), *at = slash + strcspn(slash, "@ \t\r\n\"'");
        if (*slash == '/' && *at == '@' && at > slash + 1)
            secret_span_add(spans, text, slash + 1, at);
    }
}

/* "user:password@tcp(host)/base": Go's database drivers */
static void find_driver(const char *text, GArray *spans)
{
    for (const char *p = strchr(text, '@'); p; p = strchr(p + 1, '@')) {
        if (!g_str_has_prefix(p, "@tcp(") && !g_str_has_prefix(p, "@unix(") && !g_str_has_prefix(p, "@("))
            continue;
        const char *start = p, *colon = NULL;
        while (start > text && !strchr(" \t\r\n\"'`", start[-1])) {
            start--;
            colon = *start == ':' ? start : colon;
        }
        if (colon)
            secret_span_add(spans, text, colon + 1, p);
    }
}

void secret_find_userinfo(const char *text, GArray *spans)
{
    for (const char *p = strstr(text, "//"); p; p = strstr(p + 2, "//"))
        find_password(text, p + 2, spans);
    /* "sshfs#user:password@host:", as in fstab */
    for (const char *p = strchr(text, '#'); p; p = strchr(p + 1, '#'))
        if (p > text && g_ascii_isalnum(p[-1]))
            find_password(text, p + 1, spans);
    find_thin(text, spans);
    find_driver(text, spans);
}
