/* The kernel's configuration as text, and the same bytes as its compressed form. */
#include "look.h"

static const struct fuzz_plan text = {
    .host = "kernel: {release: '6.1'}",
    .parts = {"/boot/config-6.1"},
    .looks = {{"kernel-config", "{symbol: CONFIG_BPF_SYSCALL}"}, {"kernel-config", "{symbol: CONFIG_LSM}"}},
};
static const struct fuzz_plan packed = {
    .parts = {"/proc/config.gz"},
    .looks = {{"kernel-config", "{symbol: CONFIG_BPF_SYSCALL}"}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run(&text, data, size);
    return fuzz_run(&packed, data, size);
}
