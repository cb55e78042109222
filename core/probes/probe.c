#include "probes/probe.h"

#include <string.h>

#define PROBE(symbol) extern const struct probe probe_##symbol;
#include "probes/probes.def"
#undef PROBE

static const struct probe *const probes[] = {
#define PROBE(symbol) &probe_##symbol,
#include "probes/probes.def"
#undef PROBE
};

const struct probe *const *probe_all(size_t *count)
{
    *count = G_N_ELEMENTS(probes);
    return probes;
}

const struct probe *probe_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(probes); i++)
        if (g_str_equal(probes[i]->name, name))
            return probes[i];
    return NULL;
}

const struct probe_param *probe_param_find(const struct probe *probe, const char *name)
{
    for (const struct probe_param *param = probe->params; param->name; param++)
        if (g_str_equal(param->name, name))
            return param;
    return NULL;
}

static bool field_covers(const char *declared, const char *path)
{
    size_t n = strlen(declared);
    if (n > 2 && g_str_equal(declared + n - 2, ".*"))
        return strncmp(declared, path, n - 1) == 0 && path[n - 1];
    /* A map or list field may be entered by a dotted path. */
    return strncmp(declared, path, n) == 0 && (path[n] == '\0' || path[n] == '.');
}

const struct probe_field *probe_field_find(const struct probe *probe, const char *path)
{
    for (const struct probe_field *field = probe->fields; field->name; field++) {
        if (!field_covers(field->name, path))
            continue;
        bool enters = strncmp(field->name, path, strlen(field->name)) == 0 && path[strlen(field->name)] == '.' &&
                      !strchr(field->name, '*');
        if (!enters || field->type == VALUE_ANY || field->type == VALUE_MAP || field->type == VALUE_LIST)
            return field;
    }
    return NULL;
}
