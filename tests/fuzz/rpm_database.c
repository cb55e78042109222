/* An SQLite database of any content in the place of rpm's. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "files: {/opt/setuid: {content: x, mode: '4755'}}",
    .parts = {"/var/lib/rpm/rpmdb.sqlite"},
    .looks = {{"package", "{name: '*'}"}, {"filesystem-scan", "{find: setuid}"}},
};
FUZZ_PLAN(plan)
