/* A thread that looks into other processes for the rest of the program.
 *
 * Landlock forbids a thread in its domain to look into processes outside of it: /proc/PID/{exe,root,cwd,ns,fd,environ}
 * of everyone else become unreadable, whatever capabilities are held. So one thread stays out of the domain. It runs
 * nothing but lookups below /proc/PID, and a stricter seccomp filter of its own takes every way to write from it. */
#pragma once

#include "host/host.h"

/* Starts the thread for a live host; offline and inline hosts need none (true). `confine` is called in it first
 * (sandbox_confine_reader); when it fails the thread ends and this is false. To be called before Landlock is in
 * force; later starts make no difference. */
bool host_start_reader(struct host *host, bool (*confine)(GError **error), GError **error);
