/* Audits made by hand for the tests of reports/: no host is needed, and every run makes the same. */
#pragma once

#include "model/audit.h"

/* A small host with every verdict, waivers of each kind, a broken module, attestations, secrets and hostile strings. */
struct audit *sample_audit(void);

/* The same host without anything hostile or broken, in which every demand is met. */
struct audit *sample_clean(void);

/* `rules` rules in every layer, three items each. */
struct audit *sample_large(unsigned rules);

/* An audit that judged nothing. */
struct audit *sample_empty(void);
