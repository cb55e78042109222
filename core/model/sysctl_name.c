#include "model/sysctl_name.h"

#include <string.h>

bool sysctl_has_slashes(const char *name)
{
    return name[strcspn(name, "./")] == '/';
}

void sysctl_swap(char *name)
{
    for (char *p = name; *p; p++) {
        if (*p == '.')
            *p = '/';
        else if (*p == '/')
            *p = '.';
    }
}
