/* sshd's configuration with an Include and a Match, and the unit that its flags come from. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "files: {/usr/sbin/sshd: {content: x, mode: '0755'}}",
    .parts = {"/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/a.conf", "/usr/lib/systemd/system/ssh.service",
              "/etc/default/ssh"},
    .looks = {{"sshd", "{keyword: PermitRootLogin}"},
              {"sshd", "{keyword: Ciphers}"},
              {"sshd", "{keyword: MaxStartups}"},
              {"sshd", "{keyword: AllowUsers}"},
              {"sshd", "{keyword: LoginGraceTime, match: false}"}},
};
FUZZ_PLAN(plan)
