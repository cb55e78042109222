#include "sample.h"

#include "engine/score.h"

#include <stdarg.h>
#include <string.h>

struct row {
    enum layer layer;
    const char *module, *module_title, *rule, *title;
    enum severity severity;
    enum verdict verdict;
    const char *references; /* "benchmark control level;..." */
    const char *reason, *cause, *remediation;
    const char *rationale, *fix, *shell, *ansible, *question;
    const char *items; /* subject|verdict|observed JSON|expected|path|line|process|api;... */
};

static const struct row rows[] = {
    {LAYER_CODE, "application-binaries", "Application binaries", "elf-pie",
     "Programs that listen are position independent", SEVERITY_MEDIUM, VERDICT_PASS, "nist-800-53r5 SI-16 0", NULL,
     NULL, NULL, "Fixed addresses make memory corruption bugs far easier to exploit.",
     "Build the program with -fPIE and link it with -pie.", NULL, NULL, NULL,
     "/usr/sbin/nginx|pass|{\"pie\":true}|pie is true|/usr/sbin/nginx|0||;"
     "/usr/sbin/sshd|pass|{\"pie\":true}|pie is true|/usr/sbin/sshd|0||"},
    {LAYER_CODE, "application-binaries", "Application binaries", "elf-relro", "Programs that listen have full RELRO",
     SEVERITY_LOW, VERDICT_FAIL, "nist-800-53r5 SI-16 0", NULL, NULL, NULL,
     "A writable table of functions is the first thing an overflow overwrites.",
     "Link the program with -Wl,-z,relro,-z,now.", NULL, NULL, NULL,
     "/opt/shop/bin/cart|fail|{\"relro\":\"partial\"}|relro is full|/opt/shop/bin/cart|0||"},
    {LAYER_CODE, "application-files", "Application files", "app-secrets-mode",
     "Application secrets are readable by their owner only", SEVERITY_HIGH, VERDICT_FAIL,
     "owasp-docker-2019 D09 0;nist-800-190 4.1.4 0", NULL, NULL, NULL,
     "Any local account, or any container that mounts the folder, could take the credentials.",
     "Remove the rights of group and others.", "chmod go= /opt/shop/etc/database.env", NULL, NULL,
     "/opt/shop/etc/database.env|fail|{\"mode\":\"0644\",\"owner\":\"shop\",\"db_password\":\"hunter2hunter2\"}|mode "
     "is at most 0600|/opt/shop/etc/database.env|0||"},
    {LAYER_CONTAINER, "docker-daemon", "Docker daemon", "docker-icc-off",
     "Containers on the default bridge cannot reach each other", SEVERITY_MEDIUM, VERDICT_FAIL,
     "cis-docker-1.6.0 2.2 1;nist-800-190 4.3.3 0", NULL, NULL, NULL,
     "Without this, one compromised container can probe every neighbour on the default bridge.",
     "Set \"icc\": false in the daemon's configuration and restart it.",
     "install -m 0644 /dev/stdin /etc/docker/daemon.json <<'EOF'\n{\"icc\": false}\nEOF\nsystemctl restart docker",
     "- name: Containers cannot reach each other\n  ansible.builtin.copy:\n    dest: /etc/docker/daemon.json\n    "
     "content: '{\"icc\": false}'\n    mode: \"0644\"\n  notify: restart docker",
     NULL,
     "dockerd|fail|{\"value\":true,\"source\":\"built-in default\"}|value is false|||dockerd (pid 812)|built-in "
     "default"},
    {LAYER_CONTAINER, "docker-daemon", "Docker daemon", "docker-live-restore",
     "Containers keep running while the daemon is down", SEVERITY_LOW, VERDICT_PASS, "cis-docker-1.6.0 2.15 1", NULL,
     NULL, NULL, "A restart of the daemon should be no outage.", "Set \"live-restore\": true.", NULL, NULL, NULL,
     "dockerd|pass|{\"value\":true}|value is true|/etc/docker/daemon.json|4|dockerd (pid 812)|"},
    {LAYER_CONTAINER, "docker-daemon", "Docker daemon", "docker-socket-mode", "The API socket is closed to others",
     SEVERITY_HIGH, VERDICT_UNKNOWN, "cis-docker-1.6.0 3.16 1", "/run/docker.sock: Permission denied", "needs root",
     "run as root", "Whoever can write to the socket is root on the host.", "Set the mode of the socket to 0660.",
     "chmod 0660 /run/docker.sock", NULL, NULL, NULL},
    {LAYER_CONTAINER, "docker-daemon", "Docker daemon", "docker-userns",
     "Containers run in a user namespace of their own", SEVERITY_HIGH, VERDICT_FAIL, "cis-docker-1.6.0 2.9 2", NULL,
     NULL, NULL, "Root in a container is root on the host as soon as it gets out.",
     "Set \"userns-remap\": \"default\".", NULL, NULL, NULL,
     "dockerd|fail|{\"value\":null}|value is set|/etc/docker/daemon.json|1|dockerd (pid 812)|"},
    {LAYER_CONTAINER, "runtime", "Running containers", "container-not-privileged", "No container is privileged",
     SEVERITY_CRITICAL, VERDICT_FAIL, "cis-docker-1.6.0 5.5 1;pss-baseline-1.30 privileged 0", NULL, NULL, NULL,
     "A privileged container can load modules, write to every disk and leave at will.",
     "Start the container without --privileged; give it the single capability or device that it needs.", NULL, NULL,
     NULL,
     "web-1|fail|{\"privileged\":true,\"capabilities\":[\"CAP_SYS_ADMIN\",\"CAP_NET_ADMIN\",\"CAP_SYS_MODULE\"]}|"
     "privileged is false|||node (pid 2211)|"},
    {LAYER_CONTAINER, "runtime", "Running containers", "container-read-only-root",
     "The root file system of a container is read only", SEVERITY_MEDIUM, VERDICT_FAIL, "cis-docker-1.6.0 5.13 1", NULL,
     NULL, NULL, "Malware that cannot be written does not survive a restart.",
     "Start the container with --read-only and a tmpfs for what it writes.", NULL, NULL, NULL, NULL},
    {LAYER_CONTAINER, "runtime", "Running containers", "container-host-network",
     "No container shares the network of the host", SEVERITY_HIGH, VERDICT_FAIL,
     "cis-docker-1.6.0 5.10 1;pss-baseline-1.30 host-namespaces 0", NULL, NULL, NULL,
     "It could listen on every address and reach services that trust the loopback.",
     "Publish the ports that are needed instead.", NULL, NULL, NULL,
     "ingress|fail|{\"host_network\":true}|host_network is false|||nginx (pid 3030)|"},
    {LAYER_CLUSTER, "kubelet", "Kubelet", "kubelet-anonymous-auth", "The kubelet refuses anonymous requests",
     SEVERITY_CRITICAL, VERDICT_NOTAPPLICABLE, "cis-kubernetes-1.9.0 4.2.1 1", "no kubelet runs here", NULL, NULL,
     "Anonymous requests can run commands in every pod of the node.", "Set authentication.anonymous.enabled: false.",
     NULL, NULL, NULL, NULL},
    {LAYER_CLUSTER, "kubelet", "Kubelet", "kubelet-rotate-certificates", "Client certificates are rotated",
     SEVERITY_MEDIUM, VERDICT_NOTAPPLICABLE, "cis-kubernetes-1.9.0 4.2.10 1", "no kubelet runs here", NULL, NULL, NULL,
     "Set rotateCertificates: true.", NULL, NULL, NULL, NULL},
    {LAYER_CLOUD, "accounts", "Local accounts", "account-empty-password", "No account has an empty password",
     SEVERITY_CRITICAL, VERDICT_UNKNOWN, "cis-debian-12 7.2.2 1;nist-800-53r5 IA-5 0", "/etc/shadow: Permission denied",
     "needs root", "run as root", "Anyone could log in.", "Lock the account or set a password.", "passwd --lock NAME",
     NULL, NULL, NULL},
    {LAYER_CLOUD, "accounts", "Local accounts", "account-review", "Accounts that may log in are known and needed",
     SEVERITY_MEDIUM, VERDICT_NOTCHECKED, "cis-debian-12 7.2.1 1", "nobody has answered the question yet", NULL, NULL,
     "A forgotten account is a door that nobody watches.", "Remove accounts that nobody needs.", NULL, NULL,
     "Is every account that may log in known to you and still needed?",
     "alice|informational|{\"uid\":1000,\"shell\":\"/bin/bash\"}||/etc/"
     "passwd|31||;bob|informational|{\"uid\":1001,\"shell\":\"/bin/bash\"}||/etc/passwd|32||"},
    {LAYER_CLOUD, "accounts", "Local accounts", "account-root-only-uid-0", "Only root has uid 0", SEVERITY_HIGH,
     VERDICT_PASS, "cis-debian-12 7.2.8 1", NULL, NULL, NULL, "A second uid 0 is a hidden root.",
     "Give the account another uid.", NULL, NULL, NULL, "root|pass|{\"uid\":0}|name is root|/etc/passwd|1||"},
    {LAYER_CLOUD, "filesystem", "Filesystem", "fs-world-writable", "No file is writable by everyone", SEVERITY_MEDIUM,
     VERDICT_ERROR, "cis-debian-12 7.1.11 1", "the walk stopped at /srv/data: Input/output error", "input/output error",
     "check the disk of /srv/data", "Anyone could change what others run.", "Remove the right of others to write.",
     "chmod o-w FILE", NULL, NULL, NULL},
    {LAYER_CLOUD, "kernel", "Kernel", "kernel-inventory", "Kernel modules that are loaded", SEVERITY_INFO,
     VERDICT_INFORMATIONAL, "", NULL, NULL, NULL, "To know what runs in the kernel is the first step to less.",
     "Blacklist what is not needed.", NULL, NULL, NULL,
     "overlay|informational|{\"loaded\":true,\"size\":151552}||/proc/"
     "modules|1||;br_netfilter|informational|{\"loaded\":true,\"size\":32768}||/proc/modules|2||"},
    {LAYER_CLOUD, "kernel", "Kernel", "sysctl-kptr-restrict", "Kernel addresses are hidden from users", SEVERITY_MEDIUM,
     VERDICT_PASS, "kspp-2024 kptr_restrict 0;cis-debian-12 1.5.1 1", NULL, NULL, NULL,
     "Known addresses turn a kernel bug into a working exploit.", "Set kernel.kptr_restrict to 1 or 2.",
     "sysctl -w kernel.kptr_restrict=1", NULL, NULL,
     "kernel.kptr_restrict|pass|{\"value\":2,\"persistent\":\"2\"}|value is at least "
     "1|/etc/sysctl.d/10-kernel.conf|7||"},
    {LAYER_CLOUD, "kernel", "Kernel", "sysctl-unprivileged-bpf", "Users cannot load BPF programs", SEVERITY_HIGH,
     VERDICT_FAIL, "kspp-2024 bpf 0", NULL, NULL, NULL, "The BPF verifier has been a steady source of kernel exploits.",
     "Set kernel.unprivileged_bpf_disabled to 1.",
     "echo 'kernel.unprivileged_bpf_disabled = 1' > /etc/sysctl.d/60-bpf.conf\nsysctl --system", NULL, NULL,
     "kernel.unprivileged_bpf_disabled|fail|{\"value\":0,\"ratio\":71.4}|value is at least "
     "1|/proc/sys/kernel/unprivileged_bpf_disabled|0||"},
    {LAYER_CLOUD, "legacy", "Legacy services", "legacy-telnet", "No telnet server is installed", SEVERITY_HIGH,
     VERDICT_NOTSELECTED, "cis-debian-12 2.1.15 1", "left out by --skip legacy-*", NULL, NULL, NULL, "Remove telnetd.",
     NULL, NULL, NULL, NULL},
    {LAYER_CLOUD, "sshd", "OpenSSH server", "sshd-password-authentication", "Nobody logs in with a password",
     SEVERITY_HIGH, VERDICT_FAIL, "cis-debian-12 5.1.20 1;nist-800-53r5 IA-2 0", NULL, NULL, NULL,
     "Passwords are guessed day and night by machines all over the world.", "Set PasswordAuthentication no.",
     "echo 'PasswordAuthentication no' > /etc/ssh/sshd_config.d/10-keys.conf\nsystemctl reload ssh", NULL, NULL,
     "sshd|fail|{\"value\":\"yes\"}|value is no|/etc/ssh/sshd_config|57||"},
    {LAYER_CLOUD, "sshd", "OpenSSH server", "sshd-permit-root-login", "Root does not log in over the network",
     SEVERITY_HIGH, VERDICT_PASS, "cis-debian-12 5.1.19 1", NULL, NULL, NULL,
     "A shared account has no owner in the logs.", "Set PermitRootLogin no.", NULL, NULL, NULL,
     "sshd|pass|{\"value\":\"no\"}|value is no|/etc/ssh/sshd_config.d/10-root.conf|1||"},
    {LAYER_CLOUD, "sshd", "OpenSSH server", "sshd-banner", "A banner is shown before login", SEVERITY_INFO,
     VERDICT_FAIL, "cis-debian-12 5.1.5 1", NULL, NULL, NULL, "Some jurisdictions ask for a warning.",
     "Set Banner /etc/issue.net.", NULL, NULL, NULL,
     "sshd|fail|{\"value\":\"none\"}|value is not none|/etc/ssh/sshd_config|0||built-in default"},
    {LAYER_CLOUD, "sshd", "OpenSSH server", "sshd-owner-attested", "The keys of the server are rotated every year",
     SEVERITY_LOW, VERDICT_PASS, "", NULL, NULL, NULL, NULL, "Make new host keys.", NULL, NULL,
     "Were the host keys replaced within the last year?", NULL},
};

