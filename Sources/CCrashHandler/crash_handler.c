// What a handler may do after a crash is little: POSIX lists the functions that are safe in a signal
// handler, and write, unlink and _exit are among them; allocating memory, locking and printing are not.
// All texts are made beforehand. The stack of the main thread may be what overflowed, so the handler has
// its own one there.

#include "crash_handler.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
  int number;
  const char *name;
} crashes[] = {
    {SIGILL, " (SIGILL)\n"},   {SIGTRAP, " (SIGTRAP)\n"}, {SIGSEGV, " (SIGSEGV)\n"},
    {SIGBUS, " (SIGBUS)\n"},   {SIGFPE, " (SIGFPE)\n"},   {SIGABRT, " (SIGABRT)\n"},
    {SIGSYS, " (SIGSYS)\n"},
};
enum { crash_count = sizeof crashes / sizeof crashes[0], most_files = 64 };

static char text[1001];
static size_t text_length;
static int exit_status;
static char *_Atomic files[most_files];
static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_flag has_crashed = ATOMIC_FLAG_INIT;
static _Thread_local volatile sig_atomic_t is_handling;
static char stack[65536];

static void put(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDERR_FILENO, bytes, count);
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static void handle(int number) {
  if (is_handling) _exit(exit_status);  // The handler itself crashed.
  is_handling = 1;
  // Several threads may fail at once; the first one speaks, and its end is that of the others.
  if (atomic_flag_test_and_set(&has_crashed))
    for (;;) pause();
  put(text, text_length);
  const char *name = "\n";
  for (int index = 0; index < crash_count; index++)
    if (crashes[index].number == number) name = crashes[index].name;
  put(name, strlen(name));
  for (int index = 0; index < most_files; index++) {
    char *path = atomic_load(&files[index]);
    if (path) unlink(path);
  }
  _exit(exit_status);
}

void crash_handler_install(const char *message, int status) {
  strncpy(text, message, sizeof text - 1);
  text_length = strlen(text);
  exit_status = status;

  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternative, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  // A crash within the handler must reach it once more, not hang.
  for (int index = 0; index < crash_count; index++) sigdelset(&action.sa_mask, crashes[index].number);
  for (int index = 0; index < crash_count; index++)
    sigaction(crashes[index].number, &action, NULL);
  // A parent that blocks signals, as threads of Dispatch do, hands its mask on.
  sigset_t crashing;
  sigemptyset(&crashing);
  for (int index = 0; index < crash_count; index++) sigaddset(&crashing, crashes[index].number);
  pthread_sigmask(SIG_UNBLOCK, &crashing, NULL);
}

void crash_handler_add_file(const char *path) {
  char *copy = strdup(path);
  pthread_mutex_lock(&files_lock);
  for (int index = 0; copy && index < most_files; index++)
    if (!atomic_load(&files[index])) {
      atomic_store(&files[index], copy);
      copy = NULL;
    }
  pthread_mutex_unlock(&files_lock);
  free(copy);
}

void crash_handler_remove_file(const char *path) {
  pthread_mutex_lock(&files_lock);
  for (int index = 0; index < most_files; index++) {
    char *name = atomic_load(&files[index]);
    if (name && strcmp(name, path) == 0) {
      // The name is not freed: a handler may be reading it. It is a few dozen bytes for an output file.
      atomic_store(&files[index], NULL);
      break;
    }
  }
  pthread_mutex_unlock(&files_lock);
}
