/* Names as the OCI image specification and Docker's image specification 1.2 have them. */
#include "facts/image/names.h"

static const struct json_names health_names[] = {
    {"Test", NULL},          {"Interval", NULL}, {"Timeout", NULL}, {"StartPeriod", NULL},
    {"StartInterval", NULL}, {"Retries", NULL},  {NULL, NULL},
};

static const struct json_names running_names[] = {
    {"User", NULL},
    {"ExposedPorts", NULL},
    {"Env", NULL},
    {"Entrypoint", NULL},
    {"Cmd", NULL},
    {"Volumes", NULL},
    {"WorkingDir", NULL},
    {"Labels", NULL},
    {"StopSignal", NULL},
    {"Memory", NULL},
    {"MemorySwap", NULL},
    {"CpuShares", NULL},
    {"Healthcheck", health_names},
    {"Shell", NULL},
    {"OnBuild", NULL},
    {"ArgsEscaped", NULL},
    {"Image", NULL},
    {"Hostname", NULL},
    {"Domainname", NULL},
    {"Tty", NULL},
    {"OpenStdin", NULL},
    {NULL, NULL},
};

static const struct json_names rootfs_names[] = {
    {"type", NULL},
    {"diff_ids", NULL},
    {NULL, NULL},
};

static const struct json_names history_names[] = {
    {"created", NULL}, {"created_by", NULL}, {"author", NULL}, {"comment", NULL}, {"empty_layer", NULL}, {NULL, NULL},
};

const struct json_names image_config_names[] = {
    {"config", running_names},
    {"container_config", running_names},
    {"rootfs", rootfs_names},
    {"history", history_names},
    {"created", NULL},
    {"author", NULL},
    {"architecture", NULL},
    {"variant", NULL},
    {"os", NULL},
    {"docker_version", NULL},
    {"id", NULL},
    {"parent", NULL},
    {NULL, NULL},
};

const struct json_names image_saved_names[] = {
    {"Config", NULL}, {"RepoTags", NULL}, {"Layers", NULL}, {"Parent", NULL}, {"LayerSources", NULL}, {NULL, NULL},
};

static const struct json_names platform_names[] = {
    {"architecture", NULL},
    {"os", NULL},
    {"variant", NULL},
    {NULL, NULL},
};

static const struct json_names descriptor_names[] = {
    {"mediaType", NULL},   {"digest", NULL}, {"size", NULL},         {"urls", NULL},
    {"annotations", NULL}, {"data", NULL},   {"artifactType", NULL}, {"platform", platform_names},
    {NULL, NULL},
};

const struct json_names image_manifest_names[] = {
    {"schemaVersion", NULL},       {"mediaType", NULL},          {"artifactType", NULL},
    {"config", descriptor_names},  {"layers", descriptor_names}, {"manifests", descriptor_names},
    {"subject", descriptor_names}, {"annotations", NULL},        {NULL, NULL},
};
