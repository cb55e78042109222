/* A process that looks into other processes for the judge.
 *
 * Landlock forbids a thread in its domain to look into processes outside of it: /proc/PID/{exe,root,cwd,ns,fd,environ}
 * of everyone else become unreadable, whatever capabilities are held. So this process stays out of the domain, keeps
 * the user that the program was started by, parses nothing of the host, and answers requests of a fixed form. It looks
 * below /proc/PID, though never at memory, and at files that are closed to the judge for its user alone (root-only
 * kernel parameters, file systems that ask the user by themselves). */
#pragma once

enum reader_duty {
    READER_LOOKS,  /* all that is said above (SANDBOX_READER) */
    READER_GUARDS, /* programs of control groups, and nothing else (host/device_programs.h, SANDBOX_DEVICES) */
};

/* Answers until the other end is gone. To be called when the sandbox is in force. */
void reader_serve(int socket, enum reader_duty duty);
