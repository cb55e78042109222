#include "fuzz.h"

FUZZ_FORMAT("toml")
