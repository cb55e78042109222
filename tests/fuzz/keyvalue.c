#include "fuzz.h"

FUZZ_FORMAT("keyvalue-multi")
