/* Fixes as a script for any POSIX shell. All of it is one function that is called in the last line: one that was cut
 * off, or that the shell cannot read to its end, does nothing. */
#include "cli/fix_script.h"

static void print_start(const struct fix_script *script)
{
    const struct audit *audit = script->audit;
    fputs("set -u\numask 022\nPATH=${PATH-/usr/bin:/bin}:/usr/sbin:/sbin\nexport PATH\n"
          "any_host=no not_root=no good=0 failed=0\n\n"
          "refuse() { echo \"$0: $1\" >&2; exit 2; }\n"
          "ended() { # the status of a step, its rule\n"
          "    if [ \"$1\" -eq 0 ]; then good=$((good + 1))\n"
          "    else failed=$((failed + 1)); echo \"failed: $2\" >&2; fi\n}\n"
          "host_id() {\n"
          "    machine= name=\n"
          "    [ -r /etc/machine-id ] && read -r machine </etc/machine-id\n",
          stdout);
    if (audit->host.live)
        fputs("    [ -r /proc/sys/kernel/hostname ] && read -r name </proc/sys/kernel/hostname\n", stdout);
    fputs("    [ -z \"$name\" ] && [ -r /etc/hostname ] && read -r name </etc/hostname\n"
          "    printf '%s%s' \"$machine\" \"$name\" | sha256sum | cut -c 1-32\n}\n\nmain() {\n"
          "    for word; do\n        case $word in\n"
          "        --any-host) any_host=yes ;;\n        --not-root) not_root=yes ;;\n"
          "        *) refuse \"$word: the options are --any-host and --not-root\" ;;\n        esac\n    done\n",
          stdout);
    g_autofree char *id = g_strcanon(g_strdup(audit->host.id), G_CSET_a_2_z G_CSET_DIGITS, '_');
    printf("    [ $any_host = yes ] || [ \"$(host_id)\" = %s ] ||\n"
           "        refuse 'this is not the system that was audited (--any-host: run all the same)'\n"
           "    [ $not_root = yes ] || [ \"$(id -u)\" -eq 0 ] ||\n"
           "        refuse 'only root can do most of this (--not-root: run all the same)'\n",
           id);
}

static void print_step(const struct fix_script *script, const struct result *result)
{
    const char *commands = fix_step_commands(script, result, false);
    if (!commands)
        return;
    bool held = fix_step_held(script, result);
    g_autofree char *name = fix_step_name(result);
    g_autofree char *end = g_strdup_printf(")\nended $? %s", name);
    fix_print_words(script, result, "");
    fix_print_lines("", held, "( set -e");
    fix_print_lines("", held, commands);
    fix_print_lines("", held, end);
}

void fix_script_shell(const struct fix_script *script)
{
    static const char *const way[] = {"Run it as root on that system:  sh FILE [--any-host] [--not-root]",
                                      "Exit: 0 all done, 1 a step failed, 2 refused before the first step.", NULL};
    printf("#!/bin/sh\n");
    fix_print_head(script, false, way);
    print_start(script);
    for (guint i = 0; i < script->steps->len; i++) {
        guint at = script->undo ? script->steps->len - 1 - i : i;
        print_step(script, g_ptr_array_index(script->steps, at));
    }
    fix_print_by_hand(script, false);
    fputs("\n    echo \"$good steps done, $failed failed\"\n    [ $failed -eq 0 ]\n}\nmain \"$@\"\n", stdout);
}
