#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "memory_failure.h"

#include <stdint.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__linux__) && defined(__GLIBC__) && defined(__LP64__) && !defined(HAS_SANITIZER)

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc's own functions, under the names by which replacements reach them.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static void (*_Atomic handler)(size_t);
static atomic_flag is_ending = ATOMIC_FLAG_INIT;
static _Thread_local int ends_here;
// Given back before the handler runs, so that it can make its sentence.
static void *reserve;
enum { reserve_size = 4 << 20, touched_stack = 256 << 10 };

static void fail(size_t bytes) {
  void (*call)(size_t) = atomic_load(&handler);
  if (call == NULL) return;
  if (ends_here) {
    // The handler itself gets no memory.
    static const char text[] = "the system refused memory that is needed to continue\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(1);
  }
  ends_here = 1;
  // One thread ends the process; the others wait for the end.
  while (atomic_flag_test_and_set(&is_ending)) pause();
  if (reserve != NULL) munmap(reserve, reserve_size);
  call(bytes);
  _exit(1);
}

void memory_failure_watch(void (*function)(size_t bytes)) {
  if (reserve == NULL) {
    void *block = (void *)syscall(
        SYS_mmap, NULL, (size_t)reserve_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
        0);
    if (block != MAP_FAILED) reserve = block;
  }
  // The stack grows by page faults, which cannot be answered once all of the address space is used.
  volatile char stack[touched_stack];
  for (size_t i = 0; i < sizeof stack; i += 4096) stack[i] = 0;
  atomic_store(&handler, function);
}

void *malloc(size_t size) {
  void *block = __libc_malloc(size);
  if (__builtin_expect(block == NULL, 0)) fail(size);
  return block;
}

void *calloc(size_t count, size_t size) {
  void *block = __libc_calloc(count, size);
  if (__builtin_expect(block == NULL, 0)) {
    size_t bytes;
    fail(__builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
  }
  return block;
}

void *realloc(void *old, size_t size) {
  void *block = __libc_realloc(old, size);
  if (__builtin_expect(block == NULL && size != 0, 0)) fail(size);
  return block;
}

void *memalign(size_t alignment, size_t size) {
  void *block = __libc_memalign(alignment, size);
  if (__builtin_expect(block == NULL, 0)) fail(size);
  return block;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
    return EINVAL;
  void *block = memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
  void *block =
      (void *)syscall(SYS_mmap, address, size, protection, flags, descriptor, offset);
  // Large pages may be asked for on trial.
  if (__builtin_expect(block == MAP_FAILED, 0) && errno == ENOMEM && (flags & MAP_ANONYMOUS) &&
      !(flags & MAP_HUGETLB))
    fail(size);
  return block;
}

typedef int create_function(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(
    pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*start)(void *),
    void *restrict argument) {
  static create_function *_Atomic known;
  create_function *create = atomic_load(&known);
  if (create == NULL) {
    create = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
    if (create == NULL) return EAGAIN;
    atomic_store(&known, create);
  }
  int status = create(thread, attributes, start, argument);
  if (status == EAGAIN || status == ENOMEM) fail(0);
  return status;
}

// OpenBLAS starts its own threads when it is loaded, before anything can prevent that, and asks the
// environment how many. Each tile of ours is one call on one thread, so that they would only wait; and
// a process without memory could not end, because it would wait for them.
char *getenv(const char *name) {
  size_t length = strlen(name);
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  static char one[] = "1";
  return strcmp(name, "OPENBLAS_NUM_THREADS") == 0 ? one : NULL;
}

#else

void memory_failure_watch(void (*handler)(size_t bytes)) { (void)handler; }

#endif
