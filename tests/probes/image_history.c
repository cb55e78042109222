/* Instructions of images, as the three builders record them. */
#include "probes/image_history.h"
#include "probes/secret_names.h"

#include "looking.h"

static struct image_instructions said_of(const char *one, const char *two)
{
    char *history[] = {(char *)(uintptr_t)one, (char *)(uintptr_t)two, NULL};
    struct image_instructions said;
    image_read_history(history, &said);
    return said;
}

static size_t count(const json_object *list)
{
    return json_object_array_length(list);
}

static void names_of_secrets(void **state)
{
    (void)state;
    static const char *const secret[] = {"PASSWORD",     "DB_PASS",    "MYSQL_ROOT_PASSWORD",
                                         "API_KEY",      "apiKey",     "AWS_SECRET_ACCESS_KEY",
                                         "GITHUB_TOKEN", "DBPASSWORD", "deploy.token"};
    static const char *const harmless[] = {"PATH",
                                           "MONKEY",
                                           "KEYBOARD",
                                           "COMPASS",
                                           "GPG_KEY",
                                           "GPG_KEYS",
                                           "PWD",
                                           "POSTGRES_PASSWORD_FILE",
                                           "SSH_KEY_PATH",
                                           "TOKENIZERS_PARALLELISM",
                                           "PASSENGER_VERSION",
                                           "ACCESS_LOG",
                                           "PUBLIC_KEY",
                                           "",
                                           "___"};
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++)
        if (!secret_in_name(secret[i]))
            fail_msg("%s", secret[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++)
        if (secret_in_name(harmless[i]))
            fail_msg("%s", harmless[i]);
    assert_false(secret_value_possible("yes"));
    assert_false(secret_value_possible("$FROM_OUTSIDE"));
    assert_true(secret_value_possible("hunter2"));
}

static void secrets_are_named_and_never_shown(void **state)
{
    (void)state;
    static const char *const recorded[] = {
        "ENV DB_PASSWORD=hunter2",
        "/bin/sh -c #(nop)  ENV DB_PASSWORD=hunter2",
        "ENV DB_PASSWORD hunter2 # buildkit",
        "ENV A=b DB_PASSWORD=\"hunter2\" C=d # buildkit",
        "RUN |2 DB_PASSWORD=hunter2 B=c /bin/sh -c make # buildkit",
        "|1 DB_PASSWORD=hunter2 /bin/sh -c make",
        "RUN /bin/sh -c DB_PASSWORD='hunter2' make # buildkit",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(recorded); i++) {
        struct image_instructions said = said_of(recorded[i], NULL);
        g_autofree char *shown = tree_canonical(said.all);
        if (count(said.secrets) != 1 || strstr(shown, "hunter2"))
            fail_msg("%s: %s", recorded[i], shown);
        assert_non_null(strstr(json_object_get_string(json_object_array_get_idx(said.secrets, 0)), " DB_PASSWORD"));
        image_instructions_clear(&said);
    }
}

static void addresses_with_passwords_are_not_shown(void **state)
{
    (void)state;
    struct image_instructions said = said_of("RUN /bin/sh -c git clone https://bot:hunter2@git.example/x # buildkit",
                                             "RUN login --password hunter2");
    g_autofree char *shown = tree_canonical(said.all);
    assert_null(strstr(shown, "hunter2"));
    image_instructions_clear(&said);
}

/* What is said of one RUN command. */
static void assert_run(const char *command, size_t alone, size_t piped, size_t unverified, size_t sudo, size_t cache)
{
    g_autofree char *classic = g_strconcat("/bin/sh -c ", command, NULL);
    g_autofree char *buildkit = g_strconcat("RUN /bin/sh -c ", command, " # buildkit", NULL);
    const char *const forms[] = {classic, buildkit};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct image_instructions said = said_of(forms[i], NULL);
        bool same = count(said.refresh_alone) == alone && count(said.piped) == piped &&
                    count(said.unverified) == unverified && count(said.sudo) == sudo && count(said.cache_left) == cache;
        if (!same)
            fail_msg("%s: %zu %zu %zu %zu %zu", forms[i], count(said.refresh_alone), count(said.piped),
                     count(said.unverified), count(said.sudo), count(said.cache_left));
        image_instructions_clear(&said);
    }
}

