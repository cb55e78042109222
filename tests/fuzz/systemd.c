#include "fuzz.h"

FUZZ_FORMAT("systemd")
