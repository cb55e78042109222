/* Which capabilities this process has. */
#pragma once

#include <stdbool.h>

/* In the permitted set. */
bool sandbox_holds(int cap);
