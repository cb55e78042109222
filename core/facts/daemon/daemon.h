/* Daemons as data: checks/daemons/NAME.yaml, loaded once with the rules.
 *
 * A description says how the daemon's process is recognised, where its configuration comes from, and what each key
 * is called in the file and on the command line, of which type it is, and its default. The members: DAEMONS of
 * plumbline-checks(5). */
#pragma once

#include "model/cleanup.h"
#include "model/member.h"
#include "model/value.h"

#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct daemons;

/* How flags are written on the command line. */
enum flag_syntax {
    FLAGS_PFLAG,  /* --name=value, --name value, --bool, -s value, -svalue: Docker, Kubernetes, containerd */
    FLAGS_GO,     /* Go's own package: one dash or two, -name=value, -name value: etcd */
    FLAGS_GETOPT, /* getopt_long: like pflag, and long names may be cut to a unique prefix */
};

/* A program that is, or carries, the daemon. Every member that is set must hold. */
struct daemon_program {
    char **comm;      /* /proc/PID/comm, which the kernel cuts at 15 bytes; NULL: any */
    char **name;      /* base name of argv[0] or of the program's path; NULL: any */
    char **argument;  /* argv[1] must be one of these; NULL: any */
    bool embedded;    /* another program that runs the daemon inside itself: its command line says nothing about it */
    bool launches;    /* another program that starts the daemon: what its unit starts, never a process of its own */
    char *arguments;  /* embedded: file that holds the daemon's flags, NULL when there is none to read */
    char **variables; /* "NAME=value": what ${NAME} stands for in that file */
};

/* One place of a section whose name changed with the version of the file or of the program. */
struct daemon_place {
    char *path;      /* dotted path of the section */
    char **files;    /* conditions on the file's own version, NULL: any */
    char **programs; /* conditions on the daemon's version, NULL: any */
};

struct daemon_config {
    char **flags;              /* flags that name the file */
    char *environment;         /* variable that names the file, NULL */
    char **paths;              /* without a flag: the first that exists is read */
    char *user_path;           /* below $XDG_CONFIG_HOME or ~/.config, instead of paths, when it does not run as root;
                                * for a tool instead of paths and drop-ins, for each account that has it */
    char **stopped_paths;      /* the same, only when no process runs: a file that a unit usually names */
    char *format;              /* formats/format.h */
    bool replaces_flags;       /* a file that was named makes the daemon ignore its other flags */
    bool replaces_environment; /* and its environment */
    /* Names beside those of the keys and flags that a file may hold: with them the daemon refuses a file with any other
     * name, and one where a key has another type; NULL: it does not. */
    char **known;
    bool keys_fold; /* it matches keys without case, though readers of the format do not in general */
    char *imports;  /* key of a file that lists globs of further files, NULL */
    /* 0, "" and false in an imported file leave what was set before, and lists are joined; not inside of sections. */
    bool imports_keep;
    char *file_version;       /* key of the file's own version, 1 when it is missing; NULL: files have none */
    GHashTable *sections;     /* name -> GPtrArray of struct daemon_place; NULL without */
    char **sections_replaced; /* daemon versions in which an import's section takes the earlier one's whole place */
    /* Drop-ins come after the main file, in the order of their paths; with dropins_mask in the order of their file
     * names, and a name that an earlier glob found hides the later ones (systemd). */
    char **dropin_flags;  /* flags that name a directory of drop-ins */
    char *dropin_pattern; /* glob below that directory */
    char **dropins;       /* globs, used without such a flag */
    bool dropins_mask;
    char **root_dropins; /* globs that only root's own calls of a tool read, after dropins */
    char **user_dropins; /* globs below ~/.config, read last: every account that has such a file is an instance */
};

/* A default and when it holds. */
struct daemon_default {
    json_object *value; /* owned; NULL: unset */
    char **versions;    /* ">=1.27" ..., all must hold; NULL: any */
    int config;         /* 1: only with a configuration file, 0: only without, -1: either */
    int cgroup;         /* 1 or 2: only with this version of control groups on /sys/fs/cgroup, 0: either */
    char **os;          /* one of os-release's ID or ID_LIKE words; NULL: any */
};

