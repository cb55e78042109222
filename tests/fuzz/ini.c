#include "fuzz.h"

FUZZ_FORMAT("ini")