static const char *part(char **parts, guint n, guint i)
{
    return i < n && *parts[i] ? parts[i] : NULL;
}

static struct item_result *make_item(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", -1);
    guint n = g_strv_length(parts);
    struct item_result *item = item_result_new();
    item->subject = g_strdup(parts[0]);
    verdict_parse(part(parts, n, 1), &item->verdict);
    json_object_put(item->observed);
    item->observed = json_tokener_parse(parts[2]);
    item->expected = g_strdup(part(parts, n, 3));
    item->source.path = g_strdup(part(parts, n, 4));
    item->source.line = (unsigned)g_ascii_strtoull(n > 5 ? parts[5] : "0", NULL, 10);
    item->source.process = g_strdup(part(parts, n, 6));
    item->source.api = g_strdup(part(parts, n, 7));
    return item;
}

static void add_references(struct result *result, const char *text)
{
    g_auto(GStrv) list = g_strsplit(text, ";", -1);
    for (char **one = list; *one && **one; one++) {
        g_auto(GStrv) words = g_strsplit(*one, " ", 3);
        g_ptr_array_add(result->references,
                        reference_new(words[0], words[1], (int)g_ascii_strtoll(words[2], NULL, 10)));
    }
}

/* In the words of the rule: of an item, of nothing found, and what is demanded. */
static void put_words(struct result *result)
{
    if (g_str_equal(result->rule, "container-not-privileged")) {
        struct item_result *item = result->items->pdata[0];
        item->finding = g_strdup("`web-1` is privileged and has the capabilities CAP_SYS_ADMIN, CAP_NET_ADMIN");
        result->expected = g_strdup("no privileged container");
    } else if (g_str_equal(result->rule, "container-read-only-root")) {
        result->finding = g_strdup("No container has a read-only root file system");
    }
}

