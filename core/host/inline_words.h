/* The mappings below `host:` of a rule test: the rows that stating a host checks by. */
#pragma once

#include "model/member.h"

extern const struct member inline_host_members[], inline_file_members[], inline_process_members[],
    inline_caps_members[], inline_namespace_members[], inline_kernel_members[], inline_module_members[],
    inline_package_members[], inline_answer_members[], inline_audit_members[], inline_container_members[],
    inline_further_members[], inline_mount_members[], inline_shared_members[];

/* All of them, by the name that "@NAME" means; the first is the host. */
const struct vocabulary *inline_vocabularies(size_t *count);
/* The one of a name, or NULL. */
const struct vocabulary *inline_vocabulary(const char *name);
/* A member's type as messages say it: "a list of text or a mapping (capabilities)". Caller frees. */
char *inline_type_words(const char *type);
