// The BLAS that only this library calls: libscipy_openblas.so beside it, loaded by the first training or prediction,
// so that loading this library starts no thread, and under local names, so that no host and no other library meets it.
// A program, compiled with BLAS_AT_START, loads it before anything else.
//
// BLAS_FUNCTIONS, in the blas.h that link.sh writes, lists FUNCTION(name, place) for each function that the modules
// call; BLAS_COUNT counts them. Each becomes a jump to the address in its place of `blas_functions`, whatever its
// parameters are.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // dladdr
#endif

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blas.h"

__attribute__((visibility("hidden"))) void *blas_functions[BLAS_COUNT];

#define TEXT(x) #x
#if defined(__x86_64__)
#define FUNCTION(name, place)                                                                 \
  __asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ",@function\n" #name ":\n" \
          "  jmp *blas_functions+8*" TEXT(place) "(%rip)\n.size " #name ", .-" #name "\n");
#elif defined(__aarch64__)
#define FUNCTION(name, place)                                                                 \
  __asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ",%function\n" #name ":\n" \
          "  adrp x16, blas_functions+8*" TEXT(place) "\n"                                     \
          "  ldr x16, [x16, :lo12:blas_functions+8*" TEXT(place) "]\n  br x16\n.size " #name ", .-" #name "\n");
#else
#error "build with BLAS=system on this processor"
#endif
BLAS_FUNCTIONS
#undef FUNCTION

static const char *const names[] = {
#define FUNCTION(name, place) "scipy_" #name,
    BLAS_FUNCTIONS
#undef FUNCTION
};

static const char *failure = NULL;

static void *blas = NULL;

static void *open_blas(void) {
  static const char file[] = "libscipy_openblas.so";
  const char *own = NULL;
  void *found = NULL;
#ifdef BLAS_AT_START
  // A program knows itself by the name that it was called by.
  char program[4096];
  ssize_t count = readlink("/proc/self/exe", program, sizeof program - 1);
  if (count > 0) {
    program[count] = 0;
    own = program;
  }
#else
  Dl_info info;
  if (dladdr(blas_functions, &info)) own = info.dli_fname;
#endif
  const char *slash = own ? strrchr(own, '/') : NULL;
  if (slash) {
    size_t length = (size_t)(slash - own) + 1;
    char *path = malloc(length + sizeof file);
    if (path) {
      memcpy(path, own, length);
      memcpy(path + length, file, sizeof file);
      found = dlopen(path, RTLD_NOW | RTLD_LOCAL);
      free(path);
    }
  }
  return found ? found : dlopen(file, RTLD_NOW | RTLD_LOCAL);
}

static void load_blas(void) {
  static char text[512];
  blas = open_blas();
  void (*set_thread_count)(int) = NULL;
  if (!blas) {
    const char *reason = dlerror();
    snprintf(text, sizeof text, "%s", reason ? reason : "there is no libscipy_openblas.so");
    failure = text;
    return;
  }
  for (int place = 0; place < BLAS_COUNT; place++)
    if (!(blas_functions[place] = dlsym(blas, names[place]))) {
      snprintf(text, sizeof text, "libscipy_openblas.so has no %s", names[place]);
      failure = text;
      return;
    }
  // The solver computes on its own threads, each by single-threaded calls.
  *(void **)&set_thread_count = dlsym(blas, "scipy_openblas_set_num_threads");
  if (set_thread_count) set_thread_count(1);
}

const char *blas_load_private(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_blas);
  return failure;
}

int blas_is_private(void) { return 1; }

void *blas_private_symbol(const char *name) {
  char prefixed[128];
  if (blas_load_private()) return NULL;
  snprintf(prefixed, sizeof prefixed, "scipy_%s", name);
  return dlsym(blas, prefixed);
}

#ifdef BLAS_AT_START
__attribute__((constructor)) static void load_at_start(void) {
  const char *reason = blas_load_private();
  if (!reason) return;
  fprintf(stderr, "Error: %s\n", reason);
  exit(1);
}
#endif