static struct result *make_result(const struct row *row)
{
    struct result *result = result_new();
    result->rule = g_strdup(row->rule);
    result->title = g_strdup(row->title);
    result->module = g_strdup(row->module);
    result->module_title = g_strdup(row->module_title);
    result->layer = row->layer;
    result->severity = row->severity;
    result->verdict = row->verdict;
    result->reason = g_strdup(row->reason);
    result->cause = g_strdup(row->cause);
    result->remediation = g_strdup(row->remediation);
    result->rationale = g_strdup(row->rationale);
    result->question = g_strdup(row->question);
    result->fix.text = g_strdup(row->fix);
    result->fix.shell = g_strdup(row->shell);
    result->fix.ansible = g_strdup(row->ansible);
    add_references(result, row->references);
    g_auto(GStrv) items = g_strsplit(row->items ? row->items : "", ";", -1);
    for (char **item = items; *item && **item; item++)
        g_ptr_array_add(result->items, make_item(*item));
    put_words(result);
    result_count(result);
    return result;
}

static struct result *find(struct audit *audit, const char *rule)
{
    for (guint i = 0; i < audit->results->len; i++) {
        struct result *result = audit->results->pdata[i];
        if (g_str_equal(result->rule, rule))
            return result;
    }
    g_assert_not_reached();
}

