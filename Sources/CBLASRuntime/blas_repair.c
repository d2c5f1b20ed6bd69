// OpenBLAS carries kernels for many processor cores and chooses among them when it is loaded, by a
// list of processor models. On a model that is younger than the list it falls back to the oldest
// kernels that are safe, which may be five times slower than those the processor could run, and
// says nothing. Here the choice is compared with what the processor reports about itself.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // RTLD_DEFAULT, dladdr
#endif

#include "blas_repair.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// A function of the BLAS that is called: of the private one where there is one, never of the host's then.
static void *find(const char *name) {
  return blas_is_private() ? blas_private_symbol(name) : dlsym(RTLD_DEFAULT, name);
}

// POSIX lets a function's address be stored in a void *; ISO C wants it said through memory.
#define FIND(function, name)                              \
  do {                                                    \
    void *address = find(name);                           \
    memcpy(&(function), &address, sizeof(function));      \
  } while (0)

static const char *text_of(const char *name) {
  char *(*function)(void);
  FIND(function, name);
  return function ? function() : NULL;
}

const char *blas_core_name(void) { return text_of("openblas_get_corename"); }

const char *blas_configuration(void) { return text_of("openblas_get_config"); }

int blas_thread_count(void) {
  int (*get)(void);
  FIND(get, "openblas_get_num_threads");
  return get ? get() : 0;
}

int blas_set_thread_count(int count) {
  void (*set)(int);
  FIND(set, "openblas_set_num_threads");
  if (!set) return 0;
  set(count);
  return 1;
}

// Every name in OpenBLAS's list for x86 (dynamic.c), with the widest instructions of its kernels.
// Names that are not here are younger than this file: OpenBLAS knows better then.
static const struct {
  const char *name;
  int level;
} cores[] = {
    {"Generic", 1},      {"Unknown", 1},     {"Katmai", 1},     {"Coppermine", 1},
    {"Northwood", 1},    {"Prescott", 1},    {"Banias", 1},     {"Atom", 1},
    {"Core2", 1},        {"Penryn", 1},      {"Dunnington", 1}, {"Nehalem", 1},
    {"Athlon", 1},       {"Opteron", 1},     {"Opteron_SSE3", 1}, {"Barcelona", 1},
    {"Nano", 1},         {"Bobcat", 1},      {"Sandybridge", 2}, {"Bulldozer", 2},
    {"Piledriver", 2},   {"Steamroller", 2}, {"Haswell", 3},    {"Excavator", 3},
    {"Zen", 3},          {"SkylakeX", 4},    {"Cooperlake", 4}, {"SapphireRapids", 4},
};

int blas_core_level(const char *core) {
  if (!core) return 0;
  for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
    if (!strcmp(core, cores[i].name)) return cores[i].level;
  return 0;
}

const char *blas_supported_core(void) {
#if defined(__x86_64__) && defined(__linux__)
  // These also ask whether the operating system keeps the wide registers.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return "SkylakeX";
  if (__builtin_cpu_supports("x86-64-v3")) return "Haswell";
  if (__builtin_cpu_supports("avx")) return "Sandybridge";
#endif
  return NULL;
}

int blas_switch_core(const char *core) {
  void (*quit)(void), (*init)(void);
  FIND(quit, "gotoblas_dynamic_quit");
  FIND(init, "gotoblas_dynamic_init");
  const char *before = blas_core_name();
  if (!quit || !init || !before) return 0;

  const char *setting = getenv("OPENBLAS_CORETYPE");
  char *kept = setting ? strdup(setting) : NULL;
  char *previous = strdup(before);
  int result = 0;
  if (previous && (kept || !setting) && !setenv("OPENBLAS_CORETYPE", core, 1)) {
    quit();
    init();
    const char *after = blas_core_name();
    result = after && !strcmp(after, core) ? 1 : -1;
    if (result < 0 && !setenv("OPENBLAS_CORETYPE", previous, 1)) {
      quit();
      init();
    }
  }
  // Child processes inherit the environment: leave it as it was.
  if (kept) setenv("OPENBLAS_CORETYPE", kept, 1);
  else if (!setting) unsetenv("OPENBLAS_CORETYPE");
  free(kept);
  free(previous);
  return result;
}

const char *blas_core_setting(void) { return getenv("OPENBLAS_CORETYPE"); }

char *blas_symbol_file(const char *symbol) {
  Dl_info info;
  void *address = find(symbol);
  if (!address || !dladdr(address, &info) || !info.dli_fname) return NULL;
  char *resolved = realpath(info.dli_fname, NULL);
  return resolved ? resolved : strdup(info.dli_fname);
}

void blas_free_text(char *text) { free(text); }
