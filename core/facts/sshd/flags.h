/* sshd's command line. Private to the sshd files. */
#pragma once

#include "facts/sshd/config.h"

/* The settings of a command line (without the program's name) into `config`, each with a copy of the
 * members of `origin` that say where it comes from; config->path becomes that of -f. */
void sshd_flags_parse(struct sshd_config *config, char *const *argv, const struct sshd_setting *origin);
/* The flags of the running sshd, which is returned, borrowed, or of the files that units take them from. */
const struct process *sshd_flags_read(struct host *host, struct sshd_config *config);
