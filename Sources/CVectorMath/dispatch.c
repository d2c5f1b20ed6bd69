#include "vector_math.h"

const char *vm_instruction_set(void) { return "base"; }
