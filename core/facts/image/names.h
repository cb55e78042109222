/* The documents of images: what their members are called. */
#pragma once

#include "formats/json_names.h"

/* A configuration document, an entry of the manifest.json that `docker save` writes, a manifest or index of OCI. */
extern const struct json_names image_config_names[], image_saved_names[], image_manifest_names[];
