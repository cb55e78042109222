/* What may stand in the files that people write, a row a member. Nothing here reads them. */
#include "engine/members.h"

const struct member module_members[] = {
    {"module", "text", true, "the file's name without .yaml", 0},
    {"layer", "layer", true, "the folder that it lies in", 0},
    {"title", "text", true, "what it is about", 0},
    {"replaces", "text", false,
     "its own name, where an earlier folder has a module of this name and this one takes its place", 0},
    {"values", "map of @value", false, "what its rules demand and others may change", 0},
    {"applies", "@check", false, "the applies of all its rules that have none of their own", 0},
    {"implies", "map of list of text", false,
     "from an ability to those that whoever has it has as well; * is every other one; the reports fill the cells that "
     "follow, and say from which",
     0},
    {"rules", "list of @rule", false, "its rules", 0},
    {"families", "list of @family", false, "rules of one shape", 0},
    {.name = NULL},
};

const struct member value_members[] = {
    {"default", "any", true, "what it is unless somebody changes it, which also says of which type it is", 0},
    {"title", "text", true, "what it is", 0},
    {.name = NULL},
};

const struct member rule_members[] = {
    {"id", "text", true, "unique, lower case, for ever: dashboards and waivers hang on it", 0},
    {"title", "text", true, "what must be true", 0},
    {"severity", "severity", true, "how bad a failure is", 0},
    {"tags", "list of text", false, "words for --tag", 0},
    {"references", "map of controls", false,
     "from a benchmark to a control or a list of controls; a trailing L1 or L2 is its level, without one it is the "
     "level in the benchmark's control list",
     0},
    {"ability", "text", false,
     "what code in the subject could do to the host where the rule fails, in at most 28 characters: load kernel "
     "modules; several rules may carry the same one with different severities, and the reports make a table of "
     "subjects by abilities from them, each cell the worst that its rules say",
     0},
    {"implies", "list of text", false,
     "further abilities that whoever the rule fails for has by this, where they do not follow from its ability alone",
     0},
    {"acts_as", "text", false,
     "a field of its items that names other subjects: whoever the rule fails for can act as these, and has all that "
     "the table of abilities says of them",
     0},
    {"rationale", "text", true, "what an attacker gains", 0},
    {"finding", "text", false,
     "what is wrong with an item for which the rule fails, in one sentence with its values: \"`{path}` is writable by "
     "everyone ({mode})\"; a name in braces is a field of the item, {subject} the item itself, {$name} a value of the "
     "module; a literal brace is written twice, as all of them are in the template of a family",
     0},
    {"missing", "text", false, "what is wrong where it fails because nothing was found, without fields", 0},
    {"expected", "text", false,
     "what is demanded, in words (\"not writable by everyone\"), where those made of the operators do not read well",
     0},
    {"because", "list of text", false,
     "rules that explain a failure of this one: a subject that fails one of them as well is shown below that one, and "
     "counts there alone",
     0},
    {"fix", "@fix or list of @fix", false,
     "what to do; shown, never run; demanded of every rule that is not informational; of a list each item gets the "
     "first one whose if it meets",
     0},
    {"manual", "text", false,
     "a question for a person: the check only gathers evidence (unless it settles), and the verdict is notchecked "
     "until an attestation answers it",
     0},
    {"settles", "bool", false,
     "the check of a manual rule is judged, and the question is only asked of what does not pass, so that nobody is "
     "asked where no question is left",
     0},
    {"each", "text", false,
     "a daemon: where several instances of it run, the rule is judged for each by itself, as if the items that carry "
     "the process (pid) of another were not there, so that no instance excuses or accuses another one; all have to "
     "pass",
     0},
    {"informational", "bool", false, "observed, not judged", 0},
    {"check", "@check", true, "what is judged", 0},
    {"applies", "@check or null", false,
     "a check; where it is not satisfied the rule is not applicable, with the reason; null: not even that of the "
     "module",
     0},
    {.name = NULL},
};

const struct member fix_members[] = {
    {"if", "mapping", false, "fields and operators as in expect: the fix is for items that are so", 0},
    {"text", "text", true,
     "in words; names in braces are fields of the item, in all members, as in finding; {install NAME} and {remove "
     "NAME} "
     "the command of the system's package manager (auditd|audit: Debian's name, and that of the others)",
     0},
    {"shell", "text", false, "as commands, which may run twice; values are quoted as they need it", 0},
    {"ansible", "text", false, "as tasks", 0},
    {"undo", "text", false, "commands that take the shell form back", 0},
    {"warning", "text", false, "what it can break: who may be locked out, what stops", 0},
    {.name = NULL},
};

const struct member test_members[] = {
    {"expect", "mapping", false,
     "from fields to a value (equal) or to operators, all of which must hold; dotted paths reach into maps and lists "
     "(PATHS)",
     0},
    {"existence", "existence", false, "how many items there must be; at-least-one without it", 0},
    {"match", "match", false, "how many of them must be as expected; all without it", 0},
    {"absent", "absent", false, "the test's verdict when nothing is found", 0},
    {"live", "bool", false,
     "true: it asks what runs, and on a mounted root it is left out, where the checks beside it in its all or any "
     "decide",
     0},
    {"finding", "text", false, "the rule's finding, of the items of this test", 0},
    {"missing", "text", false,
     "the rule's missing, of this test; of a test of applies: why the rule does not apply where this test decides it",
     0},
    {.name = NULL},
};

const struct member tree_members[] = {
    {"all", "list of @check", false, "every one of these checks", 0},
    {"any", "list of @check", false, "at least one of them", 0},
    {"none", "list of @check", false, "not one of them", 0},
    {.name = NULL},
};

