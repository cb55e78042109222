/* What a test may state of its host, a row a member. Nothing here makes anything of it. */
#include "host/inline_words.h"

#include <glib.h>
#include <string.h>

const struct member inline_host_members[] = {
    {"files", "map of scalar or map of @file", false,
     "by absolute path: the content of a file, or what it is; null: it is not there", 0},
    {"sysctls", "map of scalar", false,
     "values below /proc/sys by dotted name; null: this kernel has no such parameter", 0},
    {"containers", "list of @container", false, "what runs in containers, stated as what it is (Containers)", 0},
    {"processes", "list of @process", false,
     "what runs; processes 1 (systemd) and 999 (plumbline) are there unless they are stated", 0},
    {"modules", "list of text or list of @loaded", false, "loaded kernel modules", 0},
    {"packages", "list of text or list of @package", false, "packages of dpkg", 0},
    {"kernel", "@kernel", false, "the running kernel", 0},
    {"mounts", "text", false, "the text of mountinfo; without it /, /proc and /sys", 0},
    {"http", "map of @answer", false,
     "answers by address, those of a socket by \"unix:SOCKET URL\"; anything else has no answer", 0},
    {"device_programs", "map of list of text", false,
     "from the folder of a version 2 control group to the programs that guard its devices, each the bytes of its "
     "instructions (struct bpf_insn) as hexadecimal digits; null: only root may ask; of groups that are not there "
     "nothing "
     "is told; containers make theirs of their device_rules",
     0},
    {"audit", "@audit", false, "what the kernel's audit system has loaded; without it that is not known", 0},
    {"images", "list of text", false, "paths of the host that are audited as --image does", 0},
    {"privileged", "bool", false,
     "false: an ordinary user (1000) looks, from whom others' processes and closed files are hidden; true without it",
     0},
    {"live", "bool", false, "false: a mounted root, on which nothing runs; true without it", 0},
    {"tree", "text", false, "a folder below --trees, over which all else is laid", 0},
    {.name = NULL},
};

const struct member inline_file_members[] = {
    {"content", "scalar", false, "its text", 0},
    {"base64", "text", false, "its bytes, instead of content", 0},
    {"mode", "text", false, "permission bits, quoted: \"0640\"; 0644 without it, 0755 for a directory", 0},
    {"owner", "text", false, "its user by name; root without it", 0},
    {"group", "text", false, "its group by name", 0},
    {"uid", "number", false, "its user by number", 0},
    {"gid", "number", false, "its group by number", 0},
    {"type", "one of file dir symlink fifo socket char block", false,
     "what it is; a file without it, a symlink where there is a target", 0},
    {"target", "text", false, "where a symlink leads", 0},
    {"denied", "bool", false,
     "permission denied to whoever reads it, or looks into the directory; its own mode and owner are seen", 0},
    {"size", "number", false, "its size where that is more than its content", 0},
    {"xattrs", "map of text", false, "extended attributes by name, as base64", 0},
    {"mtime", "number", false,
     "when its content was written, in seconds since the epoch; the machine booted at 1700000000", 0},
    {"major", "number", false, "of a device", 0},
    {"minor", "number", false, "of a device", 0},
    {.name = NULL},
};

const struct member inline_process_members[] = {
    {"pid", "number", false, "its number; from 1001 on without it", 0},
    {"ppid", "number", false, "its parent; 1 without it", 0},
    {"comm", "text", false, "its name; the end of argv's first word without it", 0},
    {"argv", "list of scalar", false, "its command line", 0},
    {"exe", "scalar or null", false,
     "its program; argv's first word where that is a path, else /usr/bin/COMM; null: the link cannot be read", 0},
    {"uid", "number", false, "its user; 0 without it", 0},
    {"gid", "number", false, "its group; 0 without it", 0},
    {"groups", "list of scalar", false, "its supplementary groups by number", 0},
    {"caps", "@caps", false, "its capabilities; all for root and none for others without it", 0},
    {"seccomp", "one of 0 1 2", false, "off, strict, filter", 0},
    {"no_new_privs", "one of 0 1", false, "whether it can gain privileges by execve no more", 0},
    {"label", "text", false, "what its security module calls it; unconfined without it", 0},
    {"cgroup", "text", false, "the text of its cgroup file; that of a service of its name without it", 0},
    {"ns", "@namespaces", false, "inode numbers of its namespaces; those of the host without it", 0},
    {"uid_map", "text", false, "the text of that file", 0},
    {"gid_map", "text", false, "the text of that file", 0},
    {"mountinfo", "text", false, "the text of that file; the host's without it", 0},
    {"root", "scalar or null", false, "its root directory, / without it; null: the link cannot be read", 0},
    {"cwd", "scalar or null", false, "its working directory, / without it; null: the link cannot be read", 0},
    {"state", "one of R S D T Z I", false, "running, sleeping (without it), waiting for a disk, stopped, dead, idle",
     0},
    {"environ", "map of scalar", false, "its environment", 0},
    {"files", "map of scalar or map of @file", false,
     "further files by their name below /proc/PID, stated as those of the host", 0},
    {"fd", "map of scalar", false, "its open files: where each number leads", 0},
    {"oom_score_adj", "scalar", false, "the text of that file", 0},
    {"kernel", "bool", false, "it is a thread of the kernel", 0},
    {"thread", "number", false, "its first thread ended, and it goes on in this one; 0 (without it): it did not", 0},
    {"start", "number", false, "when it was started, in ticks of 10 ms since 1700000000; 1000 and its pid without it",
     0},
    {.name = NULL},
};

