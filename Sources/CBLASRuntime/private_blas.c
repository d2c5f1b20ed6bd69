#include "blas_repair.h"

#include <stddef.h>

// A library for other programs replaces this one; everything else has the system's BLAS.
__attribute__((weak)) const char *blas_load_private(void) { return NULL; }
