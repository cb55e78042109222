/* A stated container becomes what the kernel and its engine show of one. */
#include "host/host.h"
#include "host/http.h"
#include "model/error.h"
#include "model/tree.h"

#include <string.h>
#include <sys/stat.h>

#include "cmocka_all.h"

#define ID     "4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c"
#define GROUP  "/sys/fs/cgroup/system.slice/docker-" ID ".scope/"
#define RECORD "/var/lib/docker/containers/" ID "/"
#define BUNDLE "/run/containerd/io.containerd.runtime.v2.task/moby/" ID "/config.json"

/* Of one container whose members are given, and what the host states beside it. */
static struct host *make_beside(const char *members, const char *beside)
{
    g_autofree char *text = g_strdup_printf("{\"containers\":[{%s}]%s}", members, beside);
    json_object *spec = json_tokener_parse(text);
    assert_non_null(spec);
    g_autoptr(GError) error = NULL;
    struct host *host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    if (error)
        fail_msg("%s", error->message);
    return host;
}

static struct host *make(const char *members)
{
    return make_beside(members, "");
}

static char *read_text(struct host *host, const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = host_read_text(host, path, &error);
    if (error)
        fail_msg("%s", error->message);
    return text;
}

static void assert_text(struct host *host, const char *path, const char *wanted)
{
    g_autofree char *text = read_text(host, path);
    assert_string_equal(text, wanted);
}

static void assert_has(struct host *host, const char *path, const char *part)
{
    g_autofree char *text = read_text(host, path);
    if (!strstr(text, part))
        fail_msg("%s lacks %s: %s", path, part, text);
}

static void assert_lacks(struct host *host, const char *path, const char *part)
{
    g_autofree char *text = read_text(host, path);
    if (strstr(text, part))
        fail_msg("%s has %s: %s", path, part, text);
}

static void assert_link(struct host *host, const char *path, const char *wanted)
{
    g_autofree char *target = host_readlink(host, path, NULL);
    assert_string_equal(target, wanted);
}

static void assert_wrong(const char *members, const char *part)
{
    g_autofree char *text = g_strdup_printf("{\"containers\":[{%s}]}", members);
    json_object *spec = json_tokener_parse(text);
    assert_non_null(spec);
    g_autoptr(GError) error = NULL;
    assert_null(host_new_inline(spec, NULL, &error));
    json_object_put(spec);
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_CONTENT));
    if (!strstr(error->message, part))
        fail_msg("%s lacks %s", error->message, part);
}

static void a_confined_one(void **state)
{
    (void)state;
    pl_auto(host) host = make("");
    assert_has(host, "/proc/200/status", "\nPPid:\t150\n");
    assert_has(host, "/proc/200/status", "\nUid:\t10001\t10001\t10001\t10001\nGid:\t10001\t10001\t10001\t10001\n");
    assert_has(host, "/proc/200/status", "\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n");
    assert_has(host, "/proc/200/status", "\nCapBnd:\t00000000a80425fb\n");
    assert_has(host, "/proc/200/status", "\nNoNewPrivs:\t1\nSeccomp:\t2\n");
    assert_text(host, "/proc/200/cgroup", "0::/system.slice/docker-" ID ".scope\n");
    assert_link(host, "/proc/200/root", "/c/web");
    assert_link(host, "/proc/200/ns/net", "net:[4026532503]");
    assert_link(host, "/proc/200/ns/user", "user:[4026531837]");
    assert_has(host, "/proc/200/mountinfo", "500 400 0:50 / / ro,relatime - overlay overlay rw,lowerdir=/l");
    assert_has(host, "/proc/200/mountinfo", "511 501 0:52 /null /proc/keys rw,nosuid - tmpfs tmpfs rw\n");
    assert_has(host, "/proc/200/mountinfo", "0:30 /system.slice/docker-" ID ".scope /sys/fs/cgroup ro - cgroup2");
    assert_has(host, "/proc/200/mountinfo", " " RECORD "hosts /etc/hosts rw - ext4 /dev/sda1 rw\n");
    assert_text(host, GROUP "memory.max", "268435456");
    assert_text(host, GROUP "memory.swap.max", "0");
    assert_text(host, GROUP "pids.max", "100");
    assert_text(host, GROUP "cpu.max", "50000 100000");
    assert_text(host, "/proc/150/comm", "containerd-shim\n");
    assert_link(host, "/proc/150/cwd", "/run/containerd/io.containerd.runtime.v2.task/moby/" ID);
    assert_true(host_exists(host, "/c/web/dev/null") && host_exists(host, "/proc/kcore"));
    assert_has(host, "/proc/1/mountinfo", "25 20 0:25 / /run rw - tmpfs tmpfs rw\n");
    assert_false(host_exists(host, RECORD "config.v2.json") || host_exists(host, BUNDLE));
}

