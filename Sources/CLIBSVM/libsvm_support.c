#include "libsvm_types.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

// A library replaces these two; other programs have the newer layout and the system's BLAS.
__attribute__((weak)) const int libsvm_layout = 337;
__attribute__((weak)) int libsvm_prepare_blas(void) { return 1; }

// The host's locale is left alone: only this thread's is changed, for one call.
static locale_t c_locale(void) {
  static locale_t made = (locale_t)0;
  locale_t present = __atomic_load_n(&made, __ATOMIC_ACQUIRE);
  if (present != (locale_t)0) return present;
  locale_t fresh = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!__atomic_compare_exchange_n(&made, &present, fresh, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    freelocale(fresh);
    return present;
  }
  return fresh;
}

int libsvm_format(char *buffer, int digits, double value) {
  locale_t before = uselocale(c_locale());
  int count = snprintf(buffer, 32, "%.*g", digits, value);
  uselocale(before);
  return count;
}

int libsvm_format_fixed(char *buffer, double value) {
  locale_t before = uselocale(c_locale());
  int count = snprintf(buffer, 330, "%f", value);
  uselocale(before);
  return count;
}

double libsvm_parse(const char *text, char **end) {
  locale_t before = uselocale(c_locale());
  double value = strtod(text, end);
  uselocale(before);
  return value;
}

static void (*printer)(const char *) = 0;

void libsvm_set_printer(void (*function)(const char *)) {
  __atomic_store_n(&printer, function, __ATOMIC_RELEASE);
}

void libsvm_print(const char *text) {
  void (*function)(const char *) = __atomic_load_n(&printer, __ATOMIC_ACQUIRE);
  if (function) {
    function(text);
  } else {
    fputs(text, stdout);
    fflush(stdout);
  }
}

int libsvm_random(void) { return rand(); }

void libsvm_restart_random(void) { srand(1); }

void *libsvm_allocate(size_t size) { return malloc(size); }

void libsvm_free(void *memory) { free(memory); }

int libsvm_write_file(const char *path, const unsigned char *bytes, size_t count) {
  FILE *file = fopen(path, "w");
  if (!file) return -1;
  size_t written = fwrite(bytes, 1, count, file);
  return fclose(file) == 0 && written == count ? 0 : -1;
}

unsigned char *libsvm_read_file(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  size_t capacity = 1 << 16, length = 0;
  unsigned char *bytes = malloc(capacity);
  while (bytes) {
    size_t read = fread(bytes + length, 1, capacity - length, file);
    if (read == 0) break;
    length += read;
    if (length == capacity) {
      unsigned char *larger = realloc(bytes, capacity *= 2);
      if (!larger) free(bytes);
      bytes = larger;
    }
  }
  if (bytes && ferror(file)) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  *count = length;
  return bytes;
}

int libsvm_thread_limit(void) {
  const char *text = getenv("OMP_NUM_THREADS");
  long count = text ? strtol(text, NULL, 10) : 0;
  return count > 0 && count < 4096 ? (int)count : 0;
}

void libsvm_warn(const char *text) { fputs(text, stderr); }
