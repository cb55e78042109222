/* Waivers and attestations: what people decided, until when. */
#pragma once

#include "engine/content.h"
#include "model/audit.h"

struct waivers;

/* Reads a waiver file of this machine. PL_ERROR_CONTENT with "FILE:LINE:COLUMN: " in front, or PL_ERROR_* when it
 * cannot be read. `content` tells which rules people may answer. `now`: Unix time. Caller frees. */
struct waivers *waivers_read(const char *path, const struct content *content, gint64 now, GError **error);
void waivers_free(struct waivers *waivers);
PL_DEFINE_CLEANUP(waivers, waivers_free)

/* Puts waivers on a failed result and its failing items, or an attestation on one that was not checked. A rule whose
 * every failing item is waived is waived. An expired one does nothing, and the reason says so. */
void waivers_apply(struct waivers *waivers, struct result *result);

/* Appends what was used, unused and expired, in the order of the file, to the audit's lists. */
void waivers_report(const struct waivers *waivers, struct audit *audit);