static void rights(void **state)
{
    (void)state;
    pl_auto(host) root = make("\"uid\":0,\"caps\":[\"default\",\"CAP_SYS_ADMIN\"],\"seccomp\":\"off\"");
    assert_has(root, "/proc/200/status",
               "\nCapPrm:\t00000000a82425fb\nCapEff:\t00000000a82425fb\nCapBnd:\t00000000a82425fb\n");
    assert_has(root, "/proc/200/status", "\nSeccomp:\t0\n");
    pl_auto(host) user = make("\"caps\":{\"effective\":[\"CAP_KILL\"],\"bounding\":\"none\"},\"no_new_privs\":false,"
                              "\"groups\":[998],\"label\":\"mine (enforce)\"");
    assert_has(user, "/proc/200/status",
               "\nCapPrm:\t0000000000000020\nCapEff:\t0000000000000020\nCapBnd:\t0000000000000000\n");
    assert_has(user, "/proc/200/status", "\nGroups:\t998 \n");
    assert_has(user, "/proc/200/status", "\nNoNewPrivs:\t0\n");
    assert_text(user, "/proc/200/attr/current", "mine (enforce)\n");
    pl_auto(host) mapped = make("\"uid\":7,\"uid_map\":\"0 100000 65536\",\"namespaces\":{\"host\":[\"net\"]}");
    assert_has(mapped, "/proc/200/status", "\nUid:\t100007\t100007\t100007\t100007\nGid:\t100007\t");
    assert_text(mapped, "/proc/200/uid_map", "0 100000 65536\n");
    assert_link(mapped, "/proc/200/ns/user", "user:[4026532600]");
    assert_link(mapped, "/proc/200/ns/net", "net:[4026531840]");
    pl_auto(host) all = make("\"privileged\":true,\"uid\":0");
    assert_has(all, "/proc/200/status", "\nCapBnd:\t000001ffffffffff\n");
    assert_has(all, "/proc/200/status", "\nSeccomp:\t0\n");
    assert_lacks(all, "/proc/200/mountinfo", " /proc/sys ");
    assert_has(all, "/proc/200/mountinfo", " / /sys rw,nosuid,nodev,noexec - sysfs sysfs rw\n");
    assert_has(all, "/proc/200/mountinfo", " /sys/fs/cgroup rw - cgroup2");
}

