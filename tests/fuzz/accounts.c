/* The account files: passwd, shadow, group, gshadow, login.defs, and the subordinate ids. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "files: {/home/ann: {type: dir, uid: 1000}}",
    .parts = {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/login.defs", "/etc/subuid",
              "/etc/subgid"},
    .looks = {{"account", "{}"},
              {"account", "{system: false}"},
              {"group", "{}"},
              {"subid", "{}"},
              {"rootless", "{}"},
              {"file", "{path: /home/ann}"}},
};
FUZZ_PLAN(plan)
