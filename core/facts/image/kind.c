/* Names are compared as whole components: "mykeys.env.d" is no ".env". */
#include "facts/image/kind.h"

#include "host/path.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX ((gsize)1 << 20)
#define KEY_MAX  ((gsize)64 << 10)
#define KEY_MIN  100 /* a key that is real has more bytes */

static bool is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static bool any_below(const char *path, const char *const *folders)
{
    for (; *folders; folders++)
        if (is_below(path, *folders))
            return true;
    return false;
}

/* Is there a component of that name, the last one left out? */
static bool has_folder(const char *path, const char *const *names)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (char **part = parts; part[0] && part[1]; part++)
        if (g_strv_contains(names, *part))
            return true;
    return false;
}

/* ---- credentials ---- */

static bool is_credential(const char *path)
{
    static const char *const names[] = {"id_rsa",        "id_dsa",  "id_ecdsa",    "id_ed25519",       "id_ecdsa_sk",
                                        "id_ed25519_sk", ".env",    "credentials", "credentials.json", "password.txt",
                                        ".npmrc",        ".pypirc", ".netrc",      ".git-credentials", ".pgpass",
                                        ".htpasswd",     NULL};
    static const char *const suffixes[] = {".jks", ".ovpn", ".private_key", ".secret", ".keychain", ".psafe3", NULL};
    static const char *const folders[] = {".aws", ".azure", ".gcp", ".kube", NULL};
    const char *name = host_base_name(path);
    if (g_strv_contains(names, name) || has_folder(path, folders))
        return true;
    for (const char *const *suffix = suffixes; *suffix; suffix++)
        if (g_str_has_suffix(name, *suffix))
            return true;
    return g_str_equal(path, ".docker/config.json") || g_str_has_suffix(path, "/.docker/config.json");
}

static bool is_ssh_key(const char *path)
{
    const char *name = host_base_name(path);
    if (g_str_equal(path, ".ssh/authorized_keys") || g_str_has_suffix(path, "/.ssh/authorized_keys"))
        return true;
    return g_str_has_prefix(path, "etc/ssh/ssh_host_") && g_str_has_suffix(name, "_key");
}

/* ---- programs ---- */

/* The name of a program in one of the usual folders; NULL for other paths. */
static const char *program_name(const char *path)
{
    static const char *const folders[] = {"bin/",           "sbin/",           "usr/bin/", "usr/sbin/",
                                          "usr/local/bin/", "usr/local/sbin/", "opt/bin/", NULL};
    for (const char *const *folder = folders; *folder; folder++)
        if (g_str_has_prefix(path, *folder) && !strchr(path + strlen(*folder), '/'))
            return path + strlen(*folder);
    return NULL;
}

static unsigned program_kinds(const char *path)
{
    static const char *const managers[] = {"apt-get",  "apt",    "dpkg",   "apk", "rpm",  "dnf",   "dnf5", "yum",
                                           "microdnf", "zypper", "pacman", "pip", "pip3", "conda", NULL};
    static const char *const tools[] = {"nc",   "ncat",  "netcat", "nmap", "tcpdump", "gdb",    "strace", "gcc",  "cc",
                                        "make", "socat", "sshd",   "ssh",  "sudo",    "telnet", "curl",   "wget", NULL};
    static const char *const servers[] = {"sshd", "dropbear", NULL};
    const char *name = program_name(path);
    if (!name)
        return 0;
    unsigned kinds = g_strv_contains(managers, name) ? IMAGE_BIT(IMAGE_PACKAGE_MANAGER) : 0;
    kinds |= g_strv_contains(tools, name) ? IMAGE_BIT(IMAGE_TOOL) : 0;
    return kinds | (g_strv_contains(servers, name) ? IMAGE_BIT(IMAGE_SSHD) : 0);
}

/* ---- left behind ---- */

