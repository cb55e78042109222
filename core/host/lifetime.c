/* What a host is built of, and how it is given up. */
#include "host/private.h"
#include "host/reader.h"
#include "host/room.h"

#include <sys/capability.h>
#include <unistd.h>

static bool has_reading_caps(void)
{
    cap_t caps = cap_get_proc();
    if (!caps)
        return false;
    cap_flag_value_t search = CAP_CLEAR, override = CAP_CLEAR, ptrace = CAP_CLEAR;
    cap_get_flag(caps, CAP_DAC_READ_SEARCH, CAP_EFFECTIVE, &search);
    cap_get_flag(caps, CAP_DAC_OVERRIDE, CAP_EFFECTIVE, &override);
    cap_get_flag(caps, CAP_SYS_PTRACE, CAP_EFFECTIVE, &ptrace);
    cap_free(caps);
    return (search == CAP_SET || override == CAP_SET) && ptrace == CAP_SET;
}

struct host *host_new_with_fs(struct host_fs *fs, const char *root)
{
    struct host *host = g_new0(struct host, 1);
    host->fs = fs;
    host->root = g_strdup(root);
    g_mutex_init(&host->engine_lock);
    host->engine = -1;
    host_cache_init(host);
    host->room = host_room_new();
    host_memo_init(host);
    host_http_init(host);
    return host;
}

struct host *host_new(const char *directory, GError **error)
{
    pl_auto(root) root = root_open(directory, error);
    return root ? host_new_of(root, error) : NULL;
}

struct host *host_new_of(const struct root *root, GError **error)
{
    int err = 0;
    struct host_fs *fs = fs_real_new(root, &err);
    if (!fs) {
        pl_error_set_errno(error, err, root->name);
        return NULL;
    }
    struct host *host = host_new_with_fs(fs, root->outside ? "/" : root->name);
    host->live = host->machine = root->kind == ROOT_MACHINE || root->kind == ROOT_LIVE;
    host->foreign = root->kind == ROOT_FOREIGN && root->mounted;
    host->first = root->first;
    host->outside = root->outside;
    host->privileged = geteuid() == 0 && has_reading_caps();
    return host;
}

void host_free(struct host *host)
{
    if (!host)
        return;
    g_clear_pointer(&host->reader, reader_free);
    g_clear_pointer(&host->device_reader, reader_free);
    g_clear_pointer(&host->hidden, g_array_unref);
    if (host->engine >= 0)
        close(host->engine);
    g_mutex_clear(&host->engine_lock);
    host_memo_clear(host);
    host_room_free(host->room);
    host_http_clear(host);
    g_clear_pointer(&host->images, g_ptr_array_unref);
    host_cache_clear(host);
    host->fs->ops->free(host->fs);
    json_object_put(host->http);
    json_object_put(host->audit);
    json_object_put(host->device_programs);
    g_free(host->root);
    g_free(host);
}

void host_set_readers(struct host *host, const int *sockets, guint n)
{
    host->reader = reader_new(sockets, n);
    fs_real_set_reader(host->fs, host->reader);
}