void sample_finish(struct audit *audit)
{
    for (guint i = 0; i < audit->results->len; i++)
        audit->left_out += ((const struct result *)audit->results->pdata[i])->verdict == VERDICT_NOTSELECTED;
    score_audit(audit);
}

static void add_fact(GPtrArray *facts, const char *name, const char *value)
{
    struct fact *fact = g_new0(struct fact, 1);
    fact->name = g_strdup(name);
    fact->value = g_strdup(value);
    g_ptr_array_add(facts, fact);
}

struct audit *sample_host(void)
{
    struct audit *audit = audit_new();
    audit->version = g_strdup("0.1.0");
    audit->host.name = g_strdup("node7.example.org");
    audit->host.os = g_strdup("Debian GNU/Linux 12 (bookworm)");
    audit->host.kernel = g_strdup("6.1.0-18-amd64");
    audit->host.arch = g_strdup("x86_64");
    audit->host.root = g_strdup("/");
    audit->host.id = g_strdup("0f3c1b7a9d2e4f608192a3b4c5d6e7f8");
    audit->host.live = true;
    audit->started = g_strdup("2026-11-24T06:00:00Z");
    audit->duration_ms = 412;
    g_ptr_array_add(audit->profiles, g_strdup("auto"));
    audit->sandbox.no_new_privs = true;
    audit->sandbox.seccomp = true;
    audit->sandbox.landlock_abi = 4;
    audit->sandbox.capabilities = g_strdup("CAP_DAC_READ_SEARCH");
    audit->sandbox.uid = 61184;
    audit->sandbox.separated = audit->sandbox.undumpable = true;
    audit->gate.fail_on = g_strdup("medium");
    audit->gate.why = g_strdup("");
    return audit;
}

