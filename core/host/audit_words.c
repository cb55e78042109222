/* Names and numbers are those of linux/audit.h; the spelling is auditctl's (audit 3.1, lib/fieldtab.h). */
#include "host/audit_words.h"

#include <glib.h>
#include <stdbool.h>

/* Later than the headers of the oldest system that this is built on. */
#ifndef AUDIT_SADDR_FAM
#define AUDIT_SADDR_FAM 113
#endif

struct field_name {
    guint32 field;
    const char *name;
};

static const char *list_name(guint32 flags)
{
    static const char *const names[] = {"user", "task", "entry", "watch", "exit", "exclude", "filesystem", "io_uring"};
    guint32 list = flags & ~(guint32)AUDIT_FILTER_PREPEND;
    return list < G_N_ELEMENTS(names) ? names[list] : "other";
}

static void append_permissions(GString *text, guint32 bits)
{
    static const struct {
        guint32 bit;
        char letter;
    } letters[] = {{AUDIT_PERM_READ, 'r'}, {AUDIT_PERM_WRITE, 'w'}, {AUDIT_PERM_EXEC, 'x'}, {AUDIT_PERM_ATTR, 'a'}};
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (bits & letters[i].bit)
            g_string_append_c(text, letters[i].letter);
}

static const char *sign_of(guint32 flags)
{
    static const struct {
        guint32 bits;
        const char *sign;
    } signs[] = {
        {AUDIT_EQUAL, "="},    {AUDIT_NOT_EQUAL, "!="},   {AUDIT_LESS_THAN, "<"}, {AUDIT_LESS_THAN_OR_EQUAL, "<="},
        {AUDIT_BIT_MASK, "&"}, {AUDIT_GREATER_THAN, ">"}, {AUDIT_BIT_TEST, "&="}, {AUDIT_GREATER_THAN_OR_EQUAL, ">="},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if ((flags & AUDIT_OPERATORS) == signs[i].bits)
            return signs[i].sign;
    return "~";
}

static const char *find_name(const struct field_name *names, size_t n, guint32 field)
{
    for (size_t i = 0; i < n; i++)
        if (names[i].field == field)
            return names[i].name;
    return NULL;
}

/* Fields whose value is a text in the buffer. */
static const char *text_field(guint32 field)
{
    static const struct field_name names[] = {
        {AUDIT_WATCH, "path"},
        {AUDIT_DIR, "dir"},
        {AUDIT_FILTERKEY, "key"},
        {AUDIT_EXE, "exe"},
        {AUDIT_SUBJ_USER, "subj_user"},
        {AUDIT_SUBJ_ROLE, "subj_role"},
        {AUDIT_SUBJ_TYPE, "subj_type"},
        {AUDIT_SUBJ_SEN, "subj_sen"},
        {AUDIT_SUBJ_CLR, "subj_clr"},
        {AUDIT_OBJ_USER, "obj_user"},
        {AUDIT_OBJ_ROLE, "obj_role"},
        {AUDIT_OBJ_TYPE, "obj_type"},
        {AUDIT_OBJ_LEV_LOW, "obj_lev_low"},
        {AUDIT_OBJ_LEV_HIGH, "obj_lev_high"},
    };
    return find_name(names, G_N_ELEMENTS(names), field);
}

static const char *number_field(guint32 field)
{
    static const struct field_name names[] = {
        {AUDIT_PID, "pid"},
        {AUDIT_UID, "uid"},
        {AUDIT_EUID, "euid"},
        {AUDIT_SUID, "suid"},
        {AUDIT_FSUID, "fsuid"},
        {AUDIT_GID, "gid"},
        {AUDIT_EGID, "egid"},
        {AUDIT_SGID, "sgid"},
        {AUDIT_FSGID, "fsgid"},
        {AUDIT_LOGINUID, "auid"},
        {AUDIT_LOGINUID_SET, "loginuid_set"},
        {AUDIT_PERS, "pers"},
        {AUDIT_ARCH, "arch"},
        {AUDIT_MSGTYPE, "msgtype"},
        {AUDIT_PPID, "ppid"},
        {AUDIT_SESSIONID, "sessionid"},
        {AUDIT_FSTYPE, "fstype"},
        {AUDIT_DEVMAJOR, "devmajor"},
        {AUDIT_DEVMINOR, "devminor"},
        {AUDIT_INODE, "inode"},
        {AUDIT_EXIT, "exit"},
        {AUDIT_SUCCESS, "success"},
        {AUDIT_FILETYPE, "filetype"},
        {AUDIT_OBJ_UID, "obj_uid"},
        {AUDIT_OBJ_GID, "obj_gid"},
        {AUDIT_SADDR_FAM, "saddr_fam"},
        {AUDIT_ARG0, "a0"},
        {AUDIT_ARG1, "a1"},
        {AUDIT_ARG2, "a2"},
        {AUDIT_ARG3, "a3"},
    };
    return find_name(names, G_N_ELEMENTS(names), field);
}

/* What a field comparison compares; NULL: a later kernel's. */
static const char *compared(guint32 value)
{
    static const struct field_name names[] = {
        {AUDIT_COMPARE_UID_TO_OBJ_UID, "uid:obj_uid"},     {AUDIT_COMPARE_GID_TO_OBJ_GID, "gid:obj_gid"},
        {AUDIT_COMPARE_EUID_TO_OBJ_UID, "euid:obj_uid"},   {AUDIT_COMPARE_EGID_TO_OBJ_GID, "egid:obj_gid"},
        {AUDIT_COMPARE_AUID_TO_OBJ_UID, "auid:obj_uid"},   {AUDIT_COMPARE_SUID_TO_OBJ_UID, "suid:obj_uid"},
        {AUDIT_COMPARE_SGID_TO_OBJ_GID, "sgid:obj_gid"},   {AUDIT_COMPARE_FSUID_TO_OBJ_UID, "fsuid:obj_uid"},
        {AUDIT_COMPARE_FSGID_TO_OBJ_GID, "fsgid:obj_gid"}, {AUDIT_COMPARE_UID_TO_AUID, "uid:auid"},
        {AUDIT_COMPARE_UID_TO_EUID, "uid:euid"},           {AUDIT_COMPARE_UID_TO_FSUID, "uid:fsuid"},
        {AUDIT_COMPARE_UID_TO_SUID, "uid:suid"},           {AUDIT_COMPARE_AUID_TO_FSUID, "auid:fsuid"},
        {AUDIT_COMPARE_AUID_TO_SUID, "auid:suid"},         {AUDIT_COMPARE_AUID_TO_EUID, "auid:euid"},
        {AUDIT_COMPARE_EUID_TO_SUID, "euid:suid"},         {AUDIT_COMPARE_EUID_TO_FSUID, "euid:fsuid"},
        {AUDIT_COMPARE_SUID_TO_FSUID, "suid:fsuid"},       {AUDIT_COMPARE_GID_TO_EGID, "gid:egid"},
        {AUDIT_COMPARE_GID_TO_FSGID, "gid:fsgid"},         {AUDIT_COMPARE_GID_TO_SGID, "gid:sgid"},
        {AUDIT_COMPARE_EGID_TO_FSGID, "egid:fsgid"},       {AUDIT_COMPARE_EGID_TO_SGID, "egid:sgid"},
        {AUDIT_COMPARE_SGID_TO_FSGID, "sgid:fsgid"},
    };
    return find_name(names, G_N_ELEMENTS(names), value);
}

static void append_comparison(GString *text, guint32 value, const char *sign)
{
    const char *names = compared(value);
    if (!names) {
        g_string_append_printf(text, " -C comparison%s%u", sign, value);
        return;
    }
    g_auto(GStrv) sides = g_strsplit(names, ":", 2);
    g_string_append_printf(text, " -C %s%s%s", sides[0], sign, sides[1]);
}

/* A text field: its length is the value, its bytes the next of the buffer. */
static bool append_text(GString *text, const struct audit_rule_data *rule, guint32 i, size_t *used)
{
    size_t n = rule->values[i];
    if (n > rule->buflen - *used)
        return false;
    g_autofree char *value = g_strndup(rule->buf + *used, n);
    *used += n;
    g_strdelimit(value, "\"", '?');
    g_string_append_printf(text, " -F %s%s\"%s\"", text_field(rule->fields[i]), sign_of(rule->fieldflags[i]), value);
    return true;
}

static void append_number(GString *text, const struct audit_rule_data *rule, guint32 i)
{
    guint32 field = rule->fields[i], value = rule->values[i];
    const char *sign = sign_of(rule->fieldflags[i]), *name = number_field(field);
    if (field == AUDIT_PERM) {
        g_string_append(text, " -F perm=");
        append_permissions(text, value);
    } else if (field == AUDIT_ARCH && g_str_equal(sign, "=")) {
        g_string_append(text, value & __AUDIT_ARCH_64BIT ? " -F arch=b64" : " -F arch=b32");
    } else if (field == AUDIT_FIELD_COMPARE) {
        append_comparison(text, value, sign);
    } else if (name) {
        g_string_append_printf(text, " -F %s%s%u", name, sign, value);
    } else {
        g_string_append_printf(text, " -F field%u%s%u", field, sign, value);
    }
}

static bool is_every_call(const struct audit_rule_data *rule)
{
    /* The last words belong to the bits of call classes. */
    for (size_t i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
        if (rule->mask[i] != ~(guint32)0)
            return false;
    return true;
}

static bool is_whole(const struct audit_rule_data *rule, size_t n)
{
    return n >= sizeof *rule && rule->buflen <= n - sizeof *rule && rule->field_count <= AUDIT_MAX_FIELDS;
}

char *audit_rule_words(const struct audit_rule_data *rule, size_t n)
{
    if (!is_whole(rule, n))
        return NULL;
    const char *list = list_name(rule->flags);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "-a %s,%s", rule->action == AUDIT_NEVER ? "never" : "always", list);
    if (g_str_equal(list, "exit") || g_str_equal(list, "entry"))
        g_string_append(text, is_every_call(rule) ? " -S all" : " -S some");
    size_t used = 0;
    for (guint32 i = 0; i < rule->field_count; i++) {
        if (!text_field(rule->fields[i]))
            append_number(text, rule, i);
        else if (!append_text(text, rule, i, &used))
            return NULL;
    }
    return g_strdup(text->str);
}
