#include "host/process.h"
const char *const ns_names[NS_COUNT] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
