/* Sections of a file whose names changed with its version, and what imported files do to them. */
#pragma once

#include "facts/setting/default.h"

/* Whether the daemon reads a section at this place of its file number `index`. */
enum holds setting_place_holds(const struct daemon *daemon, const struct daemon_instance *instance, guint index,
                               const struct daemon_place *place);

/* Whether file number `index` has the key's section, and by that takes away what earlier files set in it. */
enum holds setting_section_replaced(const struct daemon *daemon, const struct daemon_key *key,
                                    const struct daemon_instance *instance, guint index);
