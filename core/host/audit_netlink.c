/* NETLINK_AUDIT: AUDIT_GET tells whether auditing is on, AUDIT_LIST_RULES the rules, one message each. Both need
 * CAP_AUDIT_CONTROL and the first pid and user namespace; nothing is changed by asking. */
#include "host/audit_netlink.h"

#include "host/audit_words.h"

#include "model/error.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define MESSAGE_MAX 16384
#define RULES_MAX   20000
#define WAIT_MS     1000

typedef bool (*reply_taker)(const struct nlmsghdr *message, gpointer data);

static bool fail(struct audit_loaded *loaded, int err)
{
    static const struct {
        int err;
        enum pl_error code;
        const char *text;
    } known[] = {
        {EPROTONOSUPPORT, PL_ERROR_UNSUPPORTED, "this kernel is built without audit"},
        {EPERM, PL_ERROR_DENIED, "the kernel's audit rules: not permitted"},
        {EACCES, PL_ERROR_DENIED, "the kernel's audit rules: not permitted"},
        {ECONNREFUSED, PL_ERROR_DENIED, "the kernel's audit rules cannot be read from this pid or user namespace"},
        {ETIMEDOUT, PL_ERROR_READ, "the kernel did not tell its audit rules in time"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known) && !loaded->error; i++)
        if (known[i].err == err)
            loaded->error = g_error_new_literal(PL_ERROR, (gint)known[i].code, known[i].text);
    if (!loaded->error)
        pl_error_set_errno(&loaded->error, err, "the kernel's audit rules");
    return false;
}

/* NLMSG_DATA() for what is only read. */
static const void *payload(const struct nlmsghdr *message)
{
    return (const char *)message + NLMSG_HDRLEN;
}

/* 0 or an errno value. */
static int send_request(int fd, guint16 type, guint32 sequence)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    const struct nlmsghdr request = {
        .nlmsg_len = NLMSG_LENGTH(0),
        .nlmsg_type = type,
        .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
        .nlmsg_seq = sequence,
    };
    ssize_t n = sendto(fd, &request, request.nlmsg_len, 0, (const struct sockaddr *)&kernel, sizeof kernel);
    return n < 0 ? errno : 0;
}

/* Bytes of the next datagram of the kernel, or a negative errno value. */
static ssize_t receive(int fd, char *buffer, gint64 deadline)
{
    for (;;) {
        gint64 left = (deadline - g_get_monotonic_time()) / 1000;
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return ready < 0 ? -errno : -ETIMEDOUT;
        struct sockaddr_nl from = {0};
        socklen_t size = sizeof from;
        ssize_t n = recvfrom(fd, buffer, MESSAGE_MAX, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (n > 0 && from.nl_pid == 0)
            return n;
    }
}

/* The answers to one request up to its end: NLMSG_DONE after a list, else the one message. 0 or an errno value. */
static int exchange(int fd, guint16 type, guint32 sequence, reply_taker take, gpointer data)
{
    g_autofree char *buffer = g_malloc0(MESSAGE_MAX);
    gint64 deadline = g_get_monotonic_time() + (gint64)WAIT_MS * 1000;
    int err = send_request(fd, type, sequence);
    while (!err) {
        ssize_t n = receive(fd, buffer, deadline);
        if (n < 0)
            return (int)-n;
        const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)buffer;
        if (!NLMSG_OK(message, (guint32)n) || message->nlmsg_seq != sequence)
            continue;
        if (message->nlmsg_type == NLMSG_DONE)
            return 0;
        if (message->nlmsg_type == NLMSG_ERROR) {
            const struct nlmsgerr *answer = payload(message);
            bool whole = message->nlmsg_len >= NLMSG_LENGTH(sizeof *answer);
            err = whole ? -answer->error : EBADMSG;
        } else if (message->nlmsg_type == type && !take(message, data)) {
            return EBADMSG;
        } else if (type == AUDIT_GET && message->nlmsg_type == type) {
            return 0;
        }
    }
    return err;
}

static bool take_status(const struct nlmsghdr *message, gpointer data)
{
    struct audit_loaded *loaded = data;
    struct audit_status status = {0};
    size_t n = message->nlmsg_len - NLMSG_LENGTH(0);
    if (n < offsetof(struct audit_status, failure))
        return false;
    memcpy(&status, payload(message), MIN(n, sizeof status));
    loaded->enabled = (int)status.enabled;
    return true;
}

static bool take_rule(const struct nlmsghdr *message, gpointer data)
{
    GPtrArray *rules = data;
    char *text =
        rules->len < RULES_MAX ? audit_rule_words(payload(message), message->nlmsg_len - NLMSG_LENGTH(0)) : NULL;
    if (text)
        g_ptr_array_add(rules, text);
    return text != NULL;
}

void audit_ask_kernel(struct audit_loaded *loaded)
{
    pl_autofd int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
    if (fd < 0) {
        fail(loaded, errno);
        return;
    }
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(g_free);
    int err = exchange(fd, AUDIT_GET, 1, take_status, loaded);
    if (!err)
        err = exchange(fd, AUDIT_LIST_RULES, 2, take_rule, rules);
    if (err) {
        fail(loaded, err);
        return;
    }
    g_ptr_array_add(rules, NULL);
    loaded->rules = g_new0(char *, rules->len);
    for (guint i = 0; i + 1 < rules->len; i++)
        loaded->rules[i] = g_strdup(rules->pdata[i]);
}
