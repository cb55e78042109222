/* The rows that reports.def names. */
#pragma once

#include "reports/report.h"

#define REPORT(name) extern const struct report report_##name;
#include "reports/reports.def"
#undef REPORT
