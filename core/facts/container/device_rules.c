#include "facts/container/device_rules.h"

#include "model/value.h"

#include <linux/major.h>
#include <string.h>
#include <sys/stat.h>

/* Pseudoterminals and minors: Documentation/admin-guide/devices.txt of Linux. */
#define PTS_FIRST UNIX98_PTY_SLAVE_MAJOR
#define PTS_LAST  (UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT - 1)
enum { MINOR_NULL = 3, MINOR_ZERO = 5, MINOR_FULL = 7, MINOR_URANDOM = 9, MINOR_PTMX = 2, MINOR_TUN = 200 };

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
    bool type = rule->type == 'a' || (rule->type == 'c') == S_ISCHR(mode);
    return type && (rule->major < 0 || rule->major == major) && (rule->minor < 0 || rule->minor == minor);
}

bool device_rule_covers(const struct device_rule *rule, mode_t mode, uint32_t major, uint32_t minor)
{
    return rule->opens && matches(rule, mode, major, minor);
}

bool device_rules_open(char *const *rules, mode_t mode, uint32_t major, uint32_t minor)
{
    struct device_rule rule;
    for (; *rules; rules++)
        if (device_rule_parse(*rules, &rule) && device_rule_covers(&rule, mode, major, minor))
            return true;
    return false;
}

bool device_is_standard(mode_t mode, uint32_t major, uint32_t minor)
{
    if (!S_ISCHR(mode))
        return false;
    if (major == MEM_MAJOR)
        return minor == MINOR_NULL || minor == MINOR_ZERO || (minor >= MINOR_FULL && minor <= MINOR_URANDOM);
    return (major == TTYAUX_MAJOR && minor <= MINOR_PTMX) || (major >= PTS_FIRST && major <= PTS_LAST);
}

bool device_rule_is_standard(const struct device_rule *rule)
{
    if (!rule->opens)
        return true;
    if (rule->type != 'c' || rule->major < 0)
        return false;
    /* runc grants /dev/net/tun until 1.1, which without CAP_NET_ADMIN is of no use. */
    bool tun = rule->major == MISC_MAJOR && rule->minor == MINOR_TUN;
    bool terminals = rule->major >= PTS_FIRST && rule->major <= PTS_LAST;
    return tun || terminals ||
           (rule->minor >= 0 && device_is_standard(S_IFCHR, (uint32_t)rule->major, (uint32_t)rule->minor));
}
