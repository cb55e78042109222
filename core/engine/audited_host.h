/* What a report says about the machine itself. */
#pragma once

#include "host/host.h"
#include "model/audit.h"

/* Fills audit->host. What cannot be read stays an empty text. */
void audited_host_fill(struct audit *audit, struct host *host);
