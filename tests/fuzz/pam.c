/* Services of PAM and a file that they take in, and the ways that their stacks may go. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "{}",
    .parts = {"/etc/pam.d/x", "/etc/pam.d/y", "/etc/pam.d/other"},
    .looks = {{"pam", "{}"}, {"pam", "{service: x, type: auth}"}},
};
FUZZ_PLAN(plan)