static bool is_cache(const char *path)
{
    static const char *const folders[] = {"var/lib/apt/lists", "var/cache/apk",     "var/cache/dnf",   "var/cache/yum",
                                          "var/cache/zypp",    "var/cache/libdnf5", "root/.cache/pip", NULL};
    static const char *const empty[] = {"lock", ".keep", ".gitkeep", NULL};
    if (g_strv_contains(empty, host_base_name(path)))
        return false;
    return any_below(path, folders) || fnmatch("var/cache/apt/archives/*.deb", path, 0) == 0;
}

static bool is_leftover(const struct archive_member *member)
{
    static const char *const folders[] = {".git", ".svn", ".hg", ".vscode", ".idea", ".cache", ".npm", NULL};
    static const char *const files[] = {"Dockerfile",          "Containerfile", "docker-compose.yml",
                                        "docker-compose.yaml", ".DS_Store",     NULL};
    return g_strv_contains(member->kind == ARCHIVE_DIRECTORY ? folders : files, host_base_name(member->path));
}

static bool is_backdoor(const char *path)
{
    const char *name = host_base_name(path);
    return g_str_equal(name, "liblzma.so.5.6.0") || g_str_equal(name, "liblzma.so.5.6.1");
}

/* ---- links ---- */

/* /etc/mtab is by custom a link to the kernel's table. */
static bool is_mount_table(const char *path, const char *target)
{
    return g_str_equal(path, "etc/mtab") && target &&
           (g_str_has_suffix(target, "proc/mounts") || g_str_has_suffix(target, "proc/self/mounts"));
}

static bool is_odd_link(const struct archive_member *member)
{
    static const char *const places[] = {"etc/passwd", "etc/group", "etc/shadow", "etc/mtab", "etc",
                                         "dev",        "proc",      "sys",        NULL};
    return g_strv_contains(places, member->path) && !is_mount_table(member->path, member->link);
}

/* ---- all together ---- */

/* Engines give what the entry of a hard link says to the file that it links to (handleLChmod() of containerd and
 * containers/storage). */
static unsigned right_kinds(const struct archive_member *member, bool has_capability)
{
    return (member->mode & S_ISUID ? IMAGE_BIT(IMAGE_SETUID) : 0) |
           (member->mode & S_ISGID ? IMAGE_BIT(IMAGE_SETGID) : 0) | (has_capability ? IMAGE_BIT(IMAGE_CAPABILITY) : 0);
}

static unsigned regular_kinds(const struct archive_member *member, bool has_capability)
{
    static const char *const scratch[] = {"tmp", "var/tmp", "dev", "proc", "sys", NULL};
    static const char *const texts[] = {"etc/passwd",     "etc/shadow",         "etc/group",
                                        "etc/os-release", "usr/lib/os-release", NULL};
    unsigned kinds = program_kinds(member->path) | right_kinds(member, has_capability);
    kinds |= member->mode & S_IWOTH && !any_below(member->path, scratch) ? IMAGE_BIT(IMAGE_WORLD_WRITABLE) : 0;
    kinds |= member->size && is_credential(member->path) ? IMAGE_BIT(IMAGE_CREDENTIAL) : 0;
    kinds |= member->size && is_ssh_key(member->path) ? IMAGE_BIT(IMAGE_SSH_KEY) : 0;
    kinds |= is_cache(member->path) ? IMAGE_BIT(IMAGE_CACHE) : 0;
    kinds |= is_leftover(member) ? IMAGE_BIT(IMAGE_LEFTOVER) : 0;
    kinds |= is_backdoor(member->path) ? IMAGE_BIT(IMAGE_BACKDOOR) : 0;
    return kinds | (g_strv_contains(texts, member->path) ? IMAGE_BIT(IMAGE_TEXT) : 0);
}

static unsigned directory_kinds(const struct archive_member *member)
{
    static const char *const mounted[] = {"dev", "proc", "sys", NULL};
    bool open = (member->mode & S_IWOTH) && !(member->mode & S_ISVTX) && !any_below(member->path, mounted);
    return (open ? IMAGE_BIT(IMAGE_STICKY_MISSING) : 0) | (is_leftover(member) ? IMAGE_BIT(IMAGE_LEFTOVER) : 0);
}

