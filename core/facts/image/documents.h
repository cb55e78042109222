/* The JSON documents of an image that was named by path: of a tar archive or a directory. */
#pragma once

#include "facts/image/names.h"
#include "host/host.h"
#include "model/cleanup.h"

struct image_documents;

/* NULL with error when the archive cannot be read. `at` is borrowed. */
struct image_documents *image_documents_read(const struct host_image *at, GError **error);
void image_documents_free(struct image_documents *documents);

/* What is known of a document beforehand. */
struct image_expected {
    const json_object *descriptor; /* of OCI: its digest and size must be those; NULL */
    const struct json_names *names;
    char **digest; /* where its own digest goes ("sha256:..."), to be freed; NULL */
};
/* Parsed, with the names spelled as the program does. NULL with error (PL_ERROR_ABSENT: it is not there); the caller
 * owns the tree. */
json_object *image_document(const struct image_documents *documents, const char *name,
                            const struct image_expected *expected, GError **error);
/* Where the links of an archive lead from a name. Borrowed. */
const char *image_documents_name(const struct image_documents *documents, const char *name);
