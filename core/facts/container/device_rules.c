#include "facts/container/device_rules.h"

#include "model/value.h"

#include <string.h>

#define IS_CHARACTER(mode) (((mode)&0170000) == 0020000)

/* Majors of the pseudoterminals. */
#define PTS_FIRST 136
#define PTS_LAST  143

static bool parse_number(const char *text, int64_t *number)
{
    uint64_t value = 0;
    *number = -1;
    if (g_str_equal(text, "*"))
        return true;
    if (!value_parse_u64(text, UINT32_MAX, &value))
        return false;
    *number = (int64_t)value;
    return true;
}

bool device_rule_parse(const char *text, struct device_rule *rule)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    if (g_strv_length(words) != 3 || strlen(words[0]) != 1 || !strchr("abc", *words[0]))
        return false;
    g_auto(GStrv) numbers = g_strsplit(words[1], ":", -1);
    if (g_strv_length(numbers) != 2 || !parse_number(numbers[0], &rule->major) ||
        !parse_number(numbers[1], &rule->minor))
        return false;
    rule->type = *words[0];
    rule->opens = strpbrk(words[2], "rw") != NULL;
    return true;
}

static bool matches(const struct device_rule *rule, mode_t mode, uint32_t major, uint32_t minor)
{
    bool type = rule->type == 'a' || (rule->type == 'c') == IS_CHARACTER(mode);
    return type && (rule->major < 0 || rule->major == major) && (rule->minor < 0 || rule->minor == minor);
}

bool device_rules_open(char *const *rules, mode_t mode, uint32_t major, uint32_t minor)
{
    struct device_rule rule;
    for (; *rules; rules++)
        if (device_rule_parse(*rules, &rule) && rule.opens && matches(&rule, mode, major, minor))
            return true;
    return false;
}

bool device_is_standard(mode_t mode, uint32_t major, uint32_t minor)
{
    if (!IS_CHARACTER(mode))
        return false;
    if (major == 1)
        return minor == 3 || minor == 5 || (minor >= 7 && minor <= 9);
    return (major == 5 && minor <= 2) || (major >= PTS_FIRST && major <= PTS_LAST);
}

bool device_rule_is_standard(const struct device_rule *rule)
{
    if (!rule->opens)
        return true;
    if (rule->type != 'c' || rule->major < 0)
        return false;
    /* runc grants /dev/net/tun until 1.1, which without CAP_NET_ADMIN is of no use. */
    bool tun = rule->major == 10 && rule->minor == 200;
    bool terminals = rule->major >= PTS_FIRST && rule->major <= PTS_LAST;
    return tun || terminals ||
           (rule->minor >= 0 && device_is_standard(0020000, (uint32_t)rule->major, (uint32_t)rule->minor));
}
