/* Installed packages. Of a removed one configuration files may be left behind: it is not installed. One that is
 * unpacked and not set up is there, for who demands that it is not; whether it is installed is not known. */
#include "facts/package/packages.h"
#include "model/name_glob.h"
#include "probes/common/object.h"
#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_SET, .required = true, .text = "package names or globs"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "package"},        {"version", VALUE_VERSION, "installed version"},
    {"arch", VALUE_STRING, "architecture"},   {"source", VALUE_STRING, "source package"},
    {"manager", VALUE_STRING, "dpkg or rpm"}, {.name = NULL},
};

static void add_item(const struct package *package, struct items *items)
{
    struct item *item = items_add(items, package->name);
    item_set_string(item, "name", package->name);
    item_set_string(item, "version", package->version);
    item_set_string(item, "arch", package->arch);
    item_set_string(item, "source", package->source);
    item_set_string(item, "manager", package->manager);
    item_source_path(item, package->path, 0);
    if (package->partly)
        items_problem(items, PROBLEM_UNKNOWN, "finish what was begun: dpkg --configure -a",
                      "%s: the package %s is there in part: %s", package->path, package->name, package->partly);
}

static void collect(const struct fact_context *context, const json_object *object, struct items *items)
{
    const struct packages *packages = packages_get(context->host);
    if (!*packages->databases && !packages->errors->len) {
        items_problem(items, PROBLEM_NOTAPPLICABLE, NULL, "no package database of dpkg or rpm");
        return;
    }
    for (guint i = 0; i < packages->errors->len; i++)
        items_problem_from_error(items, packages->errors->pdata[i]);
    g_auto(GStrv) names = object_strv(object, "name");
    for (guint i = 0; i < packages->list->len; i++) {
        const struct package *package = packages->list->pdata[i];
        if (name_matches_any((const char *const *)names, package->name))
            add_item(package, items);
    }
}

const struct probe probe_package = {
    .name = "package",
    .summary = "Installed packages of dpkg or rpm",
    .object = {"package", "packages", .absent = "{} is not installed", .absent_all = "none of these is installed: {}"},
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
