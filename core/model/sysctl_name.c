#include "model/sysctl_name.h"

#include <string.h>

void sysctl_swap(char *name)
{
    for (char *p = name; *p; p++) {
        if (*p == '.')
            *p = '/';
        else if (*p == '/')
            *p = '.';
    }
}

void sysctl_dotted(char *name)
{
    if (name[strcspn(name, "./")] == '/')
        sysctl_swap(name);
}

void sysctl_slashed(char *name)
{
    if (name[strcspn(name, "./")] == '.')
        sysctl_swap(name);
}
