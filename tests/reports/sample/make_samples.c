/* Writes every sample in every format into a folder, for the browser and schema tests: make_samples FOLDER */
#include "reports/report.h"
#include "sample.h"

#include <stdio.h>

static const struct {
    const char *name;
    bool color;
    bool utf8;
    bool verbose;
} looks[] = {{"text", false, true, false},
             {"color", true, true, false},
             {"ascii", false, false, false},
             {"verbose", false, true, true}};

static bool save(const char *folder, const char *name, const char *extension, const GString *bytes)
{
    g_autofree char *file = g_strdup_printf("%s/%s.%s", folder, name, extension);
    g_autoptr(GError) error = NULL;
    if (report_write(file, bytes->str, bytes->len, 0644, &error))
        return true;
    fprintf(stderr, "%s\n", error->message);
    return false;
}

static bool save_text(const struct audit *audit, const char *folder, const char *name)
{
    bool saved = true;
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        struct report_options options = {.color = looks[i].color, .utf8 = looks[i].utf8, .verbose = looks[i].verbose};
        g_autoptr(GString) bytes = g_string_new(NULL);
        g_autofree char *extension = g_strdup_printf("%s.txt", looks[i].name);
        saved = report_find("text")->render(audit, &options, bytes, NULL) && saved;
        saved = save(folder, name, extension, bytes) && saved;
    }
    return saved;
}

static bool save_all(struct audit *given, const char *folder, const char *name)
{
    pl_auto(audit) audit = given;
    const struct report_options options = {0};
    size_t count = 0;
    const struct report *const *reports = report_all(&count);
    bool saved = save_text(audit, folder, name);
    for (size_t i = 0; i < count; i++) {
        if (g_str_equal(reports[i]->name, "text"))
            continue;
        g_autoptr(GString) bytes = g_string_new(NULL);
        saved = reports[i]->render(audit, &options, bytes, NULL) && saved;
        saved = save(folder, name, reports[i]->extension, bytes) && saved;
    }
    return saved;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_samples FOLDER\n", stderr);
        return 2;
    }
    bool saved = g_mkdir_with_parents(argv[1], 0755) == 0;
    saved = save_all(sample_audit(), argv[1], "sample") && saved;
    saved = save_all(sample_clean(), argv[1], "clean") && saved;
    saved = save_all(sample_empty(), argv[1], "empty") && saved;
    saved = save_all(sample_containers(12), argv[1], "containers") && saved;
    saved = save_all(sample_containers(500), argv[1], "fleet") && saved;
    saved = save_all(sample_large(2000), argv[1], "large") && saved;
    return saved ? 0 : 1;
}