static void processes(void **state)
{
    (void)state;
    pl_auto(host) host = make(
        "\"argv\":[\"/srv\",\"-v\"],\"env\":{\"A\":\"b\"},\"seccomp\":\"off\",\"processes\":["
        "{\"argv\":[\"/bin/sh\"],\"uid\":0,\"proc\":{\"limits\":\"none\"}},{\"comm\":\"x\",\"pid\":9,\"ppid\":200}]");
    assert_text(host, "/proc/200/comm", "srv\n");
    assert_has(host, "/proc/200/environ", "A=b");
    assert_text(host, "/proc/210/comm", "sh\n");
    assert_text(host, "/proc/210/environ", "");
    assert_text(host, "/proc/210/limits", "none");
    assert_has(host, "/proc/210/status", "\nUid:\t0\t");
    assert_has(host, "/proc/210/status", "\nCapEff:\t00000000a80425fb\n");
    assert_has(host, "/proc/210/status", "\nSeccomp:\t0\n");
    assert_link(host, "/proc/210/ns/mnt", "mnt:[4026532501]");
    assert_has(host, "/proc/9/status", "\nPPid:\t200\n");
    pl_auto(host) bare = make("\"monitor\":false");
    assert_has(bare, "/proc/200/status", "\nPPid:\t1\n");
    assert_false(host_exists(bare, "/proc/150"));
}

static void mounts(void **state)
{
    (void)state;
    static const char path[] = "/proc/200/mountinfo";
    pl_auto(host) host =
        make("\"readonly\":false,\"unmasked\":[\"/proc/sys\"],\"volumes\":[\"db:/data\"],\"mounts\":["
             "\"/run/docker.sock:/s\",\"/:/x:ro,slave\",\"/proc:/x/proc:rshared\",\"/proc:/proc:ro\","
             "{\"target\":\"/sys\",\"options\":\"rw\",\"super\":\"rw\"},{\"target\":\"/t\",\"type\":\"tmpfs\"}]");
    assert_has(host, path, "500 400 0:50 / / rw,relatime - overlay");
    assert_lacks(host, path, " /proc/sys ");
    assert_has(host, path, "540 500 0:25 /docker.sock /s rw - tmpfs tmpfs rw\n");
    assert_has(host, path, "541 500 8:1 / /x ro master:1 - ext4 /dev/sda1 rw\n");
    assert_has(host, path, "542 541 0:5 / /x/proc rw - proc proc rw\n");
    assert_has(host, path, "501 500 0:5 / /proc ro - proc proc rw\n");
    assert_lacks(host, path, "0:51 / /proc ");
    assert_has(host, path, "520 500 0:54 / /sys rw - sysfs sysfs rw\n");
    assert_has(host, path, "543 500 0:200 / /t rw - tmpfs tmpfs rw\n");
    assert_has(host, path, "544 500 8:1 /var/lib/docker/volumes/db/_data /data rw - ext4 /dev/sda1 rw\n");
    pl_auto(host) other =
        make_beside("\"mounts\":[\"/srv/a/b:/x\"]",
                    ",\"mounts\":\"1 0 9:0 / / rw - xfs /dev/md0 rw\\n2 1 9:1 /sub /srv rw - xfs /dev/md1 rw\\n\"");
    assert_has(other, path, " 9:1 /sub/a/b /x rw - xfs /dev/md1 rw\n");
}

static void groups(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("\"memory\":\"max\",\"pids\":7,\"cpus\":2,\"swap\":null,\"cgroup_files\":{\"cpu.weight\":\"20\"}");
    assert_text(host, GROUP "memory.max", "max");
    assert_text(host, GROUP "pids.max", "7");
    assert_text(host, GROUP "cpu.max", "200000 100000");
    assert_text(host, GROUP "cpu.weight", "20");
    assert_false(host_exists(host, GROUP "memory.swap.max"));
    pl_auto(host) old = make("\"cgroup_version\":1,\"memory\":\"max\",\"device_rules\":[\"c 1:3 rwm\"]");
    assert_has(old, "/proc/200/cgroup", ":memory:/docker/" ID "\n");
    assert_has(old, "/proc/200/cgroup", "1:name=systemd:/docker/" ID "\n0::/\n");
    assert_text(old, "/sys/fs/cgroup/memory/docker/" ID "/memory.limit_in_bytes", "9223372036854771712");
    assert_text(old, "/sys/fs/cgroup/devices/docker/" ID "/devices.list", "c 1:3 rwm\n");
    assert_text(old, "/sys/fs/cgroup/cpu/docker/" ID "/cpu.cfs_quota_us", "50000");
    assert_false(host_exists(old, "/sys/fs/cgroup/cgroup.controllers"));
}

