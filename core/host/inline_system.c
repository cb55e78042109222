/* Kernel, sysctls, modules, packages and mounts of an inline host, as the files that the kernel or dpkg show them in.
 */
#include "host/inline.h"

#include "model/sysctl_name.h"
#include "model/tree.h"

#define DEFAULT_RELEASE "6.1.0-18-amd64"

static const char default_mounts[] = "26 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
                                     "21 26 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw\n"
                                     "22 26 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:6 - sysfs sysfs rw\n";

static char *line_of(const char *text)
{
    return g_str_has_suffix(text, "\n") ? g_strdup(text) : g_strconcat(text, "\n", NULL);
}

static bool place_line(struct inline_build *build, const char *path, const json_object *value, GError **error)
{
    g_autofree char *text = inline_scalar(value, path, error);
    g_autofree char *line = text ? line_of(text) : NULL;
    if (!line)
        return false;
    return fs_inline_text(build->fs, path, line) ? true : inline_error(error, value, "%s: cannot be placed", path);
}

/* --- sysctls --- */

static char *sysctl_path(const char *name)
{
    g_autofree char *path = g_strdup(name);
    sysctl_slashed(path);
    return g_strconcat("/proc/sys/", path, NULL);
}

bool inline_load_sysctls(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_object))
        return inline_error(error, value, "sysctls: a mapping is needed");
    json_object_object_foreach (value, name, setting) {
        g_autofree char *path = sysctl_path(name);
        if (!setting) /* null: this kernel has no such sysctl */
            fs_inline_remove(build->fs, path);
        else if (!place_line(build, path, setting, error))
            return false;
    }
    return true;
}

/* --- kernel --- */

static bool append_config(GString *out, const char *name, const json_object *value, GError **error)
{
    if (!value) {
        g_string_append_printf(out, "# %s is not set\n", name);
        return true;
    }
    bool truth = json_object_is_type(value, json_type_boolean);
    g_autofree char *text =
        truth ? g_strdup(json_object_get_boolean(value) ? "y" : "n") : inline_scalar(value, name, error);
    if (!text)
        return false;
    bool plain = g_str_equal(text, "y") || g_str_equal(text, "m") || *text == '"' || g_str_has_prefix(text, "0x") ||
                 (*text && strspn(text, "-0123456789") == strlen(text));
    if (g_str_equal(text, "n"))
        g_string_append_printf(out, "# %s is not set\n", name);
    else
        g_string_append_printf(out, plain ? "%s=%s\n" : "%s=\"%s\"\n", name, text);
    return true;
}

static char *config_text(const json_object *value, GError **error)
{
    if (json_object_is_type(value, json_type_string))
        return tree_text(value);
    if (!json_object_is_type(value, json_type_object)) {
        inline_error(error, value, "kernel.config: a mapping or a text is needed");
        return NULL;
    }
    g_autoptr(GString) out = g_string_new("# Automatically generated file; DO NOT EDIT.\n");
    json_object_object_foreach (value, name, setting) {
        if (!append_config(out, name, setting, error))
            return NULL;
    }
    return g_strdup(out->str);
}

bool inline_load_kernel(struct inline_build *build, const json_object *value, GError **error)
{
    if (!inline_keys(value, "kernel", inline_kernel_members, error))
        return false;
    const json_object *release = tree_member(value, "release");
    const json_object *config = tree_member(value, "config");
    const json_object *cmdline = tree_member(value, "cmdline");
    const json_object *version = tree_member(value, "version");
    g_autofree char *name = release ? inline_scalar(release, "kernel.release", error) : g_strdup(DEFAULT_RELEASE);
    if (!name)
        return false;
    g_autofree char *line = line_of(name);
    fs_inline_text(build->fs, "/proc/sys/kernel/osrelease", line);
    if (version && !place_line(build, "/proc/version", version, error))
        return false;
    if (cmdline && !place_line(build, "/proc/cmdline", cmdline, error))
        return false;
    g_autofree char *text = config ? config_text(config, error) : NULL;
    g_autofree char *path = g_strconcat("/boot/config-", name, NULL);
    if (text)
        fs_inline_text(build->fs, path, text);
    return text || !config;
}

/* --- modules --- */

static bool load_parameters(struct inline_build *build, const char *module, const json_object *parameters,
                            GError **error)
{
    if (!parameters)
        return true;
    if (!json_object_is_type(parameters, json_type_object))
        return inline_error(error, parameters, "modules: parameters: a mapping is needed");
    json_object_object_foreach (parameters, key, value) {
        g_autofree char *path = g_strdup_printf("/sys/module/%s/parameters/%s", module, key);
        if (!place_line(build, path, value, error))
            return false;
    }
    return true;
}