unsigned image_kinds_of(const struct archive_member *member, bool has_capability)
{
    switch (member->kind) {
    case ARCHIVE_FILE:
        return regular_kinds(member, has_capability);
    case ARCHIVE_HARDLINK: /* what the target's mode and content give is taken from there */
        return program_kinds(member->path) | right_kinds(member, has_capability) |
               (is_odd_link(member) ? IMAGE_BIT(IMAGE_ODD_LINK) : 0) |
               (is_backdoor(member->path) ? IMAGE_BIT(IMAGE_BACKDOOR) : 0) |
               (is_credential(member->path) ? IMAGE_BIT(IMAGE_CREDENTIAL) : 0) |
               (is_ssh_key(member->path) ? IMAGE_BIT(IMAGE_SSH_KEY) : 0);
    case ARCHIVE_DIRECTORY:
        return directory_kinds(member);
    case ARCHIVE_SYMLINK:
        return program_kinds(member->path) | (is_odd_link(member) ? IMAGE_BIT(IMAGE_ODD_LINK) : 0);
    case ARCHIVE_CHARACTER:
    case ARCHIVE_OTHER:
        break;
    }
    return 0;
}

/* Bundles of a certificate and its key have the key somewhere behind. */
static bool is_bundle(const char *path)
{
    return g_str_has_suffix(path, ".pem") || g_str_has_suffix(path, ".key") || g_str_has_suffix(path, ".crt");
}

/* Code, documents and pictures: what begins like a key cannot be one of them. They are most of an image's files. */
static bool is_code(const char *path)
{
    static const char *const endings[] = {
        "py",  "pyc", "pyi",  "so",  "h",    "hpp",   "c",   "cc",  "js", "mjs", "cjs", "ts",  "map", "css", "png",
        "svg", "gif", "html", "jpg", "gz",   "xz",    "zst", "mo",  "rb", "pm",  "pl",  "a",   "o",   "ko",  "class",
        "jar", "go",  "rs",   "ttf", "woff", "woff2", "ico", "vim", "el", "elc", "md",  "rst", NULL};
    const char *dot = strrchr(host_base_name(path), '.');
    return dot && g_strv_contains(endings, dot + 1);
}

gsize image_content_wanted(const struct archive_member *member, unsigned kinds)
{
    if (member->kind != ARCHIVE_FILE || !member->size)
        return 0;
    if (kinds & IMAGE_BIT(IMAGE_TEXT))
        return TEXT_MAX;
    if (member->size < KEY_MIN || member->size >= KEY_MAX || is_code(member->path))
        return 0;
    return is_bundle(member->path) ? KEY_MAX : 64;
}

/* "-----BEGIN [... ]PRIVATE KEY": what OpenSSL, OpenSSH and PKCS 8 write, not "PUBLIC KEY" or "CERTIFICATE". */
static bool begins_key(const char *text)
{
    static const char begin[] = "-----BEGIN ";
    if (!g_str_has_prefix(text, begin))
        return false;
    const char *kind = text + strlen(begin);
    size_t n = strspn(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ");
    g_autofree char *label = g_strndup(kind, n);
    return g_str_has_prefix(kind + n, "-----") && g_str_has_suffix(label, "PRIVATE KEY");
}

unsigned image_kinds_of_content(const struct archive_member *member, GBytes *content)
{
    gsize n = 0;
    const char *data = g_bytes_get_data(content, &n);
    g_autofree char *text = g_strndup(data ? data : "", n); /* ends at a NUL: keys have none */
    const char *start = text + strspn(text, " \t\r\n");
    bool key = begins_key(start);
    for (const char *line = is_bundle(member->path) ? strstr(text, "\n-----BEGIN ") : NULL; line && !key;
         line = strstr(line + 1, "\n-----BEGIN "))
        key = begins_key(line + 1);
    return key ? IMAGE_BIT(IMAGE_PRIVATE_KEY) : 0;
}