static json_object *read_json(struct host *host, const char *path)
{
    g_autofree char *text = read_text(host, path);
    json_object *tree = json_tokener_parse(text);
    assert_non_null(tree);
    return tree;
}

static void assert_at(const json_object *tree, const char *path, const char *wanted)
{
    g_autofree char *text = tree_canonical(tree_at(tree, path));
    assert_string_equal(text, wanted);
}

static void docker_records(void **state)
{
    (void)state;
    pl_auto(host) host =
        make("\"memory\":\"max\",\"caps\":[\"CAP_KILL\",\"CAP_BPF\"],\"restart\":\"on-failure:5\","
             "\"ports\":[\"[::]:8080:80\",\"53:53/udp\"],\"healthcheck\":\"unhealthy\",\"image\":\"x@sha256:1\","
             "\"record\":{\"as\":[\"files\",\"bundle\"],\"HostConfig\":{\"Memory\":7},\"bundle\":{\"root\":{"
             "\"readonly\":false}}}");
    pl_autojson json_object *config = read_json(host, RECORD "config.v2.json");
    pl_autojson json_object *wanted = read_json(host, RECORD "hostconfig.json");
    pl_autojson json_object *bundle = read_json(host, BUNDLE);
    assert_at(config, "Name", "\"/web\"");
    assert_at(config, "Config.Image", "\"x@sha256:1\"");
    assert_at(config, "State.Health.Status", "\"unhealthy\"");
    assert_at(config, "NetworkSettings.Ports",
              "{\"53/udp\":[{\"HostIp\":\"\",\"HostPort\":\"53\"}],"
              "\"80/tcp\":[{\"HostIp\":\"::\",\"HostPort\":\"8080\"}]}");
    assert_null(tree_member(config, "HostConfig"));
    assert_null(tree_member(config, "bundle"));
    assert_at(wanted, "Memory", "7");
    assert_at(wanted, "CapAdd", "[\"CAP_BPF\"]");
    assert_int_equal(json_object_array_length(tree_member(wanted, "CapDrop")), 13);
    assert_at(wanted, "RestartPolicy", "{\"MaximumRetryCount\":5,\"Name\":\"on-failure\"}");
    assert_at(bundle, "root.readonly", "false");
    assert_at(bundle, "process.capabilities.bounding", "[\"CAP_KILL\",\"CAP_BPF\"]");
    assert_at(bundle, "linux.resources.memory.limit", "0");
    pl_auto(host) plain = make("\"record\":\"files\"");
    pl_autojson json_object *same = read_json(plain, RECORD "hostconfig.json");
    assert_at(same, "Memory", "268435456");
    assert_true(json_object_object_get_ex(same, "CapAdd", NULL) && !tree_member(same, "CapAdd"));
    assert_null(tree_member(same, "CapDrop"));
    assert_at(same, "SecurityOpt", "[\"no-new-privileges\"]");
}

