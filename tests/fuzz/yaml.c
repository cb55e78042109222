#include "fuzz.h"

FUZZ_FORMAT("yaml-stream")
