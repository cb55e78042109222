/* What engines keep on disk about images: Podman's storage, and Docker's behind an engine that does not answer. */
#include "look.h"

#define ID     "3333333333333333333333333333333333333333333333333333333333333333"
#define LAYER  "5555555555555555555555555555555555555555555555555555555555555555"
#define STORE  "/var/lib/containers/storage/overlay"
#define DATA   "=c2hhMjU2OjMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="
#define DOCKER "/var/lib/docker/image/overlay2"

static const struct fuzz_plan plan = {
    .host = "processes: [{pid: 1, comm: init}, {pid: 9, ppid: 1, comm: dockerd, argv: [dockerd]}]\n"
            "files:\n"
            "  " STORE "/" LAYER "/diff/etc/passwd: \"web:x:33:33::/:/bin/sh\\n\"\n"
            "  /var/lib/docker/overlay2/c1/diff/etc/passwd: \"web:x:33:33::/:/bin/sh\\n\"\n"
            "http: {'unix:/run/docker.sock http://localhost/images/json?all=0': {error: timeout}}\n",
    .parts = {STORE "-images/images.json", STORE "-images/" ID "/" DATA, STORE "-images/" ID "/manifest",
              STORE "-layers/layers.json", STORE "-containers/containers.json", "/etc/containers/storage.conf",
              DOCKER "/repositories.json", DOCKER "/imagedb/content/sha256/" ID,
              DOCKER "/layerdb/sha256/" LAYER "/cache-id"},
    .looks = {{"image", "{}"},
              {"image-content", "{}"},
              {"config", "{path: /etc/containers/storage.conf, format: toml, key: ''}"}},
};
FUZZ_PLAN(plan)
