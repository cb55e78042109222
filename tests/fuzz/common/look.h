/* What harnesses share which need a machine: an inline host whose files or answers are the input's parts, looks at it
 * by probes, and what must be true of whatever a probe found.
 *
 * Parts stand between lines of "%%"; a part that the input does not have is empty. So seeds stay readable, and one
 * input can hold a file and the one that it includes. FUZZ_SHOW=1 in the environment prints what a seed led to. */
#pragma once

#include "fuzz.h"

#include "facts/daemon/daemon.h"
#include "host/host.h"
#include "model/audit.h"
#include "model/item.h"

#define FUZZ_PARTS 12
#define FUZZ_LOOKS 12

/* Borrowed from the input. */
struct fuzz_part {
    const char *at;
    size_t n;
};

/* Fills `n` parts; the last one is all that is left. */
void fuzz_cut(const uint8_t *data, size_t size, struct fuzz_part *parts, size_t n);
/* NUL-terminated, cut at an embedded NUL. Caller frees. */
char *fuzz_text(const struct fuzz_part *part);
/* NULL when it is no YAML. Caller owns. */
json_object *fuzz_yaml(const struct fuzz_part *part);

/* A mapping from YAML of the harness's own, which must be right. Caller owns. */
json_object *fuzz_stated(const char *yaml);
/* Puts a file with these bytes into a `host:` mapping, or the answer to a request whose name does not begin with "/".
 */
void fuzz_put(json_object *spec, const char *name, const void *bytes, size_t n);
/* The host of a mapping, which it takes; one that is refused is a mistake of the harness. */
struct host *fuzz_host(json_object *spec);

/* The descriptions of checks/daemons; read once, never freed. */
const struct daemons *fuzz_daemons(void);

/* Looks by a probe, and aborts when it broke its promises: fields are declared and of their type, texts are UTF-8,
 * subjects and reasons are not empty. `object` is YAML. */
void fuzz_look(struct host *host, const char *probe, const char *object);

/* A text that is shown: there, and UTF-8. */
void fuzz_check_text(const char *text);

struct fuzz_plan {
    const char *host; /* the rest of the machine, YAML; NULL: nothing else */
    const char *parts[FUZZ_PARTS];
    struct {
        const char *probe, *object;
    } looks[FUZZ_LOOKS];
};
int fuzz_run(const struct fuzz_plan *plan, const uint8_t *data, size_t size);

/* A harness that is nothing but its plan. */
#define FUZZ_PLAN(plan)                                                                                                \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                                       \
    {                                                                                                                  \
        return fuzz_run(&(plan), data, size);                                                                          \
    }
