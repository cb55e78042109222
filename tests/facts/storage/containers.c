#include "looking.h"

#include "facts/storage/containers.h"

static char *found(const char *text)
{
    pl_auto(host) host = inline_host(text);
    const struct containers_storages *storages = containers_storages_find(host);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < storages->list->len; i++)
        g_string_append_printf(out, "%s ", (const char *)storages->list->pdata[i]);
    g_string_append_printf(out, "%u", storages->errors->len);
    return g_string_free(out, FALSE);
}

static void places(void **state)
{
    (void)state;
    static const struct {
        const char *host, *found;
    } cases[] = {
        {"{}", "/var/lib/containers/storage 0"},
        {"files: {/etc/containers/storage.conf: \"[storage]\\ngraphroot = '/srv/c'\\n\","
         " /etc/passwd: \"root:x:0:0::/root:/bin/sh\\nu:x:1000:1000::/home/u:/bin/sh\\n\", /root/x: a, /home/u/x: a}",
         "/var/lib/containers/storage /srv/c /root/.local/share/containers/storage "
         "/home/u/.local/share/containers/storage 0"},
        {"files: {/etc/containers/storage.conf: \"[storage\\n\"}", "/var/lib/containers/storage 1"},
        {"files: {/usr/share/containers/storage.conf: {content: x, denied: true}}", "/var/lib/containers/storage 1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = found(cases[i].host);
        assert_string_equal(text, cases[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
