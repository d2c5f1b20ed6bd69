#include "supportvectors_types.h"

#include <stdlib.h>

void *sv_allocate(size_t size) { return malloc(size ? size : 1); }

void sv_free(void *memory) { free(memory); }
