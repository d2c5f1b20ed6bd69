#include "blas_repair.h"

#include <stddef.h>

// Libraries for other programs replace these (Scripts/private-blas); everything else has the system's BLAS.
__attribute__((weak)) const char *blas_load_private(void) { return NULL; }
__attribute__((weak)) int blas_is_private(void) { return 0; }
__attribute__((weak)) void *blas_private_symbol(const char *name) {
  (void)name;
  return NULL;
}
