/* Unit files with a drop-in and a fragment that a socket starts, fstab, and a mount unit. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "files:\n"
            "  /etc/systemd/system/multi-user.target.wants/a.service: {target: /usr/lib/systemd/system/a.service}\n"
            "  /etc/systemd/system/multi-user.target.wants/README: {target: /x}\n",
    .parts = {"/usr/lib/systemd/system/a.service", "/etc/systemd/system/a.service.d/x.conf",
              "/usr/lib/systemd/system/a.socket", "/etc/fstab", "/usr/lib/systemd/system/tmp.mount",
              "/usr/lib/systemd/system-preset/90-x.preset"},
    .looks = {{"unit", "{name: '*'}"}, {"mount", "{path: [/tmp, /home, /var]}"}},
};
FUZZ_PLAN(plan)
