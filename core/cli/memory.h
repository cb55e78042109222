/* What happens when there is no memory, or a library gives up: a sentence on standard error and exit code 3. */
#pragma once

/* To be called first of all. */
void memory_say_end(void);
