#include "fuzz.h"

FUZZ_FORMAT("xml")
