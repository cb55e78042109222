#include "image_said.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
