/* Where rules come from. */
#pragma once

#include "cli/options.h"
#include "engine/engine.h"

/* The stock rules: below the program's prefix (../share/plumbline/checks), in the source tree of a build (a
 * CMakeCache.txt of root or the caller lies beside the program), or where the build said they would be installed.
 * NULL when there are none. */
char *dirs_stock(void);

/* Whether root may believe what the options name, rules and waivers (cli/trust.h); true for anybody else. To be asked
 * before the sandbox is entered. PL_ERROR_USAGE. */
bool dirs_trust(const struct options *options, GError **error);

/* Loads the stock rules (unless --only-checks) and every --checks folder, later ones over earlier ones; `more` are
 * folders beside those, or NULL. Says diagnostics on standard error when `say` is true. NULL with error. */
struct content *dirs_load(const struct options *options, char **more, bool say, GError **error);

/* What an audit needs of them: when nothing but layers was chosen among the stock rules, those layers alone. */
struct content *dirs_load_chosen(const struct options *options, GError **error);