static void add_use(GPtrArray *uses, const char *rule, const char *item, const char *reason, const char *until,
                    int days)
{
    struct waiver_use *use = g_new0(struct waiver_use, 1);
    use->rule = g_strdup(rule);
    use->item = g_strdup(item);
    use->note.reason = g_strdup(reason);
    use->note.owner = g_strdup("platform-team");
    use->note.until = g_strdup(until);
    use->days_left = days;
    g_ptr_array_add(uses, use);
}

static void add_waivers(struct audit *audit)
{
    struct result *userns = find(audit, "docker-userns");
    userns->waived = waiver_note_new("volumes of the old shop belong to host users", "platform-team", "2027-01-31");
    ((struct item_result *)userns->items->pdata[0])->waived =
        waiver_note_new("volumes of the old shop belong to host users", "platform-team", "2027-01-31");
    add_use(audit->waivers, "docker-userns", NULL, "volumes of the old shop belong to host users", "2027-01-31", 68);
    add_use(audit->waivers, "container-read-only-root", "builder-*", "the build cache is written in place",
            "2026-12-10", 16);
    add_use(audit->waivers_unused, "sshd-port-*", NULL, "kept for the migration", "2027-03-01", 97);
    add_use(audit->waivers_expired, "sshd-banner", NULL, "the text is with the lawyers", "2026-10-01", -54);
    find(audit, "sshd-owner-attested")->attested = waiver_note_new("rotated in May", "alice", "2027-05-31");
}

static void add_containers(struct result *result, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct item_result *item = item_result_new();
        item->subject = g_strdup_printf("worker-%03u", i);
        item->verdict = VERDICT_FAIL;
        json_object_object_add(item->observed, "read_only_root", json_object_new_boolean(false));
        item->expected = g_strdup("read_only_root is true");
        item->source.process = g_strdup_printf("worker (pid %u)", 4000 + i);
        g_ptr_array_add(result->items, item);
    }
    struct item_result *waived = result->items->pdata[1];
    g_free(waived->subject);
    waived->subject = g_strdup("builder-1");
    waived->waived = waiver_note_new("the build cache is written in place", "platform-team", "2026-12-10");
    result_count(result);
    result->items_total += 7; /* what passes is not kept */
    result->items_passed = 7;
    g_free(result->object);
    g_free(result->objects);
    result->object = g_strdup("container");
    result->objects = g_strdup("containers");
}

static void add_hostile(struct audit *audit)
{
    static const char *const names[] = {
        "<script>alert(1)</script>",
        "\xe2\x80\xae"
        "evil\xe2\x81\xa6"
        "bidi\xe2\x81\xa9",
        "]]><![CDATA[x",
        "</script><img src=x onerror=alert(2)><!--",
        "\x1b[31mred\x1b[0m\x07\x01",
        "bad\xff\xfeutf8",
        "javascript:alert(3)",
        "\"' onmouseover=\"alert(4)",
        "line\nbreak\tand tab",
    };
    struct result *result = find(audit, "container-host-network");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct item_result *item = item_result_new();
        item->subject = g_strdup(names[i]);
        item->verdict = VERDICT_FAIL;
        json_object_object_add(item->observed, "host_network", json_object_new_boolean(true));
        json_object_object_add(item->observed, "image", json_object_new_string(names[i]));
        item->expected = g_strdup("host_network is false");
        item->source.process = g_strdup_printf("%s (pid %d)", names[i], (int)(5000 + i));
        g_ptr_array_add(result->items, item);
    }
    json_object *environ = json_object_new_array();
    json_object_array_add(environ, json_object_new_string("API_TOKEN=s3cr3t-value"));
    json_object_array_add(environ, json_object_new_string("MODE=fast"));
    struct item_result *first = result->items->pdata[0];
    json_object_object_add(first->observed, "environ", environ);
    g_autofree char *big = g_strnfill(3000, 'x');
    json_object_object_add(first->observed, "label", json_object_new_string(big));
    result_count(result);
}

