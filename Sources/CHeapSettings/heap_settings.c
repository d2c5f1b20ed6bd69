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
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

// Address space alone: pages come when they are touched.
static const size_t first_part = (size_t)1 << 30;
static const size_t huge_page = (size_t)2 << 20;

void heap_settings_keep_memory(void) {
  // Blocks of any size come from the heap, all threads share it, and what is freed at its end stays.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
  mallopt(M_TOP_PAD, 64 << 20);
  char *block = malloc(first_part);
  if (block == NULL) return;
  const uintptr_t begin = ((uintptr_t)block + huge_page - 1) / huge_page * huge_page;
  const uintptr_t end = ((uintptr_t)block + first_part) / huge_page * huge_page;
  madvise((void *)begin, end - begin, MADV_HUGEPAGE);
  free(block);
}

#else

void heap_settings_keep_memory(void) {}

#endif
