#include "formats/yaml_reader.h"

struct tree_mark yaml_mark(yaml_mark_t mark)
{
    return (struct tree_mark){.line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

bool yaml_fail(struct yaml *yaml, yaml_mark_t at, const char *what)
{
    return parse_fail(yaml->budget.error, PL_ERROR_PARSE, yaml->budget.name, yaml_mark(at), "%s", what);
}
