/* Included before every C file by the build: functions that have no place in an auditor become compile errors.
 * Commands are never run; texts are never built or split without bounds; time is never formatted in static memory. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLUMBLINE_BANNED(function) plumbline_banned_##function##_see_banned_h

#define system(...)                     PLUMBLINE_BANNED(system)
#define popen(...)                      PLUMBLINE_BANNED(popen)
#define fork(...)                       PLUMBLINE_BANNED(fork)
#define vfork(...)                      PLUMBLINE_BANNED(vfork)
#define execv(...)                      PLUMBLINE_BANNED(execv)
#define execve(...)                     PLUMBLINE_BANNED(execve)
#define execvp(...)                     PLUMBLINE_BANNED(execvp)
#define execl(...)                      PLUMBLINE_BANNED(execl)
#define execlp(...)                     PLUMBLINE_BANNED(execlp)
#define execle(...)                     PLUMBLINE_BANNED(execle)
#define posix_spawn(...)                PLUMBLINE_BANNED(posix_spawn)
#define posix_spawnp(...)               PLUMBLINE_BANNED(posix_spawnp)
#define g_spawn_sync(...)               PLUMBLINE_BANNED(g_spawn_sync)
#define g_spawn_async(...)              PLUMBLINE_BANNED(g_spawn_async)
#define g_spawn_command_line_sync(...)  PLUMBLINE_BANNED(g_spawn_command_line_sync)
#define g_spawn_command_line_async(...) PLUMBLINE_BANNED(g_spawn_command_line_async)
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gmtime
#undef localtime
#undef ctime
#undef asctime
#define strcpy(...)    PLUMBLINE_BANNED(strcpy)
#define strcat(...)    PLUMBLINE_BANNED(strcat)
#define strncpy(...)   PLUMBLINE_BANNED(strncpy)
#define strncat(...)   PLUMBLINE_BANNED(strncat)
#define sprintf(...)   PLUMBLINE_BANNED(sprintf)
#define vsprintf(...)  PLUMBLINE_BANNED(vsprintf)
#define strtok(...)    PLUMBLINE_BANNED(strtok)
#define strtol(...)    PLUMBLINE_BANNED(strtol)
#define strtoul(...)   PLUMBLINE_BANNED(strtoul)
#define atoi(...)      PLUMBLINE_BANNED(atoi)
#define atol(...)      PLUMBLINE_BANNED(atol)
#define atof(...)      PLUMBLINE_BANNED(atof)
#define sscanf(...)    PLUMBLINE_BANNED(sscanf)
#define scanf(...)     PLUMBLINE_BANNED(scanf)
#define gmtime(...)    PLUMBLINE_BANNED(gmtime)
#define localtime(...) PLUMBLINE_BANNED(localtime)
#define ctime(...)     PLUMBLINE_BANNED(ctime)
#define asctime(...)   PLUMBLINE_BANNED(asctime)
#define tmpnam(...)    PLUMBLINE_BANNED(tmpnam)
#define mktemp(...)    PLUMBLINE_BANNED(mktemp)
