// What one of the two libraries is: compiled with LIBSVM_VERSION (324 or 337) and PRIVATE_BLAS (0 or 1).

/// For programs.
int libsvm_version = LIBSVM_VERSION;

/// For this library, whatever other library provides the number for programs.
const int libsvm_layout = LIBSVM_VERSION;

#if PRIVATE_BLAS
void scipy_openblas_set_num_threads(int count);

// The solver computes on its own threads, each by single-threaded calls.
void libsvm_prepare_blas(void) {
  static int is_done = 0;
  if (__atomic_exchange_n(&is_done, 1, __ATOMIC_ACQ_REL)) return;
  scipy_openblas_set_num_threads(1);
}
#endif
