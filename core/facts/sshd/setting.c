#include "facts/sshd/setting.h"

#include "facts/sshd/keywords.h"

void sshd_setting_free(gpointer data)
{
    struct sshd_setting *setting = data;
    g_free(setting->name);
    g_strfreev(setting->args);
    g_free(setting->value);
    g_free(setting->scope);
    g_free(setting->path);
    g_free(setting->comm);
    problem_free(setting->unread);
    g_free(setting);
}

struct sshd_setting *sshd_setting_add(struct sshd_config *config, const char *name, const struct sshd_setting *origin)
{
    struct sshd_setting *setting = g_new0(struct sshd_setting, 1);
    setting->keyword = name ? sshd_keyword_find(name) : NULL;
    setting->name = g_strdup(name);
    setting->flag = origin->flag;
    setting->path = g_strdup(origin->path);
    setting->line = origin->line;
    setting->comm = g_strdup(origin->comm);
    setting->pid = origin->pid;
    g_ptr_array_add(config->settings, setting);
    return setting;
}
