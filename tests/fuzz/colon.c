#include "fuzz.h"

FUZZ_FORMAT("colon")
