#include "probes/probe.h"

static const struct probe_param params[] = {
    {.name = "name", .type = VALUE_STRING, .text = "glob on user names; default every user"},
    {.name = "uid", .type = VALUE_NUMBER, .text = "only this numeric id"},
    {.name = "system",
     .type = VALUE_BOOL,
     .text = "true: only uids below UID_MIN of login.defs; false: only those at or above it, and nobody left out"},
    {.name = NULL},
};
static const struct probe_field fields[] = {
    {"name", VALUE_STRING, "login name"},
    {"uid", VALUE_NUMBER, "numeric user id"},
    {"gid", VALUE_NUMBER, "primary group id"},
    {"group", VALUE_STRING, "name of the primary group; null when the group file has none"},
    {"groups", VALUE_SET, "supplementary groups"},
    {"gecos", VALUE_STRING, "comment field"},
    {"home", VALUE_STRING, "home directory"},
    {"shell", VALUE_STRING, "login shell"},
    {"system", VALUE_BOOL, "uid below UID_MIN of login.defs (default 1000), or the overflow uid"},
    {"login", VALUE_BOOL, "the shell lets people in: not nologin, false, sync, shutdown or halt"},
    {"password", VALUE_STRING,
     "state of the password: set, empty, locked, none (no usable hash: * or !) or shadowed elsewhere"},
    {"hash", VALUE_STRING,
     "scheme of the password hash: yescrypt, sha512, sha256, bcrypt, md5, des ...; null without a hash"},
    {"rounds", VALUE_NUMBER, "rounds or cost stated in the hash; null when the hash states none"},
    {"last_change_days", VALUE_NUMBER,
     "days since the password was changed; negative: in the future; null when not recorded"},
    {"min_days", VALUE_NUMBER, "shadow field 4; null when empty"},
    {"max_days", VALUE_NUMBER, "shadow field 5; -1 when empty or negative: no limit"},
    {"warn_days", VALUE_NUMBER, "shadow field 6; null when empty"},
    {"inactive_days", VALUE_NUMBER, "shadow field 7; -1 when empty: never"},
    {"expires_days", VALUE_NUMBER, "days until the account expires; null when it does not"},
    {"home_exists", VALUE_BOOL, "the home is a directory"},
    {"home_mode", VALUE_MODE, "permission bits of the home"},
    {"home_owner", VALUE_STRING, "owner of the home"},
    {"home_group", VALUE_STRING, "group of the home"},
    {"duplicate_name", VALUE_BOOL, "another line has this name"},
    {"duplicate_uid", VALUE_BOOL, "another account has this uid"},
    {.name = NULL},
};

static void collect(const struct probe_context *context, const json_object *object, struct items *items)
{
    (void)context;
    (void)object;
    items_problem(items, PROBLEM_ERROR, NULL, "account: this probe is not written");
}

const struct probe probe_account = {
    .name = "account",
    .summary = "Local users: passwd, shadow and group joined",
    .params = params,
    .fields = fields,
    .needs = NEEDS_NOTHING,
    .collect = collect,
};
