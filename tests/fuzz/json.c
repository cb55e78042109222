#include "fuzz.h"

FUZZ_FORMAT("json")
