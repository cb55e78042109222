/* systemd's units as systemd finds them: search path, aliases, templates, masks, drop-ins, dependency links; and the
 * init scripts that systemd starts through its sysv generator. Everything from files, so that an offline root answers
 * too. */
#pragma once

#include "host/host.h"
#include "model/problem.h"

enum unit_class {
    UNIT_ETC,       /* the administrator's: /etc/systemd */
    UNIT_RUN,       /* until the next boot: /run/systemd */
    UNIT_GENERATOR, /* written by a generator at boot */
    UNIT_VENDOR,    /* shipped by a package: /usr/lib, /lib, /usr/local/lib */
    UNIT_SYSV       /* an init script without a unit */
};

struct unit {
    char *name;
    char *path;   /* the unit file or init script */
    char *target; /* text of the symlink that path is, NULL when it is none */
    enum unit_class unit_class;
    bool sysv_enabled; /* UNIT_SYSV: a start link in rc2.d to rc5.d or rcS.d */
};

/* A link in NAME.wants, .requires or .upholds. */
struct unit_link {
    char *owner, *name; /* owner pulls in name */
    char *path;
    enum unit_class unit_class;
};

struct units {
    GHashTable *by_name;     /* name -> struct unit, the strongest file of the search path */
    GPtrArray *links;        /* struct unit_link */
    GHashTable *dropin_dirs; /* set of paths "DIR/NAME.d" that exist */
    GHashTable *aliases;     /* name -> GPtrArray of struct unit (borrowed) that are links to it */
    GPtrArray *errors;       /* GError of directories that could not be read */
};

/* Read once, owned by the host. */
const struct units *units_get(struct host *host);
/* Directories of the search path, the strongest first, NULL-terminated. */
const char *const *units_search_path(void);

/* The unit itself, or the template of an instance; NULL when neither is there. Aliases are not followed. */
const struct unit *units_find(const struct units *units, const char *name);
/* The name that an alias stands for, at most 8 links long; `name` itself when it is none. "getty@tty1" stays an
 * instance. Caller frees. */
char *units_real_name(const struct units *units, const char *name);
/* Linked to /dev/null, or an empty file. */
bool units_is_masked(struct host *host, const struct unit *unit);
/* "foo@bar.service" -> "foo@.service"; NULL when name is no instance. Caller frees. */
char *units_template(const char *name);
/* The suffix is one of systemd's unit types. */
bool units_valid_name(const char *name);

/* One assignment in force. */
struct unit_value {
    char *text;
    char *path;
    unsigned line;
};

struct unit_config {
    GHashTable *values; /* "Section.Key" -> GPtrArray of struct unit_value: one, or several when the key may repeat */
    char **dropins;     /* drop-in files in force, in order */
    GError *error;      /* the unit file or a drop-in could not be read: nothing is known for certain */
};

/* The merged file and drop-ins of a unit (aliases are followed). Never NULL. Read once per unit, owned by the host. */
const struct unit_config *unit_config_get(struct host *host, const char *name);
/* The last value of a key, NULL when it is not set. */
const struct unit_value *unit_config_value(const struct unit_config *config, const char *section_key);
/* True when the key may be given several times; false: the last one counts. */
bool unit_key_repeats(const char *key);
/* True for repeating keys whose values are lists of unit names or paths: cut at blanks. */
bool unit_key_is_words(const char *key);

/* The unit that the text of a /proc/PID/cgroup tells, NULL when it tells none. Caller frees. */
char *unit_of_cgroup(const char *text);

/* Enablement as `systemctl is-enabled` words it: enabled enabled-runtime disabled masked static indirect alias
 * generated. NULL with error when the files that decide could not be read. */
const char *unit_enabled(struct host *host, const char *name, GError **error);
/* Would start at boot or on demand. */
bool unit_starts(struct host *host, const char *name);
/* Sockets, timers, paths and automounts that start the unit and themselves start. NULL-terminated, caller frees. */
char **unit_triggers(struct host *host, const char *name);

/* Names of all services: units, instances of templates that start, init scripts. Aliases are not among them. Sorted,
 * NULL-terminated, caller frees. */
char **unit_services(struct host *host);
/* Sockets that are opened for the unit: those that themselves start, or else all that there are. NULL-terminated,
 * caller frees. */
char **unit_sockets(struct host *host, const char *name);

enum unit_activity { UNIT_INACTIVE, UNIT_ACTIVE, UNIT_ACTIVITY_UNKNOWN };
/* Whether the unit is active now; *why (owned by the caller) says what hinders when that is not known, else NULL. */
enum unit_activity unit_active(struct host *host, const char *name, struct problem **why);
