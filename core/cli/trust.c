#include "cli/trust.h"

#include "model/cleanup.h"
#include "model/error.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#define DEPTH_MAX 8
#define LINKS_MAX 8 /* that lead to each other */

static bool distrust(const char *path, const char *why, GError **error)
{
    g_set_error(error, PL_ERROR, PL_ERROR_USAGE,
                "%s %s: whoever that is would decide root's verdicts; make it root's own, writable by root alone", path,
                why);
    return false;
}

static bool is_ours(const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == geteuid();
}

/* A group of root's own (gid 0) has no other members than who may become root. */
static bool others_write(const struct stat *st)
{
    return !S_ISLNK(st->st_mode) && ((st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && st->st_gid != 0));
}

/* `above`: a folder on the way, where a sticky bit keeps others from replacing what is ours. */
static bool trust_one(const char *path, const struct stat *st, bool above, GError **error)
{
    if (!is_ours(st))
        return distrust(path, "belongs to another user", error);
    bool sticky = above && S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
    return !others_write(st) || sticky || distrust(path, "can be written by others", error);
}

static bool trust_way(const char *path, unsigned links, GError **error);

/* Where a link says that it leads: that may be another link, in a folder of others. */
static bool trust_link(const char *path, unsigned links, GError **error)
{
    g_autofree char *target = g_file_read_link(path, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *named = target ? g_canonicalize_filename(target, folder) : NULL;
    if (links >= LINKS_MAX)
        return distrust(path, "leads through too many links to be looked at", error);
    return !named || trust_way(named, links + 1, error);
}

/* The file and every folder above it, as named: a name in a folder of others leads where they like. */
static bool trust_way(const char *path, unsigned links, GError **error)
{
    g_autofree char *at = g_strdup(path);
    struct stat st;
    for (bool above = false;; above = true) {
        bool there = lstat(at, &st) == 0;
        if (there && !trust_one(at, &st, above, error))
            return false;
        if (there && S_ISLNK(st.st_mode) && !trust_link(at, links, error))
            return false;
        if (g_str_equal(at, "/"))
            return true;
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
    }
}

static bool trust_tree(const char *path, unsigned depth, GError **error);

/* What a folder of rules holds, in it and below. */
static bool trust_contents(const char *folder, unsigned depth, GError **error)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    bool ok = true;
    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name && ok; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat st;
        if (*name == '.' || lstat(path, &st) < 0)
            continue;
        if (S_ISLNK(st.st_mode)) {
            g_autofree char *target = realpath(path, NULL);
            ok = trust_one(path, &st, false, error) && trust_link(path, 0, error) &&
                 (!target || (trust_way(target, 0, error) && trust_tree(target, depth + 1, error)));
        } else {
            ok = trust_one(path, &st, false, error) && trust_tree(path, depth + 1, error);
        }
    }
    if (dir)
        g_dir_close(dir);
    return ok;
}

static bool trust_tree(const char *path, unsigned depth, GError **error)
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return true;
    if (depth >= DEPTH_MAX)
        return distrust(path, "lies too deep to be looked at", error);
    return trust_contents(path, depth, error);
}

bool trust_path(const char *path, GError **error)
{
    if (geteuid() != 0)
        return true;
    g_autofree char *named = g_canonicalize_filename(path, NULL);
    g_autofree char *real = realpath(named, NULL);
    if (!real)
        return true;
    return trust_way(named, 0, error) && trust_way(real, 0, error) && trust_tree(real, 0, error);
}
