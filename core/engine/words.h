/* Checks in words: what is expected, what is looked at. */
#pragma once

#include "engine/content.h"

/* "kernel.kptr_restrict", "dockerd icc", "/etc/passwd, /etc/group follow=false": the required parameters' values, then
 * the others with their names. Caller frees. */
char *words_object(const struct probe *probe, const json_object *object);

/* That nothing was found: "kubelet is not on this host", "there is no image", "none of these is installed: a, b". The
 * first few of many. Caller frees. */
char *words_absent(const struct probe *probe, const json_object *object);

/* That one is there: "there is dockerd", "there is container". Caller frees. */
char *words_present(const struct probe *probe, const json_object *object);

/* "value is at least 1 and mode is at most 0640"; NULL for no expectations. Caller frees. */
char *words_expectations(const GPtrArray *expectations);

/* What the items of a test should be: "value is false", "nothing with mode ...", "exists"; NULL when anything is fine.
 * Caller frees. */
char *words_demand(const struct test *test, const GPtrArray *expectations);

/* A whole test: "setting dockerd icc: value is false". Caller frees. */
char *words_test(const struct test *test, const json_object *object, const GPtrArray *expectations);
