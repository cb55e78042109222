/* The package databases of dpkg and rpm. */
#pragma once

#include "host/host.h"

struct package {
    char *name, *version, *arch; /* arch NULL when the database does not tell */
    char *source;                /* source package, without its version */
    char *maintainer;            /* as the package states it, NULL when it does not */
    char
        *partly; /* what dpkg says of one whose files are there, and that is not set up ("install ok unpacked"); NULL */
    const char *manager; /* "dpkg", "rpm" */
    const char *path;    /* the database file, owned by the table */
};

struct packages {
    GPtrArray *list;   /* struct package by name, installed ones, and those that are there in part */
    char **databases;  /* files that were read; empty when the root has no package database */
    GPtrArray *errors; /* GError of databases that are there but could not be read */
    guint of_dpkg;     /* so many of the errors, the first ones, are dpkg's */
};

/* Read once, owned by the host. */
const struct packages *packages_get(struct host *host);
/* True when a package of exactly this name is installed. */
bool packages_has(const struct packages *packages, const char *name);

/* The package that installed a path found by host_walk(), NULL when none did (or no database is there). Paths of
 * merged /bin, /sbin and /lib are the same as those of /usr. The file lists are read at the first call, once.
 * *error, borrowed: why NULL may mean that it is not known; else NULL. */
const char *packages_owner(struct host *host, const char *path, const GError **error);
