/* What all parts of the program know: what it was told, and how it tells. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* What every file that the test left begins with. */
#define MARK "trial-mark-"

/* The value of a word, NULL without it; as a number, 0 without it. */
const char *word(const char *key);
long number(const char *key);
/* That an ability was had, and by what. Several processes share what is told. */
__attribute__((format(printf, 2, 3))) void tell(const char *ability, const char *format, ...);
/* Some process told of it before. */
bool was_told(const char *ability);
/* Runs it in a process of its own, within 20 seconds; its exit status, -1 when it was killed or not even begun. */
int apart(int (*try)(const char *), const char *with);
/* What is read begins with the mark; closes. */
bool marked(int fd);
/* This process has the machine's namespace of that kind. */
bool same_namespace(const char *kind);
/* Becomes the user and group that the word names, with nothing else; "user" is whoever started it. */
bool become(const char *whom);

/* Roots of processes that it may look into as it is now are kept as well. */
void keep_roots(void);
/* What to put before a path that is looked up in the root of that number; "" is its own, NULL after the last one. */
const char *root_at(int n);

int try_devices(const char *with);
/* What it reaches as a user that the word names. */
int try_reach_as(const char *whom);
void try_all_reach(void);
void try_all_limits(void);
void try_all_of_kernel(void);
