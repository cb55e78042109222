/* The mappings below `host:` of a rule test: the rows that stating a host checks by. */
#pragma once

#include "model/member.h"

extern const struct member inline_host_members[], inline_file_members[], inline_process_members[],
    inline_caps_members[], inline_namespace_members[], inline_kernel_members[], inline_module_members[],
    inline_package_members[], inline_answer_members[], inline_audit_members[];

/* All of them, by the name that "@NAME" means; the first is the host. */
const struct vocabulary *inline_vocabularies(size_t *count);
