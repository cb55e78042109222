#include "facts/file/selinux_config.h"

#include "facts/file/lines.h"
#include "model/error.h"

#include <string.h>

#define CONFIG_PATH "/etc/selinux/config"
/* Of longer ones libselinux takes what is beyond for lines of their own. */
#define WHOLE_LINE_MAX 4094U

static const char state_tag[] = "SELINUX=", policy_tag[] = "SELINUXTYPE=";

void selinux_config_clear(struct selinux_config *config)
{
    config->state = NULL;
    g_clear_pointer(&config->policy, g_free);
}

static void take_state(const char *line, struct selinux_config *config)
{
    static const char *const states[] = {"enforcing", "permissive", "disabled"};
    if (config->state || !g_str_has_prefix(line, state_tag))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(states) && !config->state; i++)
        if (g_ascii_strncasecmp(line + strlen(state_tag), states[i], strlen(states[i])) == 0)
            config->state = states[i];
}

static void take_policy(const char *line, struct selinux_config *config)
{
    while (g_ascii_isspace(*line))
        line++;
    if (g_ascii_strncasecmp(line, policy_tag, strlen(policy_tag)) != 0)
        return;
    g_free(config->policy);
    config->policy = g_strdup(line + strlen(policy_tag));
    g_strchomp(config->policy);
}

bool selinux_config_read(struct host *host, struct selinux_config *config, GError **error)
{
    g_autoptr(GError) failed = NULL;
    g_autofree char *text = host_read_text(host, CONFIG_PATH, &failed);
    *config = (struct selinux_config){NULL, NULL};
    if (g_error_matches(failed, PL_ERROR, PL_ERROR_ABSENT))
        return true;
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    char *cursor = text;
    unsigned number = 0;
    for (char *line = line_next(&cursor); line; line = line_next(&cursor)) {
        number++;
        if (strlen(line) > WHOLE_LINE_MAX) {
            g_set_error(error, PL_ERROR, PL_ERROR_LIMIT, CONFIG_PATH ":%u: longer than libselinux takes a line",
                        number);
            selinux_config_clear(config);
            return false;
        }
        take_state(line, config);
        take_policy(line, config);
    }
    return true;
}
