#include "probes/docker/list.h"

#include <glib.h>

static const struct docker_list lists[] = {
    {.name = "info", .path = "/info"},
    {.name = "version", .path = "/version"},
    {.name = "networks", .path = "/networks", .driven = true, .many = true, .kind = "network", .names = {"Name", "Id"}},
    {.name = "volumes",
     .path = "/volumes",
     .driven = true,
     .many = true,
     .inside = "Volumes",
     .kind = "volume",
     .names = {"Name"}},
    {.name = "plugins", .path = "/plugins", .many = true, .kind = "plugin", .names = {"Name", "Id"}},
    {.name = "runtimes", .path = "/info", .inside = "Runtimes"},
    {.name = "swarm", .path = "/swarm", .manager = true},
    {.name = "nodes",
     .path = "/nodes",
     .many = true,
     .manager = true,
     .kind = "node",
     .names = {"Description.Hostname", "ID"}},
    {.name = "services",
     .path = "/services",
     .many = true,
     .manager = true,
     .kind = "service",
     .names = {"Spec.Name", "ID"}},
    {.name = "secrets",
     .path = "/secrets",
     .many = true,
     .manager = true,
     .kind = "secret",
     .names = {"Spec.Name", "ID"}},
};

/* Answers that rules compare: of another type they are no answer. */
static const struct typed {
    const char *list, *key;
    enum json_type type;
} typed[] = {
    {"info", "LiveRestoreEnabled", json_type_boolean},
    {"info", "ExperimentalBuild", json_type_boolean},
    {"info", "Debug", json_type_boolean},
    {"info", "SwapLimit", json_type_boolean},
    {"info", "Driver", json_type_string},
    {"info", "LoggingDriver", json_type_string},
    {"info", "DockerRootDir", json_type_string},
    {"info", "HttpProxy", json_type_string},
    {"info", "HttpsProxy", json_type_string},
    {"info", "SecurityOptions", json_type_array},
    {"info", "Warnings", json_type_array},
    {"info", "ContainersStopped", json_type_int},
    {"info", "Swarm", json_type_object},
    {"info", "Swarm.ControlAvailable", json_type_boolean},
    {"info", "Swarm.LocalNodeState", json_type_string},
    {"info", "Swarm.Managers", json_type_int},
    {"info", "RegistryConfig.InsecureRegistryCIDRs", json_type_array},
    {"info", "RegistryConfig.Mirrors", json_type_array},
    {"info", "Plugins.Authorization", json_type_array},
    {"swarm", "Spec.EncryptionConfig.AutoLockManagers", json_type_boolean},
    {"swarm", "Spec.CAConfig.NodeCertExpiry", json_type_int},
    {"networks", "Internal", json_type_boolean},
    {"networks", "Driver", json_type_string},
    {"plugins", "Enabled", json_type_boolean},
};

const struct docker_list *docker_list_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (g_str_equal(lists[i].name, name))
            return &lists[i];
    return NULL;
}

bool docker_list_accepts(const struct docker_list *list, const char *key, const json_object *node)
{
    for (size_t i = 0; node && i < G_N_ELEMENTS(typed); i++)
        if (g_str_equal(typed[i].list, list->name) && g_str_equal(typed[i].key, key))
            return json_object_is_type(node, typed[i].type);
    return true;
}