const struct member inline_caps_members[] = {
    {"inheritable", "one of all none or list of text", false, "none without it", 0},
    {"permitted", "one of all none or list of text", false, "those of effective without it", 0},
    {"effective", "one of all none or list of text", false, "names without case: cap_net_admin, or all, or none", 0},
    {"bounding", "one of all none or list of text", false, "all without it", 0},
    {"ambient", "one of all none or list of text", false, "none without it", 0},
    {.name = NULL},
};

const struct member inline_namespace_members[] = {
    {"cgroup", "number or null", false, "its cgroup namespace; null: the link cannot be read", 0},
    {"ipc", "number or null", false, "its ipc namespace; null: the link cannot be read", 0},
    {"mnt", "number or null", false, "its mount namespace; null: the link cannot be read", 0},
    {"net", "number or null", false, "its network namespace; null: the link cannot be read", 0},
    {"pid", "number or null", false, "its pid namespace; null: the link cannot be read", 0},
    {"time", "number or null", false, "its time namespace; null: the link cannot be read", 0},
    {"user", "number or null", false, "its user namespace; null: the link cannot be read", 0},
    {"uts", "number or null", false, "its uts namespace; null: the link cannot be read", 0},
    {.name = NULL},
};

const struct member inline_kernel_members[] = {
    {"release", "scalar", false, "as uname -r prints it", 0},
    {"config", "map of scalar or text", false, "its build configuration by symbol, null or false: not set; or its text",
     0},
    {"cmdline", "scalar", false, "its command line", 0},
    {"version", "scalar", false, "the text of /proc/version", 0},
    {.name = NULL},
};

const struct member inline_module_members[] = {
    {"name", "text", false, "its name", 0},
    {"size", "number", false, "its size in bytes", 0},
    {"used", "number", false, "how often it is used", 0},
    {"by", "text", false, "which modules use it", 0},
    {"parameters", "map of scalar", false, "its parameters below /sys/module", 0},
    {.name = NULL},
};

const struct member inline_package_members[] = {
    {"name", "text", false, "its name", 0},
    {"version", "scalar", false, "its version; 1.0-1 without it", 0},
    {"status", "one of installed config-files not-installed half-installed half-configured unpacked", false,
     "as dpkg names it; installed without it", 0},
    {"arch", "text", false, "its architecture; amd64 without it", 0},
    {"source", "text", false, "its source package", 0},
    {.name = NULL},
};

const struct member inline_answer_members[] = {
    {"status", "number", false, "200 without it", 0},
    {"json", "any", false, "the body, as JSON", 0},
    {"body", "scalar", false, "the body, as text", 0},
    {"error", "text", false, "instead of an answer: refused, timeout, denied, absent, limit, or a text", 0},
    {"content_type", "text", false, "as the header says", 0},
    {"server_version", "text", false, "as the header Api-Version or Server says", 0},
    {.name = NULL},
};

const struct member inline_audit_members[] = {
    {"enabled", "one of 0 1 2", false, "off, on (without it), on and locked", 0},
    {"rules", "list of text", false, "the loaded rules, as auditctl -l prints them", 0},
    {"error", "text", false,
     "what it answers instead; one that begins with unsupported: this kernel has no auditing; with not permitted: the "
     "right is lacking",
     0},
    {.name = NULL},
};

const struct vocabulary *inline_vocabularies(size_t *count)
{
    static const struct vocabulary all[] = {
        {"host", "a host", inline_host_members},
        {"file", "a file", inline_file_members},
        {"process", "a process", inline_process_members},
        {"caps", "capabilities", inline_caps_members},
        {"namespaces", "namespaces", inline_namespace_members},
        {"kernel", "the kernel", inline_kernel_members},
        {"loaded", "a loaded module", inline_module_members},
        {"package", "a package", inline_package_members},
        {"answer", "an answer", inline_answer_members},
        {"audit", "the audit system", inline_audit_members},
        {"container", "a container", inline_container_members},
        {"further", "a further process of a container", inline_further_members},
        {"mount", "a mount of a container", inline_mount_members},
        {"shared", "shared namespaces", inline_shared_members},
    };
    *count = sizeof all / sizeof *all;
    return all;
}

const struct vocabulary *inline_vocabulary(const char *name)
{
    size_t n = 0;
    const struct vocabulary *all = inline_vocabularies(&n);
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(all[i].name, name))
            return &all[i];
    return NULL;
}

static char *kind_words(const char *kind)
{
    static const char *const heads[] = {"list of ", "map of "};
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        if (!g_str_has_prefix(kind, heads[i]))
            continue;
        g_autofree char *inner = kind_words(kind + strlen(heads[i]));
        return g_strconcat("a ", heads[i], inner, NULL);
    }
    const struct vocabulary *vocabulary = *kind == '@' ? inline_vocabulary(kind + 1) : NULL;
    if (vocabulary)
        return g_strdup_printf("a mapping (%s)", vocabulary->text);
    return g_strdup(g_str_equal(kind, "scalar")    ? "text, number or bool"
                    : g_str_equal(kind, "decimal") ? "number"
                    : g_str_equal(kind, "mapping") ? "a mapping"
                    : g_str_equal(kind, "bool")    ? "true or false"
                                                   : kind);
}

char *inline_type_words(const char *type)
{
    g_auto(GStrv) kinds = g_strsplit(type, " or ", -1);
    for (char **kind = kinds; *kind; kind++) {
        char *words = kind_words(*kind);
        g_free(*kind);
        *kind = words;
    }
    return g_strjoinv(" or ", kinds);
}
