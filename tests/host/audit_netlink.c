/* What the kernel answers when it is asked for its audit rules. In place of the kernel: a pair of sockets, into which
 * sendto() puts the answers that the test states. */
#include "host/audit_netlink.h"

#include "model/error.h"

#include "cmocka_all.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One message of the kernel, as an answer to the request `to`. */
struct answer {
    guint16 to, type;
    guint32 sequence; /* 0: that of the request */
    const void *payload;
    size_t n;
    guint32 length; /* claimed; 0: the true one */
};

static struct {
    int socket_error, send_error, kernel;
    const struct answer *answers;
    size_t n;
    guint16 asked[8];
    size_t n_asked;
} said;

/* In place of the C library's. */
int socket(int domain, int type, int protocol)
{
    int pair[2];
    if (domain != AF_NETLINK || protocol != NETLINK_AUDIT || said.socket_error) {
        errno = said.socket_error ? said.socket_error : EAFNOSUPPORT;
        return -1;
    }
    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | (type & SOCK_CLOEXEC), 0, pair), 0);
    said.kernel = pair[1];
    return pair[0];
}

static void answer(const struct nlmsghdr *request, const struct answer *one)
{
    struct nlmsghdr head = {.nlmsg_len = one->length ? one->length : (guint32)(NLMSG_HDRLEN + one->n),
                            .nlmsg_type = one->type,
                            .nlmsg_seq = one->sequence ? one->sequence : request->nlmsg_seq};
    g_autofree char *bytes = g_malloc0(sizeof head + one->n);
    memcpy(bytes, &head, sizeof head);
    if (one->n)
        memcpy(bytes + sizeof head, one->payload, one->n);
    assert_int_equal(write(said.kernel, bytes, sizeof head + one->n), sizeof head + one->n);
}

ssize_t sendto(int fd, const void *buffer, size_t n, int flags, const struct sockaddr *to, socklen_t size)
{
    const struct nlmsghdr *request = buffer;
    (void)fd, (void)flags, (void)to, (void)size;
    assert_true(n >= sizeof *request && said.n_asked < G_N_ELEMENTS(said.asked));
    said.asked[said.n_asked++] = request->nlmsg_type;
    if (said.send_error) {
        errno = said.send_error;
        return -1;
    }
    for (size_t i = 0; i < said.n; i++)
        if (said.answers[i].to == request->nlmsg_type)
            answer(request, &said.answers[i]);
    return (ssize_t)n;
}

static const struct nlmsgerr done, denied = {.error = -EPERM}, elsewhere = {.error = -ECONNREFUSED};
static const struct audit_status on = {.enabled = 2};
static const struct audit_rule_data never = {.flags = AUDIT_FILTER_TASK, .action = AUDIT_NEVER},
                                    cut = {.flags = AUDIT_FILTER_TASK, .buflen = 1000};

/* The answer's error, which is told with the code; the caller looks at the rest and frees it. */
static struct audit_loaded ask(const struct answer *answers, size_t n)
{
    struct audit_loaded loaded = {0};
    memset(said.asked, 0, sizeof said.asked);
    said.answers = answers, said.n = n, said.n_asked = 0, said.kernel = -1;
    audit_ask_kernel(&loaded);
    if (said.kernel >= 0)
        close(said.kernel);
    if (loaded.error)
        assert_null(loaded.rules);
    return loaded;
}

static void expect_error(const struct answer *answers, size_t n, int code, const char *words)
{
    struct audit_loaded loaded = ask(answers, n);
    assert_true(g_error_matches(loaded.error, PL_ERROR, code));
    assert_non_null(strstr(loaded.error->message, words));
    g_clear_error(&loaded.error);
}

static void status_and_rules(void **state)
{
    (void)state;
    const struct answer answers[] = {
        {AUDIT_GET, AUDIT_GET, 77, &on, sizeof on, 0}, /* of an earlier question */
        {AUDIT_GET, NLMSG_ERROR, 0, &done, sizeof done, 0},
        {AUDIT_GET, AUDIT_GET, 0, &on, sizeof on, 0},
        {AUDIT_LIST_RULES, NLMSG_ERROR, 0, &done, sizeof done, 0},
        {AUDIT_LIST_RULES, AUDIT_LIST_RULES, 0, &never, sizeof never, 0},
        {AUDIT_LIST_RULES, AUDIT_LIST_RULES, 0, &never, sizeof never, 0},
        {AUDIT_LIST_RULES, NLMSG_DONE, 0, NULL, 0, 0},
    };
    struct audit_loaded loaded = ask(answers, G_N_ELEMENTS(answers));
    assert_null(loaded.error);
    assert_int_equal(loaded.enabled, 2);
    assert_int_equal(g_strv_length(loaded.rules), 2);
    assert_non_null(strstr(loaded.rules[1], "never,task"));
    assert_int_equal(said.n_asked, 2);
    assert_int_equal(said.asked[1], AUDIT_LIST_RULES);
    g_strfreev(loaded.rules);
}

