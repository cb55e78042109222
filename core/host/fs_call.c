#include "host/fs_call.h"

#include "host/errand.h"
#include "host/remote.h"

#include <errno.h>
#include <string.h>

/* How long a file system may take to answer, when nobody says otherwise. */
#define PATIENCE (20 * G_USEC_PER_SEC)

/* Nothing in it is the caller's. */
struct far_call {
    struct errand errand; /* first */
    struct fs_call call;
    void (*run)(gpointer call);
    char *path, *name;
    union {
        struct host_stat stat;
        char *text;
        GBytes *bytes;
        GPtrArray *names;
    } found;
};

static struct far_call *far_of(struct errand *errand)
{
    return (struct far_call *)(void *)errand;
}

static void far_free(struct errand *errand)
{
    struct far_call *far = far_of(errand);
    switch (far->call.kind) {
    case CALL_LIST:
        g_ptr_array_unref(far->found.names);
        break;
    case CALL_READLINK:
    case CALL_RESOLVE:
        g_free(far->found.text);
        break;
    case CALL_READ:
    case CALL_XATTR:
        g_clear_pointer(&far->found.bytes, g_bytes_unref);
        break;
    case CALL_OPEN:
        if (far->call.result >= 0)
            close(far->call.result);
        break;
    case CALL_STAT:
        break;
    }
    g_free(far->path);
    g_free(far->name);
    g_free(far);
}

static void far_run(struct errand *errand)
{
    struct far_call *far = far_of(errand);
    far->run(&far->call);
}

static struct far_call *far_new(const struct fs_call *call, void (*run)(gpointer call))
{
    struct far_call *far = g_new0(struct far_call, 1);
    far->errand.run = far_run;
    far->errand.free = far_free;
    far->run = run;
    far->call = *call;
    far->call.path = far->path = g_strdup(call->path);
    far->call.name = far->name = g_strdup(call->name);
    far->call.out = &far->found;
    far->call.result = -ETIMEDOUT;
    if (call->kind == CALL_LIST)
        far->call.out = far->found.names = g_ptr_array_new_with_free_func(g_free);
    return far;
}

/* Gives the caller what was found. */
static int far_take(struct far_call *far, const struct fs_call *call)
{
    int result = far->call.result;
    switch (call->kind) {
    case CALL_STAT:
        if (result == 0)
            memcpy(call->out, &far->found.stat, sizeof far->found.stat);
        break;
    case CALL_LIST:
        g_ptr_array_extend_and_steal(call->out, far->found.names);
        far->found.names = g_ptr_array_new();
        break;
    case CALL_READLINK:
    case CALL_RESOLVE:
        *(char **)call->out = g_steal_pointer(&far->found.text);
        break;
    case CALL_READ:
    case CALL_XATTR:
        *(GBytes **)call->out = g_steal_pointer(&far->found.bytes);
        break;
    case CALL_OPEN:
        far->call.result = -1;
        break;
    }
    return result;
}

void far_init(struct far *far, const char *root, int mounts, int top)
{
    far->remote = remote_new(root, mounts, top);
    far->errands = errands_new();
    far->patience = PATIENCE;
}

bool far_clear(struct far *far)
{
    if (!errands_free(far->errands))
        return false;
    remote_free(far->remote);
    return true;
}

int far_ask(struct far *far, const struct fs_call *call, void (*run)(gpointer call), const char *place)
{
    if (remote_is_dead(far->remote, place))
        return -ETIMEDOUT;
    struct far_call *asked = far_new(call, run);
    enum errand_end end = errands_run(far->errands, &asked->errand, far->patience);
    int result = -EAGAIN;
    if (end == ERRAND_DONE)
        result = far_take(asked, call);
    if (end == ERRAND_LATE) {
        remote_mark_dead(far->remote, place);
        result = -ETIMEDOUT;
    }
    errand_unref(&asked->errand);
    return result;
}
