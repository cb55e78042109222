#include "fuzz.h"

FUZZ_FORMAT("sshd")
