/* Rules as the kernel hands them out, in auditctl's words. */
#include "host/audit_words.h"

#include "cmocka_all.h"

#include <glib.h>
#include <string.h>

struct stated {
    guint32 field, flags, value;
};

/* A rule on the exit list, for every call, with these fields and this buffer. */
static struct audit_rule_data *rule_of(const struct stated *fields, guint32 n, const char *buffer, size_t *size)
{
    size_t room = strlen(buffer);
    *size = sizeof(struct audit_rule_data) + room;
    struct audit_rule_data *rule = g_malloc0(*size);
    rule->flags = AUDIT_FILTER_EXIT;
    rule->action = AUDIT_ALWAYS;
    rule->field_count = n;
    memset(rule->mask, 0xff, sizeof rule->mask);
    for (guint32 i = 0; i < n; i++) {
        rule->fields[i] = fields[i].field;
        rule->fieldflags[i] = fields[i].flags;
        rule->values[i] = fields[i].value;
    }
    rule->buflen = (guint32)room;
    memcpy(rule->buf, buffer, room);
    return rule;
}

static void check(const struct stated *field, const char *buffer, const char *expected)
{
    size_t n = 0;
    g_autofree struct audit_rule_data *rule = rule_of(field, 1, buffer, &n);
    g_autofree char *words = audit_rule_words(rule, n);
    g_autofree char *whole = g_strconcat("-a always,exit -S all ", expected, NULL);
    assert_string_equal(words, whole);
}

static void fields_by_their_names(void **state)
{
    (void)state;
    static const struct {
        struct stated field;
        const char *buffer, *expected;
    } rows[] = {
        {{AUDIT_WATCH, AUDIT_EQUAL, 11}, "/etc/passwd", "-F path=\"/etc/passwd\""},
        {{AUDIT_DIR, AUDIT_EQUAL, 4}, "/etc", "-F dir=\"/etc\""},
        {{AUDIT_EXE, AUDIT_NOT_EQUAL, 4}, "/a\"b", "-F exe!=\"/a?b\""},
        {{AUDIT_PERM, AUDIT_EQUAL, AUDIT_PERM_WRITE | AUDIT_PERM_ATTR}, "", "-F perm=wa"},
        {{AUDIT_ARCH, AUDIT_EQUAL, AUDIT_ARCH_X86_64}, "", "-F arch=b64"},
        {{AUDIT_ARCH, AUDIT_EQUAL, AUDIT_ARCH_I386}, "", "-F arch=b32"},
        {{AUDIT_LOGINUID, AUDIT_GREATER_THAN_OR_EQUAL, 1000}, "", "-F auid>=1000"},
        {{AUDIT_LOGINUID, AUDIT_LESS_THAN, 5}, "", "-F auid<5"},
        {{AUDIT_FSTYPE, AUDIT_EQUAL, 9}, "", "-F fstype=9"},
        {{AUDIT_FIELD_COMPARE, AUDIT_NOT_EQUAL, AUDIT_COMPARE_AUID_TO_OBJ_UID}, "", "-C auid!=obj_uid"},
        {{AUDIT_FIELD_COMPARE, AUDIT_EQUAL, 250}, "", "-C comparison=250"},
        {{AUDIT_OBJ_UID, AUDIT_EQUAL, 0}, "", "-F obj_uid=0"},
        {{AUDIT_ARG2, AUDIT_BIT_TEST, 64}, "", "-F a2&=64"},
        {{199, AUDIT_EQUAL, 1}, "", "-F field199=1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(&rows[i].field, rows[i].buffer, rows[i].expected);
}

static void some_calls_and_never(void **state)
{
    (void)state;
    size_t n = 0;
    g_autofree struct audit_rule_data *rule = rule_of(NULL, 0, "", &n);
    rule->mask[1] = 1;
    rule->action = AUDIT_NEVER;
    g_autofree char *words = audit_rule_words(rule, n);
    assert_string_equal(words, "-a never,exit -S some");
    rule->flags = AUDIT_FILTER_TASK;
    g_autofree char *task = audit_rule_words(rule, n);
    assert_string_equal(task, "-a never,task");
}

static void what_contradicts_itself_is_refused(void **state)
{
    (void)state;
    static const struct stated path = {AUDIT_WATCH, AUDIT_EQUAL, 5};
    size_t n = 0;
    g_autofree struct audit_rule_data *rule = rule_of(&path, 1, "/etc", &n);
    assert_null(audit_rule_words(rule, n)); /* a text longer than the buffer */
    rule->values[0] = 4;
    assert_null(audit_rule_words(rule, n - 1));
    rule->field_count = AUDIT_MAX_FIELDS + 1;
    assert_null(audit_rule_words(rule, n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_by_their_names),
        cmocka_unit_test(some_calls_and_never),
        cmocka_unit_test(what_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