static bool load_module(struct inline_build *build, const json_object *module, GString *out, GError **error)
{
    bool plain = json_object_is_type(module, json_type_string);
    if (!plain && !inline_keys(module, "modules", inline_module_members, error))
        return false;
    const json_object *name_value = plain ? module : tree_member(module, "name");
    if (!json_object_is_type(name_value, json_type_string))
        return inline_error(error, module, "modules: a name is needed");
    g_autofree char *name = tree_text(name_value);
    gint64 size = 16384, used = 0;
    if (!inline_int(module, "size", 0, G_MAXINT32, &size, error) ||
        !inline_int(module, "used", 0, G_MAXINT32, &used, error))
        return false;
    const char *by = tree_string(module, "by");
    g_string_append_printf(out, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s Live 0x0000000000000000\n", name, size,
                           used, by ? by : "-");
    g_autofree char *state = g_strdup_printf("/sys/module/%s/initstate", name);
    fs_inline_text(build->fs, state, "live\n");
    return load_parameters(build, name, tree_member(module, "parameters"), error);
}

bool inline_load_modules(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_array))
        return inline_error(error, value, "modules: a list is needed");
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        if (!load_module(build, json_object_array_get_idx(value, i), out, error))
            return false;
    }
    return fs_inline_text(build->fs, "/proc/modules", out->str);
}

/* --- packages --- */

static const struct package_status {
    const char *name, *line;
} package_statuses[] = {
    {"installed", "install ok installed"},
    {"config-files", "deinstall ok config-files"},
    {"not-installed", "purge ok not-installed"},
    {"half-installed", "install reinstreq half-installed"},
    {"half-configured", "install ok half-configured"},
    {"unpacked", "install ok unpacked"},
};

static const char *status_line(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(package_statuses); i++) {
        if (g_str_equal(name, package_statuses[i].name))
            return package_statuses[i].line;
    }
    return NULL;
}

static bool append_package(const json_object *package, GString *out, GError **error)
{
    bool plain = json_object_is_type(package, json_type_string);
    if (!plain && !inline_keys(package, "packages", inline_package_members, error))
        return false;
    const json_object *name_value = plain ? package : tree_member(package, "name");
    if (!json_object_is_type(name_value, json_type_string))
        return inline_error(error, package, "packages: a name is needed");
    g_autofree char *name = tree_text(name_value);
    const json_object *version_value = tree_member(package, "version");
    g_autofree char *version = version_value ? inline_scalar(version_value, "version", error) : g_strdup("1.0-1");
    if (!version)
        return false;
    const char *status = tree_string(package, "status");
    const char *arch = tree_string(package, "arch");
    const char *source = tree_string(package, "source");
    const char *line = status_line(status ? status : "installed");
    if (!line)
        return inline_error(error, package, "packages: unknown status \"%s\"", status);
    g_string_append_printf(out, "Package: %s\nStatus: %s\nPriority: optional\nSection: misc\nArchitecture: %s\n", name,
                           line, arch ? arch : "amd64");
    if (source)
        g_string_append_printf(out, "Source: %s\n", source);
    g_string_append_printf(out, "Version: %s\nDescription: %s\n\n", version, name);
    return true;
}

bool inline_load_packages(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_array))
        return inline_error(error, value, "packages: a list is needed");
    g_autoptr(GString) out = g_string_new(NULL);
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        if (!append_package(json_object_array_get_idx(value, i), out, error))
            return false;
    }
    return fs_inline_text(build->fs, "/var/lib/dpkg/status", out->str);
}

/* --- mounts --- */

bool inline_load_mounts(struct inline_build *build, const json_object *value, GError **error)
{
    if (!json_object_is_type(value, json_type_string))
        return inline_error(error, value, "mounts: the text of mountinfo is needed");
    g_free(build->mountinfo);
    build->mountinfo = tree_text(value);
    return true;
}

/* --- what every machine has --- */

static void default_text(struct inline_build *build, const char *path, const char *text)
{
    if (!fs_inline_find(build->fs, path))
        fs_inline_text(build->fs, path, text);
}

static bool states_process(const json_object *spec, gint64 pid)
{
    const json_object *list = tree_member(spec, "processes");
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const json_object *one = tree_member(json_object_array_get_idx(list, i), "pid");
        if (json_object_is_type(one, json_type_int) && json_object_get_int64(one) == pid)
            return true;
    }
    return false;
}

/* Who is process 1 applies kernel parameters as well. */
void inline_default_files(struct inline_build *build, const json_object *spec)
{
    if (build->live && !states_process(spec, 1))
        default_text(build, "/usr/lib/systemd/systemd-sysctl", "");
}

void inline_default_system(struct inline_build *build)
{
    if (!build->live)
        return;
    default_text(build, "/proc/sys/kernel/osrelease", DEFAULT_RELEASE "\n");
    default_text(build, "/proc/sys/kernel/hostname", "testhost\n");
    default_text(build, "/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro\n");
    default_text(build, "/proc/modules", "");
    if (!build->mountinfo)
        build->mountinfo = g_strdup(default_mounts);
}
