#include "fuzz.h"

FUZZ_FORMAT("sysctl")
