#ifndef MEMORY_FAILURE_H
#define MEMORY_FAILURE_H

#include <stddef.h>

// What happens when the operating system refuses memory, or a thread: for programs, not for
// libraries, because the functions that ask for memory are replaced in the whole process.
//
// Swift ends a program that gets no memory by a trap, OpenBLAS asks again forever, and Dispatch
// waits forever when there is no memory for another thread.
//
// On Linux with glibc only. Elsewhere, and under a sanitizer that replaces these functions itself,
// watching does nothing.

/// Calls a function when memory is refused, with the number of bytes that were asked for, 0 for those of
/// a thread. The function must not return. It may allocate a little: memory was set aside for it.
void memory_failure_watch(void (*handler)(size_t bytes));

#endif
