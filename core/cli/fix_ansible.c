/* Fixes as an Ansible playbook: a rule's own tasks, or its commands. What comes from the audited host is no template:
 * commands carry the tag !unsafe, and a rule's tasks were filled with values that hold none (engine/sentence.h). */
#include "cli/fix_script.h"

#include <string.h>

static void print_start(const struct fix_script *script)
{
    g_autofree char *id = g_strcanon(g_strdup(script->audit->host.id), G_CSET_a_2_z G_CSET_DIGITS, '_');
    fputs("---\n- name: plumbline fixes\n  hosts: all\n  become: true\n  gather_facts: false\n  vars:\n"
          "    failed_rules: []\n  tasks:\n"
          "  - name: this is the system that was audited\n    ansible.builtin.shell:\n      cmd: !unsafe |\n"
          "        machine= name=\n"
          "        [ -r /etc/machine-id ] && read -r machine </etc/machine-id\n",
          stdout);
    if (script->audit->host.live)
        fputs("        [ -r /proc/sys/kernel/hostname ] && read -r name </proc/sys/kernel/hostname\n", stdout);
    printf("        [ -z \"$name\" ] && [ -r /etc/hostname ] && read -r name </etc/hostname\n"
           "        [ \"$(printf '%%s%%s' \"$machine\" \"$name\" | sha256sum | cut -c 1-32)\" = %s ]\n"
           "    changed_when: false\n    check_mode: false\n    when: not (any_host | default(false) | bool)\n",
           id);
}

static void print_commands(const char *commands, bool held)
{
    g_auto(GStrv) lines = g_strsplit(commands, "\n", -1);
    fix_print_lines("    ", held, "- ansible.builtin.shell:\n    cmd: !unsafe |2\n      set -e");
    for (char **line = lines; *line; line++) {
        g_autofree char *behind = g_strconcat(**line ? "      " : "", *line, NULL);
        fix_print_lines("    ", held, behind);
    }
}

/* A task begins in a line's first column; what is indented goes on with it. */
static void print_tasks(const char *tasks, bool held)
{
    g_auto(GStrv) lines = g_strsplit(tasks, "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            printf("    %s%s%s\n", held ? "# " : "", **line == ' ' ? "  " : "- ", *line);
}

static void print_step(const struct fix_script *script, const struct result *result)
{
    const char *tasks = fix_step_commands(script, result, true);
    const char *commands = fix_step_commands(script, result, false);
    if (!tasks && !commands)
        return;
    bool held = fix_step_held(script, result);
    g_autofree char *name = fix_step_name(result);
    g_autofree char *head = g_strdup_printf("- name: %s\n  block:", name);
    g_autofree char *rescue = g_strdup_printf("  rescue:\n  - ansible.builtin.set_fact:\n"
                                              "      failed_rules: \"{{ failed_rules + ['%s'] }}\"",
                                              name);
    fix_print_words(script, result, "  ");
    fix_print_lines("  ", held, head);
    if (tasks)
        print_tasks(tasks, held);
    else
        print_commands(commands, held);
    fix_print_lines("  ", held, rescue);
}

void fix_script_ansible(const struct fix_script *script)
{
    static const char *const way[] = {
        "Run it on that system alone:  ansible-playbook -i HOST, FILE [-e any_host=true]",
        "It fails in its last task when a step failed, and in its first one on another system.", NULL};
    fix_print_head(script, true, way);
    print_start(script);
    for (guint i = 0; i < script->steps->len; i++) {
        guint at = script->undo ? script->steps->len - 1 - i : i;
        print_step(script, g_ptr_array_index(script->steps, at));
    }
    fputs("\n  - name: every step was done\n    ansible.builtin.assert:\n      that: failed_rules | length == 0\n"
          "      fail_msg: \"failed: {{ failed_rules | join(', ') }}\"\n",
          stdout);
    fix_print_by_hand(script, true);
}
