#include "sandbox/held.h"

#include <sys/capability.h>

static bool is_held(cap_t caps, cap_value_t cap)
{
    cap_flag_value_t value = CAP_CLEAR;
    return cap_get_flag(caps, cap, CAP_PERMITTED, &value) == 0 && value == CAP_SET;
}

bool sandbox_holds(int cap)
{
    cap_t caps = cap_get_proc();
    bool held = caps && is_held(caps, cap);
    cap_free(caps);
    return held;
}