static void other_runtimes(void **state)
{
    (void)state;
    static const char list[] = "/var/lib/containers/storage/overlay-containers/containers.json";
    json_object *spec =
        json_tokener_parse("{\"containers\":[{\"runtime\":\"podman\",\"name\":\"a\",\"record\":\"storage\"},"
                           "{\"runtime\":\"cri-o\",\"name\":\"b\",\"record\":\"storage\"},"
                           "{\"runtime\":\"runc\",\"name\":\"raw\"},{\"runtime\":\"lxc\",\"name\":\"box\"},"
                           "{\"runtime\":\"containerd\"}]}");
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    assert_non_null(host);
    assert_has(host, "/proc/200/cgroup", "/machine.slice/libpod-" ID ".scope\n");
    assert_text(host, "/proc/150/comm", "conmon\n");
    assert_has(host, "/proc/300/cgroup", "crio-5e2d5e2d");
    assert_has(host, list, "\"names\":[\"a\"]");
    assert_has(host, list, "\"names\":[\"b\"]");
    assert_text(host, "/proc/400/cgroup", "0::/raw\n");
    assert_has(host, "/run/runc/raw/state.json", "bundle=/srv/bundles/raw");
    assert_has(host, "/proc/400/status", "\nPPid:\t1\n");
    assert_text(host, "/proc/500/cgroup", "0::/lxc.payload.box\n");
    assert_link(host, "/proc/600/ns/mnt", "mnt:[4026533301]");
    assert_text(host, "/proc/550/comm", "containerd-shim\n");
    g_autofree char *told = host_inline_containers(spec);
    assert_non_null(strstr(told, "container raw of runc: {"));
    assert_non_null(strstr(told, "\ncontainer web5 of containerd: {"));
    json_object_put(spec);
    assert_null(host_inline_containers(NULL));
}

static long status_of(struct host *host, const char *path)
{
    g_autofree char *url = g_strconcat("http://localhost", path, NULL);
    const struct http_request request = {.socket = "/run/docker.sock", .url = url, .max = 65536};
    struct http_answer answer;
    g_autoptr(GError) error = NULL;
    if (!host_http_get(host, &request, &answer, &error))
        fail_msg("%s", error->message);
    long status = answer.status;
    http_answer_clear(&answer);
    return status;
}

/* The engine runs wherever the container that it keeps a record of stands, and says 404 of the others, but where the
 * host states another answer. */
static void one_record_of_three(void **state)
{
    (void)state;
    static const char text[] =
        "{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"record\":\"api\"},{\"name\":\"c\",\"id\":\"3\"}],"
        "\"http\":{\"unix:/run/docker.sock http://localhost/containers/3/json\":{\"status\":500}}}";
    json_object *spec = json_tokener_parse(text);
    g_autoptr(GError) error = NULL;
    pl_auto(host) host = host_new_inline(spec, NULL, &error);
    json_object_put(spec);
    assert_non_null(host);
    assert_text(host, "/proc/100/comm", "dockerd\n");
    assert_int_equal(status_of(host, "/containers/" ID "/json"), 404);
    assert_int_equal(
        status_of(host, "/containers/5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d5e2d/json"), 200);
    assert_int_equal(status_of(host, "/containers/3/json"), 500);
}

/* What a test states beside a container lies over it. */
static void beside(void **state)
{
    (void)state;
    pl_auto(host) host = make_beside("\"files\":{\"/etc/x\":\"in\"},\"devices\":[\"/dev/sda\"]",
                                     ",\"files\":{\"/proc/keys\":null,\"" GROUP "pids.max\":\"5\"},\"processes\":["
                                     "{\"pid\":200,\"ns\":{\"net\":null}},{\"pid\":3,\"comm\":\"other\"}]");
    assert_text(host, "/c/web/etc/x", "in");
    struct host_stat st;
    assert_true(host_stat(host, "/c/web/dev/sda", &st, NULL) && S_ISBLK(st.mode) && st.gid == 6);
    assert_false(host_exists(host, "/proc/keys"));
    assert_text(host, GROUP "pids.max", "5");
    assert_text(host, "/proc/3/comm", "other\n");
    g_autoptr(GError) error = NULL;
    assert_null(host_readlink(host, "/proc/200/ns/net", &error));
    assert_true(g_error_matches(error, PL_ERROR, PL_ERROR_DENIED));
    assert_link(host, "/proc/200/ns/pid", "pid:[4026532502]");
}

