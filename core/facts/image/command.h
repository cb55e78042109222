/* What the shell line of a RUN instruction calls.
 *
 * A line is split into commands and words, no more: what an expansion would give is not known, and never guessed. */
#pragma once

#include <stdbool.h>

/* A package index is refreshed without an installation in the same line. */
bool image_command_refreshes_alone(const char *text);
/* What was downloaded goes into a shell or interpreter. */
bool image_command_pipes_download(const char *text);
/* Packages are installed without verification. */
bool image_command_is_unverified(const char *text);
bool image_command_uses_sudo(const char *text);
/* Packages are installed, and the index or cache stays. */
bool image_command_leaves_cache(const char *text);

/* The words of one command, without quotes and brackets; caller frees. */
char **image_command_words(const char *command);
/* An address to download from. */
bool image_command_is_address(const char *word);