static void add_errors(struct audit *audit)
{
    g_ptr_array_add(audit->errors,
                    run_error_new("/etc/plumbline/checks/cloud/site.yaml:12:7",
                                  "unknown probe \"sysctI\"; did you mean \"sysctl\"? The module was left out"));
    g_ptr_array_add(audit->errors,
                    run_error_new("/etc/plumbline/checks/cloud/\x1b[2Jx.yaml:1:1", "not valid <YAML> & \x01"));
}

static struct audit *make_sample(bool clean)
{
    struct audit *audit = sample_host();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        enum verdict verdict = rows[i].verdict;
        if (!clean || verdict == VERDICT_PASS || verdict == VERDICT_NOTAPPLICABLE || verdict == VERDICT_INFORMATIONAL)
            g_ptr_array_add(audit->results, make_result(&rows[i]));
    }
    return audit;
}

struct audit *sample_audit(void)
{
    struct audit *audit = make_sample(false);
    add_containers(find(audit, "container-read-only-root"), 64);
    add_waivers(audit);
    add_hostile(audit);
    add_errors(audit);
    add_fact(audit->values, "max_auth_tries", "3");
    g_free(audit->sandbox.note);
    audit->sandbox.note = g_strdup("capabilities were not dropped: the audit does not run as root");
    g_free(audit->gate.why);
    audit->gate.exit_code = 3;
    audit->gate.why = g_strdup("2 modules could not be loaded; 8 of medium or above failed (--fail-on medium)");
    sample_finish(audit);
    return audit;
}

struct audit *sample_clean(void)
{
    struct audit *audit = make_sample(true);
    audit->host.privileged = true;
    g_free(audit->gate.why);
    audit->gate.why = g_strdup("every demand is met (--fail-on medium)");
    sample_finish(audit);
    return audit;
}

struct audit *sample_empty(void)
{
    struct audit *audit = sample_host();
    g_free(audit->gate.why);
    audit->gate.exit_code = 3;
    audit->gate.why = g_strdup("no rule was judged");
    sample_finish(audit);
    return audit;
}

struct audit *sample_large(unsigned rules)
{
    struct audit *audit = sample_host();
    for (unsigned i = 0; i < rules; i++) {
        struct result *result = result_new();
        unsigned module = i * 40 / rules;
        result->layer = (enum layer)(module / 10);
        result->rule = g_strdup_printf("rule-%05u", i);
        result->title = g_strdup_printf("Demand number %u is met by the host", i);
        result->module = g_strdup_printf("module-%02u", module);
        result->module_title = g_strdup_printf("Module %u", module);
        result->severity = (enum severity)(i % SEVERITY_COUNT);
        result->verdict = i % 7 == 0 ? VERDICT_FAIL : (i % 31 == 0 ? VERDICT_UNKNOWN : VERDICT_PASS);
        result->rationale = g_strdup("What an attacker gains without it.");
        result->fix.text = g_strdup("Do what is demanded.");
        if (result->verdict == VERDICT_UNKNOWN)
            result->cause = g_strdup("needs root");
        g_autofree char *control = g_strdup_printf("%u.%u", 1 + module % 6, i % 50);
        g_ptr_array_add(result->references, reference_new("cis-debian-12", control, 1 + i % 2));
        for (int k = 0; k < 3; k++) {
            struct item_result *item = item_result_new();
            item->subject = g_strdup_printf("thing-%u-%d", i, k);
            item->verdict = result->verdict;
            json_object_object_add(item->observed, "value", json_object_new_int64((int64_t)(i * 3) + k));
            item->expected = g_strdup("value is at least 1");
            item->source.path = g_strdup_printf("/etc/thing/%u.conf", i);
            item->source.line = i + 1;
            g_ptr_array_add(result->items, item);
        }
        result_count(result);
        g_ptr_array_add(audit->results, result);
    }
    g_free(audit->gate.why);
    audit->gate.exit_code = 1;
    audit->gate.why = g_strdup("rules of medium or above failed (--fail-on medium)");
    sample_finish(audit);
    return audit;
}
