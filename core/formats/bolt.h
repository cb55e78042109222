/* Bolt databases (go.etcd.io/bbolt, page.go, bucket.go), in which Podman and containerd keep their records: buckets of
 * keys and values, and of further buckets. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Takes one key of a bucket; `value` is NULL where a bucket has that name. False ends the walk. */
typedef bool (*bolt_taker)(const char *key, const guint8 *value, gsize n, gpointer data);

/* Visits all keys of the bucket at the end of a path of names, in their order. PL_ERROR_ABSENT without such a bucket,
 * PL_ERROR_PARSE for bytes that are no such database or lead in a circle; `path` of the file is for messages. What was
 * taken before an error stands. */
bool bolt_each(GBytes *file, const char *path, const char *const *buckets, bolt_taker take, gpointer data,
               GError **error);
/* The value of one key of that bucket: bytes of their own. NULL with error. */
GBytes *bolt_value(GBytes *file, const char *path, const char *const *buckets, const char *key, GError **error);
