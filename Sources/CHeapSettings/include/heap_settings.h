#ifndef HEAP_SETTINGS_H
#define HEAP_SETTINGS_H

// How the allocator of the whole process keeps memory: for programs, not for libraries.
//
// The first touch of a page costs more than the arithmetic on it, on virtual machines many times more.
// glibc takes large blocks from the system and gives them back when they are freed, so that each is touched
// anew: the text of a file, its numbers, the kernel values of a training.

/// Lets freed memory stay with the process, in one heap for all threads. To be called before there are any.
///
/// With glibc only; elsewhere it does nothing.
void heap_settings_keep_memory(void);

#endif
