/* dpkg's database: the status file, a file list, the diversions and the status of an image without dpkg. */
#include "look.h"

static const struct fuzz_plan plan = {
    .host = "files: {/usr/bin/su: {content: x, mode: '4755'}, /opt/odd: {content: x, mode: '4755'}}",
    .parts = {"/var/lib/dpkg/status", "/var/lib/dpkg/info/bash.list", "/var/lib/dpkg/diversions",
              "/var/lib/dpkg/status.d/base", "/var/lib/dpkg/arch"},
    .looks = {{"package", "{name: '*'}"},
              {"filesystem-scan", "{find: setuid}"},
              {"vulnerability", "{software: runc, cve: [CVE-2024-21626], affected: ['<1.1.12']}"}},
};
FUZZ_PLAN(plan)
