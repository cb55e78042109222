/* An audit rule as the kernel sends it over netlink; its lengths may lie. */
#include "look.h"

#include "facts/audit/rule_text.h"
#include "host/audit_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of just this size, aligned as the receiver's. */
    g_autofree struct audit_rule_data *rule = g_malloc(MAX(size, 1));
    if (size)
        memcpy(rule, data, size);
    g_autofree char *words = audit_rule_words(rule, size);
    if (!words)
        return 0;
    static struct host *host;
    if (!host)
        host = fuzz_host(json_object_new_object());
    struct audit_rule *read = audit_rule_parse(host, words);
    if (read)
        audit_rule_free(read);
    return 0;
}