static void wrong_ones(void **state)
{
    (void)state;
    assert_wrong("\"memry\":1", "unknown key \"memry\" (did you mean memory?)");
    assert_wrong("\"runtime\":\"podmn\"",
                 "runtime: one of docker podman containerd cri-o runc lxc is needed (did you mean podman?)");
    assert_wrong("\"memory\":[]", "memory: number or text or null is needed");
    assert_wrong("\"uid\":\"x\"", "uid: number is needed");
    assert_wrong("\"caps\":[\"CAP_NIX\"]", "CAP_NIX");
    assert_wrong("\"caps\":{\"bonding\":[]}", "did you mean bounding?");
    assert_wrong("\"seccomp\":\"of\"", "seccomp: one of off strict filter is needed (did you mean off?)");
    assert_wrong("\"namespaces\":{\"host\":[\"nets\"]}",
                 "one of pid net ipc uts cgroup user is needed (did you mean net?)");
    assert_wrong("\"namespaces\":{\"host\":\"net\"}", "a list of one of pid net");
    assert_wrong("\"mounts\":[\"/x\"]", "SOURCE:TARGET");
    assert_wrong("\"mounts\":[{\"target\":\"/nix\"}]", "nothing is at /nix");
    assert_wrong("\"mounts\":[{\"targt\":\"/nix\"}]", "did you mean target?");
    assert_wrong("\"unmasked\":[\"/proc/sy\"]", "nothing covers /proc/sy");
    assert_wrong("\"unmasked\":\"most\"", "unmasked: one of all or a list of text is needed");
    assert_wrong("\"cgroup_version\":3", "cgroup_version: one of 1 2 is needed");
    assert_wrong("\"cpus\":\"two\"", "cpus: number or one of max or null is needed");
    assert_wrong("\"ports\":[\"x\"],\"record\":\"files\"", "[ADDRESS:]PORT:INSIDE");
    assert_wrong("\"healthcheck\":\"well\",\"record\":\"files\"", "one of healthy unhealthy");
    assert_wrong("\"record\":\"storage\"", "docker keeps no storage");
    assert_wrong("\"record\":\"disk\"", "one of none api files storage bundle");
    assert_wrong("\"record\":{\"HostConfig\":{}}", "\"as\" is needed");
    assert_wrong("\"record\":{\"as\":\"files\",\"hostconfig\":{}}", "unknown key \"hostconfig\"");
    assert_wrong("\"runtime\":\"lxc\",\"record\":\"bundle\"", "lxc keeps no bundle");
    assert_wrong("\"devices\":[\"sda\"]", "an absolute path");
    assert_wrong("\"files\":{\"etc\":\"\"}", "not an absolute path");
    assert_wrong("\"mounts\":[{\"source\":\"/x\"}]", "\"target\" is missing");
    assert_wrong("\"mounts\":[\"/x\\ny:/y\"]", "as mountinfo has it");
    assert_wrong("\"mounts\":[\"/x:/a b\"]", "as mountinfo has it");
    assert_wrong("\"mounts\":[{\"type\":\"tmpfs\",\"target\":\"/a\\tb\"}]", "as mountinfo has it");
    assert_wrong("\"mounts\":[{\"type\":\"tmpfs\",\"target\":\"/a\",\"super\":\"rw a\"}]", "super: one word");
    assert_wrong("\"volumes\":[\"a b:/y\"]", "as mountinfo has it");
    /* One that a host's link leads through. */
    assert_wrong("\"mounts\":[\"/srv/a/b:/y\"]}],\"files\":{\"/srv/a\":{\"target\":\"/c\"}},\"processes\":[{\"pid\":7",
                 "/srv/a is a link");
    assert_wrong("\"processes\":[{\"argv\":[\"/x\"],\"ns\":{}}]", "unknown key \"ns\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confined_one), cmocka_unit_test(rights),
        cmocka_unit_test(processes),      cmocka_unit_test(mounts),
        cmocka_unit_test(groups),         cmocka_unit_test(docker_records),
        cmocka_unit_test(other_runtimes), cmocka_unit_test(one_record_of_three),
        cmocka_unit_test(beside),         cmocka_unit_test(wrong_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
