#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "path", .type = VALUE_SET, .required = true, .text = "absolute paths or globs"},
    {.name = "type", .type = VALUE_SET, .text = "only these kinds: file directory symlink socket fifo char block"},
    {.name = "follow", .type = VALUE_BOOL, .text = "follow symlinks (default true)"},
    {.name = "recurse",
     .type = VALUE_BOOL,
     .text = "directories with all below them, at most 20,000 entries (default false)"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"path", VALUE_STRING, "the path"},
    {"type", VALUE_STRING, "file directory symlink socket fifo char block"},
    {"mode", VALUE_MODE, "permission bits"},
    {"uid", VALUE_NUMBER, "owner id"},
    {"gid", VALUE_NUMBER, "group id"},
    {"owner", VALUE_STRING, "owner name; null when there is none"},
    {"group", VALUE_STRING, "group name; null when there is none"},
    {"size", VALUE_SIZE, "bytes"},
    {"links", VALUE_NUMBER, "hard links"},
    {"mtime", VALUE_NUMBER, "seconds since the epoch"},
    {"target", VALUE_STRING, "where a symlink points (follow: false)"},
    {"acl", VALUE_BOOL, "has an extended access list"},
    {"acl_entries", VALUE_LIST, "its entries as getfacl writes them"},
    {"default_acl", VALUE_BOOL, "has a default access list"},
    {"parents_safe", VALUE_BOOL,
     "every directory above is owned by root and not writable by group (other than root) or others"},
    {"unsafe_parent", VALUE_STRING, "the first directory above that is not safe, null when all are"},
    {"attributes", VALUE_SET,
     "immutable append: inode attributes (FS_IOC_GETFLAGS), unread where the file system has none"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "file: this probe is not written");
}

const struct probe probe_file = {
    .name = "file",
    .summary = "Files and directories: kind, mode, owner, access lists",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