/* An empty list is an answer; a list without an end, or with a message that cannot be read, is none. */
static void a_list_counts_only_as_a_whole(void **state)
{
    (void)state;
    struct answer answers[] = {
        {AUDIT_GET, AUDIT_GET, 0, &on, sizeof on, 0},
        {AUDIT_LIST_RULES, NLMSG_DONE, 0, NULL, 0, 0},
        {AUDIT_LIST_RULES, NLMSG_DONE, 0, NULL, 0, 0},
    };
    struct audit_loaded loaded = ask(answers, 2);
    assert_null(loaded.error);
    assert_int_equal(g_strv_length(loaded.rules), 0);
    g_strfreev(loaded.rules);
    answers[1] = (struct answer){AUDIT_LIST_RULES, AUDIT_LIST_RULES, 0, &never, sizeof never, 0};
    expect_error(answers, 2, PL_ERROR_READ, "in time");
    answers[1] = (struct answer){AUDIT_LIST_RULES, AUDIT_LIST_RULES, 0, &cut, sizeof cut, 0};
    expect_error(answers, 3, PL_ERROR_READ, "audit rules");
    answers[1] = (struct answer){AUDIT_LIST_RULES, NLMSG_ERROR, 0, &done, 2, 0};
    expect_error(answers, 3, PL_ERROR_READ, "audit rules");
}

static void half_a_status_is_none(void **state)
{
    (void)state;
    const struct answer few[] = {{AUDIT_GET, AUDIT_GET, 0, &on, offsetof(struct audit_status, failure) - 1, 0}};
    expect_error(few, 1, PL_ERROR_READ, "audit rules");
    /* a length that the datagram does not have: as if nothing had come */
    const struct answer claimed[] = {{AUDIT_GET, AUDIT_GET, 0, &on, sizeof on, 4000}};
    expect_error(claimed, 1, PL_ERROR_READ, "in time");
    /* an old kernel's, shorter than today's */
    const struct answer old[] = {{AUDIT_GET, AUDIT_GET, 0, &on, offsetof(struct audit_status, failure), 0},
                                 {AUDIT_LIST_RULES, NLMSG_DONE, 0, NULL, 0, 0}};
    struct audit_loaded loaded = ask(old, 2);
    assert_null(loaded.error);
    assert_int_equal(loaded.enabled, 2);
    g_strfreev(loaded.rules);
}

static void refusals_say_why(void **state)
{
    (void)state;
    const struct answer no[] = {{AUDIT_GET, NLMSG_ERROR, 0, &denied, sizeof denied, 0}};
    expect_error(no, 1, PL_ERROR_DENIED, "not permitted");
    const struct answer late[] = {{AUDIT_GET, AUDIT_GET, 0, &on, sizeof on, 0},
                                  {AUDIT_LIST_RULES, NLMSG_ERROR, 0, &denied, sizeof denied, 0}};
    expect_error(late, 2, PL_ERROR_DENIED, "not permitted");
    const struct answer refused[] = {{AUDIT_GET, NLMSG_ERROR, 0, &elsewhere, sizeof elsewhere, 0}};
    expect_error(refused, 1, PL_ERROR_DENIED, "namespace");
    said.send_error = ECONNREFUSED;
    expect_error(NULL, 0, PL_ERROR_DENIED, "namespace");
    said.send_error = 0;
    said.socket_error = EPROTONOSUPPORT;
    expect_error(NULL, 0, PL_ERROR_UNSUPPORTED, "without audit");
    said.socket_error = EMFILE;
    expect_error(NULL, 0, PL_ERROR_READ, "audit rules");
    said.socket_error = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_rules),
        cmocka_unit_test(a_list_counts_only_as_a_whole),
        cmocka_unit_test(half_a_status_is_none),
        cmocka_unit_test(refusals_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
