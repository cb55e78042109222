#include "model/verdict.h"

#include <glib.h>

static const char *const verdict_names[] = {
    [VERDICT_PASS] = "pass",
    [VERDICT_FAIL] = "fail",
    [VERDICT_ERROR] = "error",
    [VERDICT_UNKNOWN] = "unknown",
    [VERDICT_NOTAPPLICABLE] = "notapplicable",
    [VERDICT_NOTCHECKED] = "notchecked",
    [VERDICT_NOTSELECTED] = "notselected",
    [VERDICT_INFORMATIONAL] = "informational",
};
static const char *const severity_names[] = {
    [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",           [SEVERITY_MEDIUM] = "medium",
    [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};
static const char *const layer_names[] = {
    [LAYER_CODE] = "code",
    [LAYER_CONTAINER] = "container",
    [LAYER_CLUSTER] = "cluster",
    [LAYER_CLOUD] = "cloud",
};
static const unsigned severity_weights[] = {
    [SEVERITY_INFO] = 0, [SEVERITY_LOW] = 1, [SEVERITY_MEDIUM] = 3, [SEVERITY_HIGH] = 6, [SEVERITY_CRITICAL] = 10,
};
_Static_assert(G_N_ELEMENTS(verdict_names) == VERDICT_COUNT, "a name for every verdict");
_Static_assert(G_N_ELEMENTS(severity_names) == SEVERITY_COUNT, "a name for every severity");
_Static_assert(G_N_ELEMENTS(layer_names) == LAYER_COUNT, "a name for every layer");
_Static_assert(G_N_ELEMENTS(severity_weights) == SEVERITY_COUNT, "a weight for every severity");

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; name && i < count; i++)
        if (g_str_equal(names[i], name))
            return i;
    return -1;
}

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

const char *severity_name(enum severity severity)
{
    return severity_names[severity];
}

const char *layer_name(enum layer layer)
{
    return layer_names[layer];
}

unsigned severity_weight(enum severity severity)
{
    return severity_weights[severity];
}

bool verdict_parse(const char *name, enum verdict *out)
{
    int i = index_of(verdict_names, VERDICT_COUNT, name);
    if (i >= 0)
        *out = (enum verdict)i;
    return i >= 0;
}

bool severity_parse(const char *name, enum severity *out)
{
    int i = index_of(severity_names, SEVERITY_COUNT, name);
    if (i >= 0)
        *out = (enum severity)i;
    return i >= 0;
}

bool layer_parse(const char *name, enum layer *out)
{
    int i = index_of(layer_names, LAYER_COUNT, name);
    if (i >= 0)
        *out = (enum layer)i;
    return i >= 0;
}

enum verdict verdict_invert(enum verdict verdict)
{
    if (verdict == VERDICT_PASS)
        return VERDICT_FAIL;
    return verdict == VERDICT_FAIL ? VERDICT_PASS : verdict;
}
