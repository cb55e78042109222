#include "fuzz.h"

FUZZ_FORMAT("lines")
