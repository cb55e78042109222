#include "fuzz.h"

FUZZ_FORMAT("yaml-go")
