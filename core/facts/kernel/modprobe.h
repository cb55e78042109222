/* modprobe's configuration and the modules of the installed kernels.
 *
 * libkmod would read both, but it opens files by itself and so would leave an audited root. */
#pragma once

#include "host/host.h"

struct modprobe_rule {
    char *name;    /* with _ only; install: may be a glob */
    char *command; /* install: the command; blacklist: NULL */
    char *path;
    unsigned line;
};

struct modprobe {
    GPtrArray *installs;   /* struct modprobe_rule in the order read; the first that matches is used */
    GPtrArray *blacklists; /* struct modprobe_rule; those of modprobe.blacklist= too */
    GPtrArray *errors;     /* GError of files that could not be read */
};

/* modprobe.d of /etc, /run, /usr/local/lib, /usr/lib and /lib by base name, then the command line. Read once, owned by
 * the host. Names given to the finders have _ only. */
const struct modprobe *modprobe_get(struct host *host);
const struct modprobe_rule *modprobe_find_install(const struct modprobe *modprobe, const char *name);
const struct modprobe_rule *modprobe_find_blacklist(const struct modprobe *modprobe, const char *name);
/* True when the shell command does nothing but succeed or fail: true, false, their paths, ":" or "exit N". */
bool modprobe_is_nothing(const char *command);

struct kernel_modules {
    char *release;         /* the running kernel, NULL when not known */
    guint kernels;         /* installed kernels whose modules.dep was read */
    bool running_dep;      /* the running kernel's modules.dep was read */
    bool running_builtin;  /* the running kernel's modules.builtin was read */
    bool any_builtin;      /* some installed kernel's modules.builtin was read (offline roots) */
    GHashTable *running;   /* set of names that the running kernel has a file of */
    GHashTable *available; /* set of names that some installed kernel has a file of */
    GHashTable *builtin;   /* set of names built into the running kernel; offline: into any installed one */
    bool has_table;        /* /proc/modules was read */
    bool no_support;       /* a live kernel without /proc/modules: it loads no modules */
    GHashTable *loaded;    /* set of names */
    GPtrArray *errors;     /* GError of files that could not be read */
};

/* Read once, owned by the host. */
const struct kernel_modules *kernel_modules_get(struct host *host);

/* "usb-storage" as "usb_storage". Caller frees. */
char *modprobe_name(const char *name);
