#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .required = true, .text = "absolute paths or globs"},
    {.name = "pattern",
     .type = VALUE_STRING,
     .required = true,
     .text = "PCRE2, searched in each line (multi-line mode off)"},
    {.name = "whole",
     .type = VALUE_BOOL,
     .text = "the pattern sees the whole file as one subject, with ^ and $ at lines (default false)"},
    {.name = "comments",
     .type = VALUE_STRING,
     .text = "lines that begin (after blanks) with one of these characters are skipped; default none are"},
    {.name = "count",
     .type = VALUE_BOOL,
     .text = "one item a file with the number of matches, also when 0 (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the file"},
    {"line", VALUE_NUMBER, "line of the match"},
    {"text", VALUE_STRING, "the line"},
    {"match", VALUE_STRING, "what matched"},
    {"group.*", VALUE_STRING, "a capture by number or name"},
    {"count", VALUE_NUMBER, "number of matches in the file (count: true)"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "file-content: this probe is not written");
}

const struct probe probe_file_content = {
    .name = "file-content",
    .summary = "Lines of text files that match a PCRE2 pattern, with captures",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
