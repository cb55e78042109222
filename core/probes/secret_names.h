/* Names and texts that give away a secret, in environments, command lines and images. Only names ever leave here. */
#pragma once

#include <stdbool.h>

/* A variable's name that says its value is a secret: DB_PASSWORD, API_TOKEN. Not GPG_KEY, the public key of a
 * release in many base images, nor names that say where a secret is kept (PASSWORD_FILE). */
bool secret_in_name(const char *name);
/* Not empty, not a switch, not another variable: what a secret's name has for a value may be one. */
bool secret_value_possible(const char *value);
/* A text that is a secret whatever it is called: cloud access keys, tokens, private keys, a URL with a
 * password. */
bool secret_in_value(const char *value);
/* The option of a command line argument that carries a secret ("--password" of "--password=x"); NULL when it carries
 * none; of an argument that is a secret itself, what it begins with. Caller frees. */
char *secret_option(const char *argument);
