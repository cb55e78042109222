#include "fuzz.h"

FUZZ_FORMAT("login-defs")
