/* What programs that are attached to a version 2 control group let be opened (BPF_PROG_TYPE_CGROUP_DEVICE,
 * Documentation/admin-guide/cgroup-v2.rst, "Device controller"), told as rules in the form of version 1.
 *
 * Runtimes and systemd write programs that compare type, access, major and minor with constants, one rule after the
 * other. They are run here for every type and access and for every number that they compare with, and for one that they
 * do not. What does more (maps, helpers, memory, arithmetic on the numbers) is not followed. */
#pragma once

#include <glib.h>

/* The rules that all of the programs (GBytes of struct bpf_insn) allow: "b 8:0 rwm", and "a *:* rwm" where there is no
 * program. An exception to a rule for all numbers is not told. NULL-terminated, caller frees; NULL with error, which
 * names `place`: PL_ERROR_UNSUPPORTED for a program that cannot be followed, PL_ERROR_LIMIT for one beyond a bound. */
char **device_programs_rules(const GPtrArray *programs, const char *place, GError **error);
