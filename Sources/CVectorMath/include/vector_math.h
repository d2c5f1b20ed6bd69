#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

/// The instruction set that the loops were dispatched to: "avx512", "avx2" or "base".
const char *vm_instruction_set(void);

#endif
