/* Patterns of rules on subjects of hosts: what compiles ends within its bounds, and says where it matched. */
#include "look.h"

#include "facts/file/pattern.h"

static void search(struct pattern *pattern, const struct fuzz_part *subject)
{
    g_autofree char *text = g_strndup(subject->n ? subject->at : "", subject->n);
    bool utf8 = g_utf8_validate(text, (gssize)subject->n, NULL);
    gsize start = 0, end = 0;
    if (pattern_search(pattern, text, subject->n, 0, utf8) != PATTERN_YES)
        return;
    pattern_span(pattern, &start, &end);
    if (end > subject->n)
        abort();
    pl_autojson json_object *groups = pattern_groups(pattern, text);
    g_autofree char *shown = tree_canonical(groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[2];
    fuzz_cut(data, size, parts, G_N_ELEMENTS(parts));
    g_autofree char *text = fuzz_text(&parts[0]);
    g_strchomp(text);
    for (int lines = 0; lines < 2; lines++) {
        g_autoptr(GError) error = NULL;
        pl_auto(pattern) pattern = pattern_new(text, lines, &error);
        if ((pattern == NULL) != (error != NULL))
            abort();
        if (pattern)
            search(pattern, &parts[1]);
    }
    return 0;
}
