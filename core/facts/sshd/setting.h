/* Settings one by one, as those who read the command line and the files add them. */
#pragma once

#include "facts/sshd/config.h"

/* Appends a setting and returns it, borrowed, with `origin`'s path, line, comm, pid and flag. */
struct sshd_setting *sshd_setting_add(struct sshd_config *config, const char *name, const struct sshd_setting *origin);
void sshd_setting_free(gpointer setting);
