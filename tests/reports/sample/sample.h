/* Audits made by hand for the tests of reports/: no host is needed, and every run makes the same. */
#pragma once

#include "model/audit.h"
#include "reports/report.h"

/* A small host with every verdict, waivers of each kind, a broken module, attestations, secrets and hostile strings. */
struct audit *sample_audit(void);

/* The same host without anything hostile or broken, in which every demand is met. */
struct audit *sample_clean(void);

/* `rules` rules in every layer, three items each. */
struct audit *sample_large(unsigned rules);

/* So many containers (9 at least) with every grade of what they could do to the host, hostile names among them. */
struct audit *sample_containers(unsigned containers);

/* The facts of a host, nothing judged; and the score of what was put into it. For the samples themselves. */
struct audit *sample_host(void);
void sample_finish(struct audit *audit);

/* An audit that judged nothing. */
struct audit *sample_empty(void);

/* A report of an audit; aborts when the format is not known. The caller frees. */
GString *sample_render(const char *format, const struct audit *audit, struct report_options options);

/* True when `bytes` are those of tests/reports/golden/NAME; else writes them to the build folder and says how to look
 * at them. With PLUMBLINE_GOLDEN_UPDATE set the golden file is written instead. */
bool sample_golden(const char *name, const GString *bytes);