const struct member family_members[] = {
    {"family", "text", true, "its name, for rule tests", 0},
    {"defaults", "mapping", false, "columns that a variant may leave out", 0},
    {"template", "mapping", true, "a rule, with {column} in its texts", 0},
    {"variants", "list of mapping", true, "the table: a mapping of columns a rule", 0},
    {.name = NULL},
};

const struct member profile_members[] = {
    {"id", "text", true, "the file's name without .yaml", 0},
    {"title", "text", true, "whom it is for", 0},
    {"description", "text", false, "more of that", 0},
    {"replaces", "text", false, "its own name, where an earlier folder has a profile of this name", 0},
    {"include", "list of text", true, "patterns of the rules that it chooses; * is every rule", 0},
    {"exclude", "list of text", false, "patterns of rules that are left out again", 0},
    {"values", "mapping", false, "other values than the defaults of the modules", 0},
    {.name = NULL},
};

const struct member benchmark_members[] = {
    {"id", "text", true, "the file's name without .yaml", 0},
    {"title", "text", true, "what it is called", 0},
    {"replaces", "text", false, "its own name, where an earlier folder has a benchmark of this name", 0},
    {"controls", "list of @control", true, "the list", 0},
    {.name = NULL},
};

const struct member control_members[] = {
    {"id", "text", true, "its number, quoted", 0},
    {"title", "text", false, "in one's own words", 0},
    {"level", "number", false, "1 or 2", 0},
    {"kind", "one of automated manual", false, "how the benchmark wants it judged", 0},
    {"met", "text", false, "how a control is met that no rule can judge", 0},
    {"as", "text", false, "the control that is judged in its place", 0},
    {.name = NULL},
};

const struct member waiver_file_members[] = {
    {"waivers", "list of @waiver", false, "failures that somebody answers for", 0},
    {"attestations", "list of @attestation", false, "answers to questions that no probe can judge", 0},
    {.name = NULL},
};

const struct member waiver_members[] = {
    {"rule", "text", true, "a rule's id or a glob", 0},
    {"item", "text", false, "a glob on subjects or paths: only these; without it the whole rule", 0},
    {"reason", "text", true, "why", 0},
    {"owner", "text", true, "who answers for it", 0},
    {"until", "text", true, "the last day on which it holds, as 2099-01-31", 0},
    {.name = NULL},
};

const struct member attestation_members[] = {
    {"rule", "text", true, "a manual rule's id", 0},
    {"answer", "one of pass fail notapplicable", true, "the verdict", 0},
    {"reason", "text", true, "why", 0},
    {"owner", "text", true, "who answers for it", 0},
    {"until", "text", true, "the last day on which it holds", 0},
    {.name = NULL},
};

const struct member test_file_members[] = {
    {"module", "text", true, "the module under test", 0},
    {"hosts", "map of @host", false, "hosts that cases build upon", 0},
    {"cases", "list of @case", true, "what is tried", 0},
    {.name = NULL},
};

const struct member case_members[] = {
    {"rule", "text", false, "the rule's id; this or family", 0},
    {"family", "text", false,
     "a family: the case runs for each of its variants, with the variant's columns in place of {column}", 0},
    {"name", "text", true, "what the case shows", 0},
    {"base", "text", false, "the name of a host under hosts, which host: is laid over", 0},
    {"host", "@host", false, "the machine", 0},
    {"set", "mapping", false, "other values than the module's defaults", 0},
    {"expect", "verdict", true, "the verdict", 0},
    {"absence", "bool", false, "true: the case of the setting's absence, which every rule needs", 0},
    {"evidence", "@evidence", false, "what some item must show", 0},
    {.name = NULL},
};

const struct member evidence_members[] = {
    {"subject", "text or number", false, "the item's name, as a whole", 0},
    {"verdict", "verdict", false, "the item's verdict", 0},
    {"observed", "mapping", false, "from fields to the values that were seen", 0},
    {"path", "text", false, "the file that it came from, as a whole", 0},
    {"line", "number", false, "the line in it", 0},
    {"process", "text", false, "a part of the process's name", 0},
    {"api", "text", false, "a part of the call that answered", 0},
    {"reason", "text", false,
     "a part of the item's or the result's reason; alone it is also met by a result without items", 0},
    {"expected", "text", false, "a part of what was expected", 0},
    {"finding", "text", false,
     "a part of what is said to be wrong with the item, or of the result's missing; alone it is also met by a result "
     "without items",
     0},
    {.name = NULL},
};

const char *const existence_words[] = {"at-least-one", "any", "all", "none", "only-one", NULL};
const char *const match_words[] = {"all", "any", "none", "only-one", NULL};
const char *const absent_words[] = {"pass", "fail", "notapplicable", NULL};

const struct vocabulary *engine_vocabularies(size_t *count)
{
    static const struct vocabulary all[] = {
        {"module", "a module", module_members},
        {"value", "a value", value_members},
        {"rule", "a rule", rule_members},
        {"fix", "fix", fix_members},
        {"test", "a test", test_members},
        {"tree", "a tree of checks", tree_members},
        {"family", "a family", family_members},
        {"profile", "a profile", profile_members},
        {"benchmark", "a benchmark", benchmark_members},
        {"control", "a control", control_members},
        {"waivers", "a waiver file", waiver_file_members},
        {"waiver", "a waiver", waiver_members},
        {"attestation", "an attestation", attestation_members},
        {"tests", "a test file", test_file_members},
        {"case", "a case", case_members},
        {"evidence", "evidence", evidence_members},
    };
    *count = sizeof all / sizeof *all;
    return all;
}
