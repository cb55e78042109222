/* plumbline probes --formats and --language: what rules, daemons and rule tests are written in. */
#pragma once

#include <json-c/json.h>

/* One format a line. */
void language_print_formats(void);
/* An array of {name, shape, repeats, summary}. Caller owns. */
json_object *language_formats(void);
/* {formats, operators, types, words, mappings}: what the manual and the schemas for editors are made from
 * (tests/support/update-man.py, make-schemas.py). Caller owns. */
json_object *language_all(void);
