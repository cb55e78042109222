/* The mappings of rule files, profiles, benchmarks, waivers and rule tests: the rows that loading checks by. */
#pragma once

#include "model/member.h"

extern const struct member module_members[], value_members[], rule_members[], fix_members[], test_members[],
    tree_members[], family_members[], profile_members[], benchmark_members[], control_members[], waiver_file_members[],
    waiver_members[], attestation_members[], test_file_members[], case_members[], evidence_members[];

/* The words of existence, match and absent, NULL-terminated, in the order of their enums. */
extern const char *const existence_words[], *const match_words[], *const absent_words[];

/* All of them, by the name that "@NAME" means. */
const struct vocabulary *engine_vocabularies(size_t *count);
