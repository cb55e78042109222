/* Where container engines keep what they have, when nobody told them another place. What is there, and where they were
 * told to keep it, is found elsewhere (walk_storage.h, facts/docker/place.h, facts/storage/containers.h).
 * Sources: dockerd(8) --data-root, containers-storage.conf(5) graphroot, containerd's and nerdctl's defaults. */
#pragma once

#define DOCKER_ROOT     "/var/lib/docker"
#define CONTAINERS_ROOT "/var/lib/containers/storage"

/* Of an ordinary user's engine, below the home. */
#define DOCKER_ROOT_OF_USER     ".local/share/docker"
#define CONTAINERS_ROOT_OF_USER ".local/share/containers/storage"
#define CONTAINERD_ROOT_OF_USER ".local/share/containerd"