static void commands(void **state)
{
    (void)state;
    assert_run("apt-get update", 1, 0, 0, 0, 0);
    assert_run("apt-get -qq update && apt-get -y install curl && rm -rf /var/lib/apt/lists/*", 0, 0, 0, 0, 0);
    assert_run("apt-get update && apt-get install -y curl", 0, 0, 0, 0, 1);
    assert_run("DEBIAN_FRONTEND=noninteractive apt-get update; make", 1, 0, 0, 0, 0);
    assert_run("make update && echo apt-get-update", 0, 0, 0, 0, 0);
    assert_run("apk update", 1, 0, 0, 0, 0);
    assert_run("apk add --no-cache curl", 0, 0, 0, 0, 0);
    assert_run("apk add curl", 0, 0, 0, 0, 1);
    assert_run("dnf makecache", 1, 0, 0, 0, 0);
    assert_run("dnf update -y && dnf clean all", 0, 0, 0, 0, 0);
    assert_run("curl -fsSL https://x.example/i | bash -s -- --yes", 0, 1, 0, 0, 0);
    assert_run("wget -qO- https://x.example/i | sudo -E sh -", 0, 1, 0, 1, 0);
    assert_run("curl https://x.example/i | tar xz", 0, 0, 0, 0, 0);
    assert_run("curl https://x.example/i || sh fallback", 0, 0, 0, 0, 0);
    assert_run("sh -c \"$(curl -fsSL https://x.example/i)\"", 0, 1, 0, 0, 0);
    assert_run("curl https://x.example/i | tee x | sh", 0, 1, 0, 0, 0);
    assert_run("echo curl | sh", 0, 0, 0, 0, 0);
    assert_run("rpm -i https://x.example/a.rpm", 0, 0, 1, 0, 0);
    assert_run("yum -y --nogpgcheck install x && yum clean all", 0, 0, 1, 0, 0);
    assert_run("sudo make install", 0, 0, 0, 1, 0);
    assert_run("pseudo x && echo sudo", 0, 0, 0, 0, 0);
}

static void add_and_copy(void **state)
{
    (void)state;
    static const struct {
        const char *one, *two;
        size_t add, remote;
    } rows[] = {
        {"/bin/sh -c #(nop) ADD file:12 in / ", "CMD [\"sh\"]", 0, 0},
        {"LABEL a=b", "ADD rootfs.tar.xz / # buildkit", 0, 0},
        {"/bin/sh -c #(nop) ADD file:12 in /srv ", NULL, 1, 0},
        {"COPY a /", "ADD b / # buildkit", 1, 0},
        {"ADD https://x.example/y / # buildkit", NULL, 1, 1},
        {"ENV ADDRESS=ADD", "RUN /bin/sh -c ADD x # buildkit", 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct image_instructions said = said_of(rows[i].one, rows[i].two);
        if (count(said.add) != rows[i].add || count(said.remote_add) != rows[i].remote)
            fail_msg("%s: %zu %zu", rows[i].one, count(said.add), count(said.remote_add));
        image_instructions_clear(&said);
    }
}

static void hostile_texts(void **state)
{
    (void)state;
    g_autofree char *longer = g_strnfill(1 << 20, '=');
    struct image_instructions said = said_of(longer, "ENV \xff\x01=\xfe");
    g_autofree char *shown = tree_canonical(said.all);
    assert_true(g_utf8_validate(shown, -1, NULL));
    assert_true(strlen(shown) < 1000);
    image_instructions_clear(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_secrets),
        cmocka_unit_test(secrets_are_named_and_never_shown),
        cmocka_unit_test(addresses_with_passwords_are_not_shown),
        cmocka_unit_test(commands),
        cmocka_unit_test(add_and_copy),
        cmocka_unit_test(hostile_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
