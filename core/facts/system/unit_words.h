/* The text of a unit's assignment, taken apart as systemd does it: words with quotes and escapes, specifiers. */
#pragma once

/* Cuts at blanks outside of quotes, which may begin anywhere in a word; C escapes are replaced. NULL when a quote stays
 * open. Caller frees with g_strfreev(). */
char **unit_words(const char *text);
/* Replaces the specifiers that files alone can tell: %% %i %n %N %p, and directories of the system's manager (%t %S %C
 * %L %E). NULL for any other, which depends on the running machine. `unit` is the unit's full name. Caller frees. */
char *unit_expand(const char *text, const char *unit);
