/* Answers of a Docker Engine, all of which are somebody else's bytes. */
#include "look.h"

#define AT "unix:/run/docker.sock http://localhost"
#define ID "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

static const struct fuzz_plan plan = {
    .host = "processes:\n"
            "- {pid: 1, comm: init}\n"
            "- {pid: 100, ppid: 1, comm: dockerd, argv: [/usr/bin/dockerd]}\n"
            "- {pid: 200, ppid: 1, comm: web, argv: [web], start: 5, ns: {mnt: 500, pid: 501, net: 502},\n"
            "   cgroup: \"0::/system.slice/docker-" ID ".scope\\n\"}\n"
            "http: {'" AT "/_ping': {body: OK}}\n",
    .parts = {AT "/version", AT "/info", AT "/containers/json?all=1", AT "/containers/" ID "/json",
              AT "/images/json?all=0", AT "/images/sha256:11/json", AT "/images/sha256:11/history", AT "/networks",
              AT "/volumes", AT "/swarm", AT "/nodes"},
    .looks = {{"docker", "{list: info, key: '*'}"},
              {"docker", "{list: version}"},
              {"docker", "{list: networks}"},
              {"docker", "{list: volumes}"},
              {"docker", "{list: swarm, key: JoinTokens.Worker}"},
              {"docker", "{list: nodes}"},
              {"docker", "{list: runtimes}"},
              {"docker", "{list: data-root}"},
              {"docker", "{list: conflicts}"},
              {"container", "{}"},
              {"image", "{}"}},
};
FUZZ_PLAN(plan)