struct daemon_key {
    char *name;
    enum value_type type;
    char **file; /* dotted paths in the file, the first that is there counts; NULL: not in the file */
    /* For each of `file` the place that its section has there, NULL outside of sections; NULL without any. Borrowed. */
    const struct daemon_place **places;
    char **flags;            /* long names without dashes */
    char shorthand;          /* one letter, 0: none */
    char *environment;       /* variable, NULL */
    char **by;               /* map: a list of tables becomes a map by the first of these members that a table has */
    bool appends;            /* a list that holds a table append=true adds to what came before, else it replaces it */
    char *separator;         /* splits one text into members of a list, set or map; NULL: not split */
    char *sockets;           /* how a member begins that stands for the sockets that systemd opens for it; NULL: none */
    bool invert;             /* the flag means the opposite of the key */
    bool zero_is_default;    /* 0, "" and false in the file mean: not set */
    bool replaced_by_config; /* the flag is ignored when a configuration file is used */
    GPtrArray *defaults;     /* struct daemon_default, the first that holds; empty: not known */
};

struct daemon {
    char *name, *title;
    GPtrArray *programs; /* struct daemon_program; empty for a tool */
    /* Paths of programs that read this configuration each time they are called, and leave no process that could be
     * asked. One instance stands for the system when one of them, or a file, is there; one more for every account
     * that has a file of its own (user_path, user_dropins). */
    char **tools;
    enum flag_syntax syntax;
    bool underscores;  /* --a_b is --a-b */
    bool copies;       /* users run copies of their own: what of them listens is the user's (facts/daemon/owner.h) */
    char *environment; /* prefix: flag a-b is PREFIX_A_B; NULL: none */
    char **packages;   /* packages that carry the program, for its version */
    char **images;     /* last names of container images whose tag is its version */
    struct daemon_config config;
    GHashTable *keys; /* name -> struct daemon_key */
    GPtrArray *peers; /* struct daemon_peer (facts/daemon/peer.h) */
};

struct daemons *daemons_new(void);
void daemons_free(struct daemons *daemons);
PL_DEFINE_CLEANUP(daemons, daemons_free)

/* Adds the daemon that a parsed YAML file describes; a second one of the same name replaces the first.
 * PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front. `tree` is not kept. */
bool daemons_add(struct daemons *daemons, const char *file, const json_object *tree, GError **error);
/* The same, telling all that is wrong: adds a GError a fault to `faults`, which owns them. */
bool daemons_add_telling(struct daemons *daemons, const char *file, const json_object *tree, GPtrArray *faults);
/* The mappings of a description, for the manual and for editors; the first is the file's. */
const struct vocabulary *daemon_vocabularies(size_t *count);
/* The same for a tree that is made when somebody asks for the daemon: `make` gives it, or NULL where it cannot. It was
 * found right before; where it is not, nobody is told of a daemon. `data` is kept and freed with `destroy`. */
typedef json_object *(*daemon_tree)(gconstpointer data);
void daemons_add_later(struct daemons *daemons, const char *name, const char *file, daemon_tree make, gpointer data,
                       GDestroyNotify destroy);
/* From any thread. NULL when none of that name is described. */
const struct daemon *daemons_find(const struct daemons *daemons, const char *name);
/* Names, sorted; caller frees with g_free (the strings are borrowed). */
const char **daemons_names(const struct daemons *daemons);
/* NULL when the daemon has no such key. */
const struct daemon_key *daemon_key_find(const struct daemon *daemon, const char *name);
/* PL_ERROR_CONTENT when `daemons` has no daemon of this name: says which one is near, and which there are. */
bool daemon_check_name(const struct daemons *daemons, const char *name, GError **error);
/* PL_ERROR_CONTENT when the daemon has no such key: says which one is near. */
bool daemon_check_key(const struct daemon *daemon, const char *key, GError **error);
