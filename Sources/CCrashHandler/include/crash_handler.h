#ifndef CRASH_HANDLER_H
#define CRASH_HANDLER_H

/// Takes over the signals of crashes: SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT and SIGSYS.
///
/// The first of them writes the message and the signal's name to standard error, removes the files that
/// were named as half-written, and ends the process with the given status. Nothing else runs: no
/// backtrace, no handlers of exit. The message is copied; a longer one is cut at 1000 bytes.
void crash_handler_install(const char *message, int status);

/// Names a file to remove after a crash; the name is copied. More than 64 are not remembered.
void crash_handler_add_file(const char *path);

/// Takes the name back.
void crash_handler_remove_file(const char *path);

#endif
