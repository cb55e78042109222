/* Waiver files: what is refused has a reason; what is accepted is put on a failed result and reported. */
#include "look.h"

#include "engine/waivers.h"

#include <sys/mman.h>
#include <unistd.h>

static struct result *failed(void)
{
    struct result *result = result_new();
    result->rule = g_strdup("sshd-no-root");
    result->title = g_strdup("t");
    result->verdict = VERDICT_FAIL;
    for (int i = 0; i < 2; i++) {
        struct item_result *item = item_result_new();
        item->subject = g_strdup(i ? "web" : "db");
        item->verdict = VERDICT_FAIL;
        g_ptr_array_add(result->items, item);
    }
    result_count(result);
    return result;
}

static struct content *content(void)
{
    static struct content *none;
    static const char *const nowhere[] = {NULL};
    if (!none) {
        none = content_load(nowhere, NULL);
        none->partial = true; /* rules are not what this is about */
    }
    return none;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pl_autofd int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GError) error = NULL;
    pl_auto(waivers) waivers = waivers_read(path, content(), 1800000000, &error);
    if ((waivers == NULL) != (error != NULL))
        abort();
    if (error)
        fuzz_check_text(error->message);
    if (!waivers)
        return 0;
    struct result *result = failed();
    struct audit *audit = audit_new();
    waivers_apply(waivers, result);
    waivers_report(waivers, audit);
    if (result->verdict != VERDICT_FAIL)
        abort(); /* a waiver answers for a failure, it does not take it back */
    result_free(result);
    audit_free(audit);
    return 0;
}
