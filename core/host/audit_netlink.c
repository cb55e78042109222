/* NETLINK_AUDIT: AUDIT_GET tells whether auditing is on, AUDIT_LIST_RULES the rules, one message each. Both need
 * CAP_AUDIT_CONTROL and the first pid and user namespace; nothing is changed by asking. */
#include "host/audit_netlink.h"

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
        {ECONNREFUSED, PL_ERROR_READ, "the kernel's audit rules cannot be read from this pid or user namespace"},
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

/* ---- a rule as auditctl's options ---- */

static const char *list_name(guint32 flags)
{
    static const char *const names[] = {"user", "task", "entry", "watch", "exit", "exclude", "filesystem", "io_uring"};
    guint32 list = flags & ~(guint32)AUDIT_FILTER_PREPEND;
    return list < G_N_ELEMENTS(names) ? names[list] : "other";
}

static void append_permissions(GString *text, guint32 bits)
{
    static const struct {
        guint32 bit;
        char letter;
    } letters[] = {{4, 'r'}, {2, 'w'}, {1, 'x'}, {8, 'a'}};
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (bits & letters[i].bit)
            g_string_append_c(text, letters[i].letter);
}

static const char *sign_of(guint32 flags)
{
    switch (flags & AUDIT_OPERATORS) {
    case AUDIT_EQUAL:
        return "=";
    case AUDIT_NOT_EQUAL:
        return "!=";
    default:
        return "~";
    }
}

/* A text field: its length is the value, its bytes the next of the buffer. */
static bool append_string(GString *text, const char *name, const struct audit_rule_data *rule, guint32 i, size_t *used,
                          size_t room)
{
    size_t n = rule->values[i];
    if (n > room - *used)
        return false;
    g_autofree char *value = g_strndup(rule->buf + *used, n);
    *used += n;
    g_strdelimit(value, "\"", '?');
    g_string_append_printf(text, " -F %s%s\"%s\"", name, sign_of(rule->fieldflags[i]), value);
    return true;
}

static const char *string_field(guint32 field)
{
    static const struct {
        guint32 field;
        const char *name;
    } names[] = {
        {AUDIT_WATCH, "path"}, {AUDIT_DIR, "dir"},  {AUDIT_FILTERKEY, "key"}, {13, "subj_user"}, {14, "subj_role"},
        {15, "subj_type"},     {16, "subj_sen"},    {17, "subj_clr"},         {19, "obj_user"},  {20, "obj_role"},
        {21, "obj_type"},      {22, "obj_lev_low"}, {23, "obj_lev_high"},     {112, "exe"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].field == field)
            return names[i].name;
    return NULL;
}

static const char *number_field(guint32 field)
{
    static const struct {
        guint32 field;
        const char *name;
    } names[] = {{0, "pid"},   {1, "uid"},      {2, "euid"},   {5, "gid"},       {9, "auid"},
                 {11, "arch"}, {12, "msgtype"}, {103, "exit"}, {104, "success"}, {111, "fstype"}};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].field == field)
            return names[i].name;
    return "other";
}

static void append_number(GString *text, const struct audit_rule_data *rule, guint32 i)
{
    guint32 field = rule->fields[i], value = rule->values[i];
    if (field == AUDIT_PERM) {
        g_string_append(text, " -F perm=");
        append_permissions(text, value);
    } else if (field == AUDIT_ARCH && (rule->fieldflags[i] & AUDIT_OPERATORS) == AUDIT_EQUAL) {
        g_string_append(text, value & __AUDIT_ARCH_64BIT ? " -F arch=b64" : " -F arch=b32");
    } else {
        g_string_append_printf(text, " -F %s%s%u", number_field(field), sign_of(rule->fieldflags[i]), value);
    }
}

static bool is_every_call(const struct audit_rule_data *rule)
{
    /* The last words belong to the bits of call classes. */
    for (size_t i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
        if (rule->mask[i] != ~(guint32)0)
            return false;
    return true;
}

static bool take_rule(const struct nlmsghdr *message, gpointer data)
{
    GPtrArray *rules = data;
    const struct audit_rule_data *rule = payload(message);
    size_t n = message->nlmsg_len - NLMSG_LENGTH(0);
    if (n < sizeof *rule || rule->buflen > n - sizeof *rule || rule->field_count > AUDIT_MAX_FIELDS ||
        rules->len >= RULES_MAX)
        return false;
    const char *list = list_name(rule->flags);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "-a %s,%s", rule->action == AUDIT_NEVER ? "never" : "always", list);
    bool calls = g_str_equal(list, "exit") || g_str_equal(list, "entry");
    if (calls)
        g_string_append(text, is_every_call(rule) ? " -S all" : " -S some");
    size_t used = 0;
    for (guint32 i = 0; i < rule->field_count; i++) {
        const char *name = string_field(rule->fields[i]);
        if (name && !append_string(text, name, rule, i, &used, rule->buflen))
            return false;
        if (!name)
            append_number(text, rule, i);
    }
    g_ptr_array_add(rules, g_strdup(text->str));
    return true;
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
