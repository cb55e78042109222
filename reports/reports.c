#include "reports/report.h"

#include "reports/formats.h"

static const struct report *const reports[] = {
#define REPORT(name) &report_##name,
#include "reports/reports.def"
#undef REPORT
};

const struct report *const *report_all(size_t *count)
{
    *count = G_N_ELEMENTS(reports);
    return reports;
}

const struct report *report_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
        if (g_str_equal(reports[i]->name, name))
            return reports[i];
    return NULL;
}
