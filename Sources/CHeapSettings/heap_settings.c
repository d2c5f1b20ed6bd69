#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "heap_settings.h"

#if defined(__linux__)
#include <features.h>
#endif

#if defined(__linux__) && defined(__GLIBC__) && defined(__LP64__)

#include <limits.h>
#include <malloc.h>

void heap_settings_keep_memory(void) {
  // Blocks of any size come from the heap, all threads share it, and what is freed at its end stays.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
}

#else

void heap_settings_keep_memory(void) {}

#endif
